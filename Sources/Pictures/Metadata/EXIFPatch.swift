/// Changes values of an EXIF block where they are.
///
/// Finds entries of the first directory and of the EXIF directory, and judges nothing: whoever uses the result
/// has libexif read it.
struct EXIFPatch {
  private(set) var bytes: [UInt8]
  private let isBigEndian: Bool
  private let thumbnail: Range<Int>?

  private enum Tag {
    static let width = 0x0100
    static let height = 0x0101
    static let orientation = 0x0112
    static let densityX = 0x011A
    static let densityY = 0x011B
    static let densityUnit = 0x0128
    static let exifDirectory = 0x8769
    static let pixelWidth = 0xA002
    static let pixelHeight = 0xA003
  }

  private enum Kind {
    static let short = 3
    static let long = 4
    static let fraction = 5
  }

  init(_ block: EXIFBlock) {
    bytes = block.bytes
    isBigEndian = bytes.hasText("MM", at: 0)
    thumbnail = block.thumbnail
  }

  /// Makes the picture upright and of another size, and takes its thumbnail away.
  mutating func apply(width: Int, height: Int, density: PixelDensity?) {
    guard let first = number(at: 4, size: 4) else { return }
    set(Tag.orientation, in: first, to: 1)
    set(Tag.width, in: first, to: width)
    set(Tag.height, in: first, to: height)
    if let entry = entry(Tag.exifDirectory, in: first),
      let directory = number(at: entry + 8, size: 4)
    {
      set(Tag.pixelWidth, in: directory, to: width)
      set(Tag.pixelHeight, in: directory, to: height)
    }
    if let density = density?.exif {
      set(Tag.densityX, in: first, to: density.x)
      set(Tag.densityY, in: first, to: density.y)
      set(Tag.densityUnit, in: first, to: Int(density.unit))
    }
    dropThumbnail(after: first)
  }

  private func number(at offset: Int, size: Int) -> Int? {
    bytes.number(at: offset, size: size, bigEndian: isBigEndian)
  }

  /// Where the first entry of a directory with this tag is.
  private func entry(_ tag: Int, in directory: Int) -> Int? {
    guard let count = number(at: directory, size: 2) else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard entry + 12 <= bytes.count else { return nil }
      if number(at: entry, size: 2) == tag { return entry }
    }
    return nil
  }

  private mutating func put(_ value: Int, at offset: Int, size: Int) {
    for position in 0..<size {
      let shift = 8 * (isBigEndian ? size - 1 - position : position)
      bytes[offset + position] = UInt8(truncatingIfNeeded: value >> shift)
    }
  }

  /// A whole number, in a short where it was one.
  private mutating func set(_ tag: Int, in directory: Int, to value: Int) {
    guard let entry = entry(tag, in: directory) else { return }
    let isShort = number(at: entry + 2, size: 2) == Kind.short && value <= 0xFFFF
    put(isShort ? Kind.short : Kind.long, at: entry + 2, size: 2)
    put(1, at: entry + 4, size: 4)
    put(0, at: entry + 8, size: 4)
    put(value, at: entry + 8, size: isShort ? 2 : 4)
  }

  private mutating func set(_ tag: Int, in directory: Int, to value: (UInt32, UInt32)) {
    guard let entry = entry(tag, in: directory), number(at: entry + 2, size: 2) == Kind.fraction,
      let place = number(at: entry + 8, size: 4), place >= 8, place <= bytes.count - 8
    else { return }
    put(Int(value.0), at: place, size: 4)
    put(Int(value.1), at: place + 4, size: 4)
  }

  /// The directory behind the first is the thumbnail's.
  private mutating func dropThumbnail(after directory: Int) {
    guard let count = number(at: directory, size: 2),
      number(at: directory + 2 + 12 * count, size: 4) != nil
    else { return }
    put(0, at: directory + 2 + 12 * count, size: 4)
    guard let thumbnail, thumbnail.upperBound <= bytes.count else { return }
    if thumbnail.upperBound + 3 >= bytes.count {
      bytes.removeSubrange(thumbnail.lowerBound...)
    } else {
      for place in thumbnail { bytes[place] = 0 }
    }
  }
}
