import SystemSupport

/// What a picture's file says beside its pixels and colours.
package struct PictureMetadata: Sendable {
  var exif: EXIFBlock?
  var xmp: XMPPacket?
  var photoshop: PhotoshopResources?
  /// The density that the file says outside EXIF.
  var ownDensity: PixelDensity?
  /// A PNG's texts.
  var texts: [PictureText] = []
  /// A PNG's time of the last change, as its chunk holds it.
  var time: [UInt8]?
  /// A JPEG's comments.
  var comments: [[UInt8]] = []
  /// Parts of the file that no output can have, as words for people: `its second picture`.
  private(set) var unkept: [String] = []
  /// What was left out since it is damaged or too large, a sentence each.
  package private(set) var warnings: [String] = []
  /// Bytes that may still be taken.
  private var free = PictureLimits.metadataBytes

  /// Metadata of a file that has none.
  init() {}

  /// - Parameters:
  ///   - bytes: the file.
  ///   - format: what it was recognised as.
  init(_ bytes: [UInt8], format: PictureFormat) {
    switch format {
    case .png: readPNG(bytes)
    case .jpeg: readJPEG(bytes)
    case .webp: readWebP(bytes)
    }
    if xmp?.has(.gainMap) == true { noteUnkept("its HDR gain map") }
    if xmp?.has(.depth) == true { noteUnkept("its depth map") }
    if xmp?.has(.camera, "MicroVideo", "MotionPhoto") == true { noteUnkept("its video") }
  }

  /// How the picture is stored: EXIF decides, and XMP where EXIF does not say.
  var orientation: Orientation { exif?.orientation ?? xmp?.orientation ?? .upright }

  /// What the file says first: its container, or EXIF.
  package var density: PixelDensity? { ownDensity ?? exif?.density }

  /// The same for the picture upright.
  var uprightDensity: PixelDensity? { orientation.swapsSides ? density?.turned : density }

  /// What EXIF has to say anew of the density since the picture becomes upright.
  var turnedDensity: PixelDensity? {
    guard orientation.swapsSides, let density = exif?.density, density.x != density.y else {
      return nil
    }
    return density.turned
  }

  /// Whether there is nothing that an output could have.
  var isEmpty: Bool {
    exif == nil && xmp == nil && photoshop == nil && ownDensity == nil && texts.isEmpty
      && time == nil && comments.isEmpty
  }

  /// Bytes that are held.
  var byteCount: Int {
    (exif?.bytes.count ?? 0) + (xmp?.bytes.count ?? 0) + (photoshop?.bytes.count ?? 0)
      + texts.reduce(0) { $0 + $1.data.count + 200 } + comments.reduce(0) { $0 + $1.count + 50 }
  }

  // MARK: Reading

  /// A kind of metadata, as sentences call it.
  enum Kind: String {
    case exif = "EXIF"
    case xmp = "XMP"
    case iptc = "IPTC"
    case text = "text"
    case comment = "comment"
  }

  /// Whether there is room for more metadata; notes that something is left out otherwise.
  mutating func makesRoom(_ count: Int, for kind: Kind) -> Bool {
    guard count <= free else {
      warn("\(kind.rawValue) of more than \(PictureLimits.metadataBytes >> 20) MiB was left out")
      return false
    }
    free -= count
    return true
  }

  mutating func warn(_ sentence: String) {
    if warnings.count < 12, !warnings.contains(sentence) { warnings.append(visible(sentence)) }
  }

  mutating func noteDamage(_ kind: Kind) {
    warn("damaged \(kind.rawValue) was left out")
  }

  mutating func noteUnkept(_ words: String) {
    if !unkept.contains(words), unkept.count < 12 { unkept.append(visible(words)) }
  }

  /// Takes EXIF unless there is some.
  ///
  /// - Returns: whether it is usable.
  @discardableResult
  mutating func takeEXIF(_ contents: ArraySlice<UInt8>) -> Bool {
    guard exif == nil, makesRoom(contents.count, for: .exif) else { return true }
    exif = EXIFBlock(contents)
    return exif != nil
  }

  /// Takes XMP unless there is some.
  ///
  /// - Returns: whether it is usable.
  @discardableResult
  mutating func takeXMP(_ contents: ArraySlice<UInt8>) -> Bool {
    guard xmp == nil, makesRoom(contents.count, for: .xmp) else { return true }
    xmp = XMPPacket(contents)
    return xmp != nil
  }

  /// Takes Photoshop's resources unless there are some.
  mutating func takePhotoshop(_ contents: [UInt8]) {
    guard photoshop == nil, makesRoom(contents.count, for: .iptc) else { return }
    photoshop = PhotoshopResources(contents)
    if photoshop == nil { noteDamage(.iptc) }
  }
}
