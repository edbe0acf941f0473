import CImageCodecs

/// One of a PNG's texts, in its chunk as it was.
struct PictureText: Sendable, Equatable {
  /// The chunk's name: tEXt, zTXt or iTXt.
  enum Kind: String, Sendable {
    case plain = "tEXt"
    case compressed = "zTXt"
    case international = "iTXt"
  }

  let kind: Kind
  /// The chunk's contents.
  let data: [UInt8]
  /// What the text is about, such as `Author`.
  let keyword: String
  /// Where the text begins in `data`, and whether it is compressed.
  private let place: (start: Int, isCompressed: Bool)

  static func == (first: PictureText, second: PictureText) -> Bool {
    first.kind == second.kind && first.data == second.data
  }

  /// - Returns: nil for contents that such a chunk cannot have.
  init?(_ kind: Kind, _ data: [UInt8]) {
    guard let end = data.firstIndex(of: 0), (1...79).contains(end) else { return nil }
    (self.kind, self.data) = (kind, data)
    keyword = Self.latin(data[..<end])
    switch kind {
    case .plain: place = (end + 1, false)
    case .compressed:
      guard data.byte(at: end + 1) == 0 else { return nil }
      place = (end + 2, true)
    case .international:
      guard let flag = data.byte(at: end + 1), flag <= 1, data.byte(at: end + 2) == 0,
        let endOfLanguage = data[(end + 3)...].firstIndex(of: 0),
        let endOfKeyword = data[(endOfLanguage + 1)...].firstIndex(of: 0)
      else { return nil }
      place = (endOfKeyword + 1, flag == 1)
    }
  }

  /// A text of our own: ASCII in a plain chunk, everything else in an international one.
  init?(keyword: String, _ text: String) {
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 && $0 != 0 }
    let end: [UInt8] = isPlain ? [0] : [0, 0, 0, 0, 0]
    self.init(
      isPlain ? .plain : .international,
      Array(keyword.utf8) + end + text.utf8.filter { $0 != 0 })
  }

  /// The text's bytes, of at most `limit`: Latin-1 or, in an international chunk, UTF-8. Nil for a damaged or
  /// longer one.
  func contents(limit: Int) -> [UInt8]? {
    let stored = data[place.start...]
    guard place.isCompressed else { return stored.count <= limit ? Array(stored) : nil }
    return Self.inflated(stored, limit: limit)
  }

  /// The text; nil for a damaged one.
  func text(limit: Int) -> String? {
    guard let contents = contents(limit: limit) else { return nil }
    guard kind == .international else { return Self.latin(contents[...]) }
    return String(validating: contents, as: UTF8.self)
  }

  static func latin(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }

  private static func inflated(_ stream: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    stream.withUnsafeBufferPointer { source in
      var size = 0
      guard let start = source.baseAddress else { return nil }
      return takeBytes(ci_inflate(start, source.count, limit, &size), size)
    }
  }

  /// The contents of a zTXt chunk of ASCII.
  static func compressed(keyword: String, _ text: [UInt8]) -> [UInt8]? {
    text.withUnsafeBufferPointer { source in
      var size = 0
      guard let start = source.baseAddress else { return nil }
      return takeBytes(ci_deflate(start, source.count, &size), size).map {
        Array(keyword.utf8) + [0, 0] + $0
      }
    }
  }
}
