/// Reads the metadata of a file as the formats' specifications say, with nothing of the program's: a second
/// opinion on what it writes.
public struct MetadataReader {
  /// From the TIFF header on.
  public private(set) var exif: [UInt8]?
  public private(set) var xmp: String?
  /// Photoshop's resources.
  public private(set) var resources: [UInt8]?
  /// JFIF's unit and numbers, or pHYs's numbers and unit.
  public private(set) var density: [Int]?
  /// Keys and contents of tEXt chunks and uncompressed iTXt chunks.
  public private(set) var texts: [String: String] = [:]
  public private(set) var comments: [String] = []
  /// Names of chunks, or markers of segments, in their order.
  public private(set) var parts: [String] = []

  public init(_ file: [UInt8]) {
    switch file.first {
    case 0x89: readPNG(file)
    case 0xFF: readJPEG(file)
    default: readWebP(file)
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func readPNG(_ file: [UInt8]) {
    var offset = 8
    while offset + 12 <= file.count {
      let length = Self.number(file[offset..<offset + 4])
      let name = String(decoding: file[offset + 4..<offset + 8], as: UTF8.self)
      let data = Array(file[offset + 8..<offset + 8 + length])
      parts.append(name)
      switch name {
      case "eXIf": exif = data
      case "pHYs":
        density = [Self.number(data[0..<4]), Self.number(data[4..<8]), Int(data[8])]
      case "tEXt", "iTXt", "zTXt":
        let fields = data.split(separator: 0, omittingEmptySubsequences: false)
        let key = String(decoding: fields[0], as: UTF8.self)
        let skipped = name == "tEXt" ? 1 : 5
        let text = String(decoding: data.dropFirst(key.utf8.count + skipped), as: UTF8.self)
        if key == "XML:com.adobe.xmp" { xmp = text } else { texts[key] = text }
      default: break
      }
      offset += 12 + length
    }
  }

  private mutating func readJPEG(_ file: [UInt8]) {
    var offset = 2
    while offset + 4 <= file.count, file[offset] == 0xFF, file[offset + 1] != 0xDA {
      let length = Self.number(file[offset + 2..<offset + 4])
      let data = Array(file[offset + 4..<offset + 2 + length])
      parts.append(String(file[offset + 1], radix: 16))
      func rest(of prefix: String) -> [UInt8]? {
        data.starts(with: prefix.utf8) ? Array(data.dropFirst(prefix.utf8.count)) : nil
      }
      switch file[offset + 1] {
      case 0xE0:
        if let jfif = rest(of: "JFIF\0") {
          density = [Int(jfif[2]), Self.number(jfif[3..<5]), Self.number(jfif[5..<7])]
        }
      case 0xE1:
        if let block = rest(of: "Exif\0\0") { exif = block }
        if let packet = rest(of: "http://ns.adobe.com/xap/1.0/\0") {
          xmp = String(decoding: packet, as: UTF8.self)
        }
      case 0xED:
        if let part = rest(of: "Photoshop 3.0\0") { resources = (resources ?? []) + part }
      case 0xFE: comments.append(String(decoding: data, as: UTF8.self))
      default: break
      }
      offset += 2 + length
    }
  }

  private mutating func readWebP(_ file: [UInt8]) {
    var offset = 12
    while offset + 8 <= file.count {
      let name = String(decoding: file[offset..<offset + 4], as: UTF8.self)
      let length = Self.number(ArraySlice(file[offset + 4..<offset + 8].reversed()))
      let data = Array(file[offset + 8..<offset + 8 + length])
      parts.append(name)
      if name == "EXIF" { exif = data }
      if name == "XMP " { xmp = String(decoding: data, as: UTF8.self) }
      offset += 8 + length + length % 2
    }
  }

  /// The bytes of an entry of EXIF: directory 0, the EXIF directory (0x8769) or that of places (0x8825).
  public func value(_ tag: Int, in directory: Int = 0) -> [UInt8]? {
    guard let exif else { return nil }
    let first = number(exif, 4, 4)
    guard directory != 0 else { return value(tag, at: first, of: exif) }
    return value(directory, at: first, of: exif).flatMap {
      value(tag, at: number($0, 0, 4), of: exif)
    }
  }

  /// The number in an entry of EXIF.
  public func number(_ tag: Int, in directory: Int = 0) -> Int? {
    value(tag, in: directory).map { number($0, 0, $0.count == 8 ? 4 : $0.count) }
  }

  /// Whether a second directory follows the first.
  public var hasThumbnail: Bool {
    guard let exif else { return false }
    let first = number(exif, 4, 4)
    return number(exif, first + 2 + 12 * number(exif, first, 2), 4) != 0
  }

  private func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int {
    let part = bytes[offset..<offset + size]
    return Self.number(exif?.first == 0x4D ? part : ArraySlice(part.reversed()))
  }

  private func value(_ tag: Int, at directory: Int, of exif: [UInt8]) -> [UInt8]? {
    for index in 0..<number(exif, directory, 2) {
      let entry = directory + 2 + 12 * index
      guard number(exif, entry, 2) == tag else { continue }
      let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8]
      let size = sizes[number(exif, entry + 2, 2)] * number(exif, entry + 4, 4)
      let place = size <= 4 ? entry + 8 : number(exif, entry + 8, 4)
      return Array(exif[place..<place + size])
    }
    return nil
  }
}
