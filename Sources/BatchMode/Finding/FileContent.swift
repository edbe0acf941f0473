package import Upscale

/// What the first bytes of a file say, read without decoding it.
package enum FileContent: Sendable, Equatable {
  /// A format that is read; the size is 0 x 0 where the header does not contain it.
  case picture(PictureFormat, width: Int, height: Int)
  /// A format that is not read, with its article: "an HEIC picture", "a video".
  case foreign(String)
  case empty
  case unknown

  /// Looks at an open file.
  package init(of file: OpenFile) {
    let file = Reader(file: file)
    let head = file.bytes(at: 0, count: 1024)
    guard !head.isEmpty else {
      self = .empty
      return
    }
    switch PictureFormat.detect(head) {
    case .png: self = Self.picture(.png, Self.pngSize(head))
    case .webp: self = Self.picture(.webp, Self.webPSize(head))
    case .jpeg: self = Self.picture(.jpeg, Self.jpegSize(file))
    case nil: self = ForeignFormat.detect(head).map { .foreign($0.rawValue) } ?? .unknown
    }
  }

  private struct Reader {
    let file: OpenFile

    func bytes(at offset: Int, count: Int) -> [UInt8] {
      (try? file.bytes(at: offset, count: count)) ?? []
    }
  }

  private static func picture(_ format: PictureFormat, _ size: (Int, Int)?) -> FileContent {
    .picture(format, width: size?.0 ?? 0, height: size?.1 ?? 0)
  }

  private static func bigEndian(_ bytes: some Collection<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  private static func littleEndian(_ bytes: some Collection<UInt8>) -> Int {
    bigEndian(Array(bytes).reversed())
  }

  private static func pngSize(_ head: [UInt8]) -> (Int, Int)? {
    head.count >= 24 ? (bigEndian(head[16..<20]), bigEndian(head[20..<24])) : nil
  }

  private static func webPSize(_ head: [UInt8]) -> (Int, Int)? {
    guard head.count >= 30 else { return nil }
    switch String(decoding: head[12..<16], as: UTF8.self) {
    case "VP8X":
      return (littleEndian(head[24..<27]) + 1, littleEndian(head[27..<30]) + 1)
    case "VP8L":
      let bits = littleEndian(head[21..<25])
      return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
    case "VP8 ":
      return (littleEndian(head[26..<28]) & 0x3FFF, littleEndian(head[28..<30]) & 0x3FFF)
    default: return nil
    }
  }

  /// The size is in the frame's header, which can come after any number of segments.
  private static func jpegSize(_ file: Reader) -> (Int, Int)? {
    var offset = 2
    for _ in 0..<1000 {
      let head = file.bytes(at: offset, count: 9)
      guard head.count == 9, head[0] == 0xFF else { return nil }
      let marker = head[1]
      if marker == 0xFF {
        offset += 1
        continue
      }
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        return (bigEndian(head[7..<9]), bigEndian(head[5..<7]))
      }
      guard marker != 0xDA, marker != 0xD9 else { return nil }
      offset += 2 + bigEndian(head[2..<4])
    }
    return nil
  }
}
