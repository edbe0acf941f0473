/// Splits input into lines.
struct LineSplitter {
  /// Bytes of the longest line that is kept; longer ones are dropped.
  private let limit: Int
  private var pending: [UInt8] = []
  private var isSkipping = false

  init(limit: Int) { self.limit = limit }

  /// The lines that are complete with `bytes`, without their ends.
  mutating func add(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for part in bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      if part.offset > 0 {
        if !isSkipping { lines.append(pending) }
        pending = []
        isSkipping = false
      }
      guard !isSkipping else { continue }
      guard pending.count + part.element.count <= limit else {
        pending = []
        isSkipping = true
        continue
      }
      pending.append(contentsOf: part.element)
    }
    return lines
  }

  /// The input after the last line's end.
  var rest: [UInt8] { pending }
}
