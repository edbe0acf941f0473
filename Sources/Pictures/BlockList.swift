import CImageCodecs

/// Blocks of a file to write, as C takes them: chunks or segments with their names.
struct BlockList: Sendable {
  /// The contents of all blocks, one after the other.
  private(set) var bytes: [UInt8] = []
  /// A chunk's name or a segment's marker, and where in `bytes` its contents are.
  private var places: [(name: UInt32, place: Range<Int>)] = []

  /// Adds a block by its marker, or by a name's four letters in one number.
  mutating func add(_ name: UInt32, _ contents: some Collection<UInt8>) {
    let start = bytes.count
    bytes += contents
    places.append((name, start..<bytes.count))
  }

  /// Adds a chunk by its name of four letters.
  mutating func add(_ name: String, _ contents: some Collection<UInt8>) {
    add(name.utf8.reduce(0) { $0 << 8 | UInt32($1) }, contents)
  }

  /// Calls with the blocks as C has them.
  func withBlocks<Result>(_ body: (UnsafeBufferPointer<ci_block>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      let blocks = places.compactMap { block in
        bytes.baseAddress.map {
          ci_block(name: block.name, bytes: $0 + block.place.lowerBound, size: block.place.count)
        }
      }
      return blocks.withUnsafeBufferPointer(body)
    }
  }
}
