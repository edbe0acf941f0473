import Pictures
import SystemSupport

/// Mixes a network's result with a plain enlargement of its input, by rows, and rounds once.
final class MixStage {
  private let plain: PlainEnlargement
  private let output: RowFormat
  private let strength: Float
  private let next: RowSink
  private let mixed: ByteBuffer
  private var nextRow = 0

  /// - Parameters:
  ///   - plain: the plain enlargement.
  ///   - output: the rows that go on.
  ///   - strength: the share of the network, 0…1; nothing is asked of it where that is 0.
  ///   - next: takes the mixed rows.
  /// - Throws: `.memory` without memory.
  init(
    _ plain: PlainEnlargement, output: RowFormat, strength: Double, next: @escaping RowSink
  ) throws(UpscaleError) {
    self.plain = plain
    self.output = output
    self.strength = Float(strength)
    self.next = next
    mixed = try ByteBuffer(count: output.rowByteCount, for: "output rows")
  }

  /// Takes rows of the network's result: of the output's size, 16 bits a sample.
  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    let rowSize = output.width * output.layout.rawValue * 2
    for start in stride(from: 0, to: rows.count, by: rowSize) {
      try give(UnsafeRawBufferPointer(rebasing: rows[start..<start + rowSize]))
    }
  }

  /// Takes rows of the input; must have them before the network has.
  func takeInput(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    try plain.take(rows)
    guard strength == 0 else { return }
    while nextRow < output.height, plain.isReady(nextRow) { try give(nil) }
  }

  /// Hands on the next row.
  private func give(_ network: UnsafeRawBufferPointer?) throws(UpscaleError) {
    let plain = try plain.row(nextRow)
    for index in 0..<output.width * output.layout.rawValue {
      let base = Float(plain.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
      let value = network.map { network in
        let other = Float(network.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        return base + (other - base) * strength
      }
      store(value ?? base, at: index)
    }
    nextRow += 1
    try next(UnsafeRawBufferPointer(mixed.bytes))
  }

  @inline(__always)
  private func store(_ value: Float, at index: Int) {
    switch output.depth {
    case .eight: mixed.bytes[index] = UInt8(min(value / 257, 255) + 0.5)
    case .sixteen:
      mixed.bytes.storeBytes(
        of: UInt16(min(value, 65535) + 0.5), toByteOffset: 2 * index, as: UInt16.self)
    }
  }
}
