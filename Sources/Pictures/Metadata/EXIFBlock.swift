import CImageCodecs

/// An EXIF block: a TIFF header and what follows, as libexif reads it.
package struct EXIFBlock: Sendable, Equatable {
  let bytes: [UInt8]
  /// How the picture is stored; nil where the block does not say.
  package let orientation: Orientation?
  /// XResolution and YResolution.
  let density: PixelDensity?
  let hasPlace: Bool
  let hasMakerNote: Bool
  let hasComment: Bool
  /// PixelXDimension and PixelYDimension; nil where one is missing.
  let pixelSize: (width: Int, height: Int)?
  /// Where the thumbnail's picture is.
  let thumbnail: Range<Int>?

  package static func == (first: EXIFBlock, second: EXIFBlock) -> Bool {
    first.bytes == second.bytes
  }

  /// Nil for what is no EXIF.
  ///
  /// - Parameter contents: the block, with or without `Exif\0\0` before it.
  package init?(_ contents: some Collection<UInt8>) {
    var bytes = Array(contents)
    for _ in 0..<2 where bytes.hasText("Exif\0", at: 0) { bytes.removeFirst(min(6, bytes.count)) }
    var facts = ci_exif()
    let isRead = bytes.withUnsafeBufferPointer { source in
      source.baseAddress.map { ci_exif_read($0, source.count, &facts) } ?? 0
    }
    guard isRead != 0 else { return nil }
    self.bytes = bytes
    orientation = Orientation(rawValue: Int(facts.orientation))
    let units: [PixelDensity.Unit] = [.unknown, .unknown, .inch, .centimetre]
    density =
      facts.density_unit < 1
      ? nil
      : PixelDensity(
        x: facts.density_x, y: facts.density_y, unit: units[Int(facts.density_unit)])
    hasPlace = facts.has_place != 0
    hasMakerNote = facts.has_maker_note != 0
    hasComment = facts.has_comment != 0
    pixelSize =
      facts.width < 0 || facts.height < 0 ? nil : (Int(facts.width), Int(facts.height))
    thumbnail =
      facts.thumbnail_size == 0
      ? nil : facts.thumbnail_offset..<facts.thumbnail_offset + facts.thumbnail_size
  }

  /// The block for a picture that was turned upright and has another size.
  ///
  /// What is there is changed in place, since entries that move would make the offsets in a maker's note wrong.
  /// libexif writes the block anew where something has to be added, and where it does not read the changes.
  ///
  /// - Parameters:
  ///   - width: of the new picture.
  ///   - height: of the new picture.
  ///   - density: to be said here; nil to leave what is said.
  ///   - comment: the user's comment, where there is none; nil for none.
  /// - Returns: nil where that is impossible.
  func updated(
    width: Int, height: Int, density: PixelDensity? = nil, comment: String? = nil
  ) -> EXIFBlock? {
    if comment == nil, density == nil || self.density != nil {
      var patch = EXIFPatch(self)
      patch.apply(width: width, height: height, density: density)
      if let patched = EXIFBlock(patch.bytes),
        patched.isUpdated(width: width, height: height, density: density, of: self)
      {
        return patched
      }
    }
    return EXIFBlock.written(
      from: self, width: width, height: height, density: density, comment: comment)
  }

  private func isUpdated(
    width: Int, height: Int, density: PixelDensity?, of old: EXIFBlock
  ) -> Bool {
    let isLarge = old.bytes.count > 65_527
    return orientation ?? .upright == .upright && thumbnail == nil
      && (old.pixelSize == nil || pixelSize.map { $0 == (width, height) } ?? isLarge)
      && (density == nil || self.density?.exif.x ?? (0, 0) == density?.exif.x ?? (0, 0))
  }

  /// A block that libexif has written.
  ///
  /// - Parameters:
  ///   - old: what is changed; nil for a new one.
  ///   - width: of the new picture.
  ///   - height: of the new picture.
  ///   - density: to be said here; nil to leave what is said.
  ///   - comment: the user's comment; nil for none.
  /// - Returns: nil where that is impossible.
  static func written(
    from old: EXIFBlock?, width: Int, height: Int, density: PixelDensity?, comment: String?
  ) -> EXIFBlock? {
    var changes = ci_exif_changes()
    changes.width = UInt32(clamping: width)
    changes.height = UInt32(clamping: height)
    if let exif = density?.exif {
      changes.density_unit = exif.unit
      changes.density_x = exif.x
      changes.density_y = exif.y
    }
    let units = Array((comment ?? "").utf16)
    return units.withUnsafeBufferPointer { text in
      (changes.comment, changes.comment_size) = (text.isEmpty ? nil : text.baseAddress, text.count)
      var size = 0
      let written = (old?.bytes ?? []).withUnsafeBufferPointer { source in
        ci_exif_write(old == nil ? nil : source.baseAddress, source.count, &changes, &size)
      }
      return takeBytes(written, size).flatMap { EXIFBlock($0) }
    }
  }
}

/// Copies what a call has allocated, and frees it.
func takeBytes(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> [UInt8]? {
  guard let start else { return nil }
  defer { ci_release(start) }
  return Array(UnsafeBufferPointer(start: start, count: count))
}
