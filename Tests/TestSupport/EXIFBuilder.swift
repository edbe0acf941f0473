/// Builds EXIF blocks of several directories, valid or invalid, by the specification alone.
public struct EXIFBuilder {
  /// An entry: its tag, its type, the number of its values, and their bytes.
  public typealias Entry = (tag: Int, type: Int, count: Int, value: [UInt8])

  public var bigEndian: Bool
  public var first: [Entry] = []
  public var exif: [Entry] = []
  public var place: [Entry] = []
  public var thumbnail: [UInt8]?
  /// Bytes between the header and the first directory.
  public var gap = 0

  public init(bigEndian: Bool = false) { self.bigEndian = bigEndian }

  /// What the camera's own note holds in `rich`.
  public static let makerNote: [UInt8] = Array("ACME".utf8) + (0..<60).map { UInt8($0 * 3) }

  /// What cameras write: orientation, density, dimensions, a maker's note, a place, a thumbnail.
  ///
  /// - Parameters:
  ///   - orientation: 1 to 8.
  ///   - bigEndian: the byte order.
  ///   - type: of the orientation, 3 for a short and 4 for a long.
  ///   - size: as stored.
  /// - Returns: the block from its TIFF header on.
  public static func rich(
    orientation: Int, bigEndian: Bool, type: Int = 3, size: (width: Int, height: Int)
  ) -> [UInt8] {
    var builder = EXIFBuilder(bigEndian: bigEndian)
    builder.first = [
      builder.long(0x0100, size.width), builder.long(0x0101, size.height),
      builder.text(0x010F, "Acme Cameras"), builder.text(0x0110, "Model 3"),
      type == 4 ? builder.long(0x0112, orientation) : builder.short(0x0112, orientation),
      builder.fraction(0x011A, 300), builder.fraction(0x011B, 300), builder.short(0x0128, 2),
    ]
    builder.exif = [
      builder.text(0x9003, "2024:05:06 07:08:09"), (0x927C, 7, makerNote.count, makerNote),
      builder.short(0xA002, size.width), builder.short(0xA003, size.height),
    ]
    builder.place = [
      builder.text(1, "N"), (2, 5, 3, [52, 1, 31, 1, 0, 1].flatMap { builder.number($0, 4) }),
    ]
    builder.thumbnail = [0xFF, 0xD8] + [UInt8](repeating: 0x55, count: 300) + [0xFF, 0xD9]
    return builder.block
  }

  public func number(_ value: Int, _ size: Int) -> [UInt8] {
    let little = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return bigEndian ? little.reversed() : little
  }

  public func short(_ tag: Int, _ value: Int) -> Entry { (tag, 3, 1, number(value, 2)) }
  public func long(_ tag: Int, _ value: Int) -> Entry { (tag, 4, 1, number(value, 4)) }
  public func text(_ tag: Int, _ text: String) -> Entry {
    (tag, 2, text.utf8.count + 1, Array(text.utf8) + [0])
  }
  public func fraction(_ tag: Int, _ value: Int) -> Entry {
    (tag, 5, 1, number(value, 4) + number(1, 4))
  }

  /// The block from its TIFF header on.
  public var block: [UInt8] {
    let start = 8 + gap
    func directory(_ entries: [Entry], at offset: Int, next: Int) -> [UInt8] {
      var (table, data): ([UInt8], [UInt8]) = (number(entries.count, 2), [])
      let dataStart = offset + 2 + 12 * entries.count + 4
      for entry in entries {
        table += number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, 4)
        if entry.value.count <= 4 {
          table += entry.value + [UInt8](repeating: 0, count: 4 - entry.value.count)
        } else {
          table += number(dataStart + data.count, 4)
          data += entry.value + (entry.value.count % 2 == 1 ? [0] : [])
        }
      }
      return table + number(next, 4) + data
    }
    func size(_ entries: [Entry]) -> Int { directory(entries, at: 0, next: 0).count }
    var entries = first
    if !exif.isEmpty { entries.append(long(0x8769, 0)) }
    if !place.isEmpty { entries.append(long(0x8825, 0)) }
    let exifStart = start + size(entries)
    let placeStart = exifStart + (exif.isEmpty ? 0 : size(exif))
    let secondStart = placeStart + (place.isEmpty ? 0 : size(place))
    for index in entries.indices {
      if entries[index].tag == 0x8769 { entries[index] = long(0x8769, exifStart) }
      if entries[index].tag == 0x8825 { entries[index] = long(0x8825, placeStart) }
    }
    var block = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(start, 4)
    block += [UInt8](repeating: 0, count: gap)
    block += directory(entries, at: start, next: thumbnail == nil ? 0 : secondStart)
    if !exif.isEmpty { block += directory(exif, at: exifStart, next: 0) }
    if !place.isEmpty { block += directory(place, at: placeStart, next: 0) }
    if let thumbnail {
      let second = [
        short(0x0103, 6), long(0x0201, secondStart + 2 + 36 + 4), long(0x0202, thumbnail.count),
      ]
      block += directory(second, at: secondStart, next: 0) + thumbnail
    }
    return block
  }
}
