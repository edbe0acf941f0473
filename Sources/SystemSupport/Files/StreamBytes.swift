/// The bytes of a stream, gathered in pieces as long as their number is not known: a growing array would
/// hold them twice while it grows.
struct StreamBytes {
  private static let pieceSize = 1 << 20

  private var pieces: [ByteBuffer?] = []
  private(set) var count = 0

  /// - Throws: `.memory` if the system has no memory for them.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(UpscaleError) {
    var rest = bytes
    while !rest.isEmpty {
      let place = count % Self.pieceSize
      if place == 0 { pieces.append(try ByteBuffer(count: Self.pieceSize, for: "the input")) }
      guard let last = pieces.last ?? nil else { return }
      let size = min(rest.count, Self.pieceSize - place)
      UnsafeMutableRawBufferPointer(rebasing: last.bytes[place...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<size]))
      count += size
      rest = UnsafeRawBufferPointer(rebasing: rest[size...])
    }
  }

  /// All bytes. Each piece is freed when it has been copied.
  ///
  /// - Throws: `.memory` if the system has no memory for them.
  consuming func joined() throws(UpscaleError) -> [UInt8] {
    let count = count
    try MemoryExhaustion.require(count, for: "the input")
    var pieces = pieces
    self.pieces = []
    return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      for index in pieces.indices {
        guard let piece = pieces[index] else { continue }
        let size = min(Self.pieceSize, count - filled)
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[filled...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece.bytes[..<size]))
        filled += size
        pieces[index] = nil
      }
    }
  }
}
