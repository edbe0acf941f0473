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
    let channels = output.layout.rawValue
    for pixel in 0..<output.width {
      let first = pixel * channels
      let share = network.map { colorShare(of: $0, over: plain, at: first) } ?? 0
      for index in first..<first + channels {
        let base = Self.sample(plain, at: index)
        let isAlpha = output.layout.hasAlpha && index == first + channels - 1
        let value = network.map { network in
          base + (Self.sample(network, at: index) - base) * (isAlpha ? strength : share)
        }
        store(value ?? base, at: index)
      }
    }
    nextRow += 1
    try next(UnsafeRawBufferPointer(mixed.bytes))
  }

  /// The network's share of a pixel's colour: colours count by their alpha, since a transparent pixel of the
  /// plain enlargement has none.
  @inline(__always)
  private func colorShare(
    of network: UnsafeRawBufferPointer, over plain: UnsafeRawBufferPointer, at first: Int
  ) -> Float {
    guard output.layout.hasAlpha else { return strength }
    let alpha = first + output.layout.rawValue - 1
    let part = Self.sample(network, at: alpha) * strength
    let sum = part + Self.sample(plain, at: alpha) * (1 - strength)
    return sum > 0 ? part / sum : 1
  }

  @inline(__always)
  private static func sample(_ row: UnsafeRawBufferPointer, at index: Int) -> Float {
    Float(row.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
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
