import Upscale

/// A picture that a user sent, as the message describes it.
struct PictureOffer: Codable, Equatable, Sendable {
  enum Kind: String, Codable, Sendable {
    case photo, document, sticker
  }

  var kind: Kind
  /// What `getFile` takes; stays valid.
  var fileID: String
  /// Pixels, where the message states them; that of a document does not.
  var width: Int?
  var height: Int?
  /// Bytes, where the message states them.
  var size: Int?
  /// The sender's name for the file.
  var name: String?
  /// The format that name and type indicate.
  var format: PictureFormat?

  /// Millions of pixels that a file of so many bytes has, roughly: photographs of cameras as JPEG have
  /// 3 to 4 a byte, and as PNG half of one; drawings have many times as many.
  var guessedMegapixels: Double {
    let perByte: Double =
      switch format {
      case .png: 2
      case .webp: 10
      case .jpeg, nil: 4
      }
    return Double(max(0, size ?? 500_000)) * perByte / 1e6
  }

  /// A title for users: the file's name, cut where it is long, or the kind of picture.
  func title(_ texts: Texts) -> String {
    switch kind {
    case .photo: texts.photo
    case .sticker: texts.sticker
    case .document: name.map { Self.shortened($0) } ?? texts.file
    }
  }

  /// The name of the result: the sender's with `_x4`, or the kind of picture.
  ///
  /// - Parameters:
  ///   - scale: the factor, "4" or "2.6".
  ///   - fileExtension: with no dot.
  ///   - message: number of the message, for pictures that have no name.
  /// - Returns: a name without any folder.
  func resultName(scale: String, fileExtension: String, message: Int64) -> String {
    var stem: String
    switch kind {
    case .photo: stem = "photo_\(message)"
    case .sticker: stem = "sticker_\(message)"
    case .document:
      stem = name ?? ""
      if let dot = stem.lastIndex(of: "."), dot != stem.startIndex { stem = String(stem[..<dot]) }
      // No characters that programs could interpret as part of a path, a header or a terminal's command.
      stem = String(
        String.UnicodeScalarView(
          stem.unicodeScalars.map { scalar in
            "/\\\"<>|:*?;%".unicodeScalars.contains(scalar)
              || scalar.properties.generalCategory == .control
              || scalar.properties.generalCategory == .format ? "_" : scalar
          }))
      while stem.utf8.count > 120 { stem.removeLast() }
      if stem.isEmpty || stem.allSatisfy({ $0 == "." || $0 == " " }) { stem = "picture_\(message)" }
    }
    return "\(stem)_x\(scale).\(fileExtension)"
  }

  private static func shortened(_ name: String) -> String {
    let plain = name.split(whereSeparator: \.isNewline).joined(separator: " ")
    return plain.count <= 40 ? plain : plain.prefix(24) + "…" + plain.suffix(12)
  }
}
