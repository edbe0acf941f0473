/// The bytes of a pickle in a weight file, read once from front to end through a small window.
struct PickleInput {
  private let file: WeightFile
  /// What may be read.
  private let range: Range<Int>
  /// The next byte, in the file.
  private(set) var position: Int
  private var window: [UInt8] = []
  private var windowStart: Int
  private static let windowSize = 1 << 16

  init(file: WeightFile, range: Range<Int>) {
    self.file = file
    self.range = range
    position = range.lowerBound
    windowStart = range.lowerBound
  }

  var isAtEnd: Bool { position == range.upperBound }

  mutating func byte() throws(UpscaleError) -> UInt8 {
    if position - windowStart >= window.count {
      guard position < range.upperBound else { throw Self.cut }
      windowStart = position
      window = try file.copy(position..<min(range.upperBound, position + Self.windowSize))
    }
    defer { position += 1 }
    return window[position - windowStart]
  }

  /// An unsigned little-endian number of up to 8 bytes.
  ///
  /// - Throws: `.badModel` beyond `Int.max`, too.
  mutating func number(_ size: Int) throws(UpscaleError) -> Int {
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(try byte()) << (8 * index) }
    guard let number = Int(exactly: value) else {
      throw UpscaleError(.badModel, "is damaged: its pickle holds an impossible length")
    }
    return number
  }

  /// The next bytes, of which there must be as many in the file.
  mutating func bytes(_ count: Int) throws(UpscaleError) -> [UInt8] {
    guard count <= range.upperBound - position else { throw Self.cut }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try byte()) }
    return result
  }

  mutating func skip(_ count: Int) throws(UpscaleError) {
    guard count <= range.upperBound - position else { throw Self.cut }
    position += count
    if position - windowStart > window.count {
      windowStart = position
      window = []
    }
  }

  /// Bytes up to the end of a line, without it.
  mutating func line(limit: Int) throws(UpscaleError) -> [UInt8] {
    var result: [UInt8] = []
    while true {
      let next = try byte()
      if next == 0x0A { return result }
      result.append(next)
      guard result.count <= limit else {
        throw UpscaleError(.badModel, "is damaged: its pickle holds an endless line")
      }
    }
  }

  private static let cut = UpscaleError(.badModel, "is cut short: its pickle has no end")
}
