package import SystemSupport

/// An array of numbers of a weight file, which stay in the file until they are read.
///
/// Numbers are little-endian and are handed over in row-major order, whatever their order in the file: a
/// convolution weight is (out, in, height, width).
package struct Tensor: Sendable {
  package let shape: [Int]
  /// Of the numbers as they are handed over.
  package let elementType: TensorElementType
  /// The number of elements, the product of `shape`.
  package let count: Int
  private let storage: Storage

  private enum Storage: Sendable {
    case stored(WeightFile, offset: Int)
    /// Elements from one to the next of each dimension.
    case strided(WeightFile, offset: Int, strides: [Int])
    /// A byte for each number, which chooses among 256 floats.
    case indexed(WeightFile, table: Int, offset: Int)
    case owned([UInt8])
    /// Of another tensor, rounded to float16.
    indirect case halved(Tensor)
    /// Of two tensors of one shape: the first one's numbers, and a share of the way to the second's.
    indirect case blended(Tensor, Tensor, share: Float)
  }

  /// A tensor over bytes of a file, starting at `offset`.
  ///
  /// The caller has checked that they lie inside the file and that `shape` does not overflow.
  package init(shape: [Int], elementType: TensorElementType, file: WeightFile, offset: Int) {
    let count = shape.reduce(1, *)
    precondition(
      offset >= 0 && offset + count * elementType.byteCount <= file.count, "tensor outside its file"
    )
    self.shape = shape
    self.elementType = elementType
    self.count = count
    storage = .stored(file, offset: offset)
  }

  /// The most bytes that a tensor whose numbers are not contiguous may be spread over: all of them are in
  /// memory while it is read. A 3x3 convolution of 1024 to 1024 channels has 38 MB in float32.
  private static let spanLimit = 96 << 20

  /// A tensor whose numbers may lie apart or in another order.
  ///
  /// The caller has checked that all of them lie inside the file and that nothing overflows.
  ///
  /// - Parameters:
  ///   - shape: its dimensions.
  ///   - strides: for each dimension the elements from one to the next, not negative.
  ///   - elementType: of its elements.
  ///   - file: where they lie.
  ///   - offset: of the first one, in bytes.
  ///   - name: for messages.
  /// - Throws: `.badModel` if they are spread too far.
  package init(
    shape: [Int], strides: [Int], elementType: TensorElementType, file: WeightFile, offset: Int,
    name: String
  ) throws(UpscaleError) {
    var (expected, isContiguous) = (1, true)
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      if stride != expected { isContiguous = false }
      expected *= extent
    }
    if isContiguous || shape.contains(0) {
      self.init(shape: shape, elementType: elementType, file: file, offset: offset)
      return
    }
    let size = Self.span(shape, strides) * elementType.byteCount
    precondition(offset >= 0 && size <= file.count - offset, "tensor outside its file")
    guard size <= Self.spanLimit else {
      throw UpscaleError(
        .badModel,
        "tensor \(quoted(name)) is spread over \(size) bytes; \(Self.spanLimit) are the limit")
    }
    self.init(
      shape: shape, elementType: elementType,
      storage: .strided(file, offset: offset, strides: strides))
  }

  private init(shape: [Int], elementType: TensorElementType, storage: Storage) {
    self.shape = shape
    self.elementType = elementType
    count = shape.reduce(1, *)
    self.storage = storage
  }

  /// Floats of a table of 256 at `table`, chosen by the bytes from `offset` on.
  ///
  /// The caller has checked that they lie inside the file and that `shape` does not overflow.
  init(shape: [Int], table: Int, offset: Int, file: WeightFile) {
    self.shape = shape
    elementType = .float32
    count = shape.reduce(1, *)
    precondition(
      table >= 0 && table + 1024 <= file.count && offset >= 0 && offset + count <= file.count,
      "tensor outside its file")
    storage = .indexed(file, table: table, offset: offset)
  }

  /// A float32 tensor that owns its numbers: for networks made in memory.
  package init(shape: [Int], floats: [Float]) {
    precondition(shape.reduce(1, *) == floats.count, "\(floats.count) floats for \(shape)")
    self.shape = shape
    elementType = .float32
    count = floats.count
    storage = .owned(floats.withUnsafeBytes { [UInt8]($0) })
  }

  /// Elements from the first to the last one, both counted.
  private static func span(_ shape: [Int], _ strides: [Int]) -> Int {
    zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
  }

  /// The files that the elements are read from.
  var files: [WeightFile] {
    switch storage {
    case .stored(let file, _), .strided(let file, _, _), .indexed(let file, _, _): [file]
    case .owned: []
    case .halved(let tensor): tensor.files
    case .blended(let first, let second, _): first.files + second.files
    }
  }

  /// The number of bytes of all elements.
  package var byteCount: Int { count * elementType.byteCount }

  /// Bytes of memory that reading takes beside a small piece.
  var readingByteCount: Int {
    switch storage {
    case .strided(_, _, let strides): Self.span(shape, strides) * elementType.byteCount
    case .halved(let tensor): tensor.readingByteCount
    case .blended(let first, let second, _):
      max(first.readingByteCount, second.readingByteCount) + second.count * 4
    case .stored, .indexed, .owned: 0
    }
  }

  /// Floats between this tensor's numbers and those of another one of the same shape.
  ///
  /// - Parameters:
  ///   - other: another tensor.
  ///   - share: of the other one, 0…1.
  /// - Returns: a tensor of float32.
  func blended(with other: Tensor, share: Float) -> Tensor {
    precondition(shape == other.shape, "tensors of \(shape) and \(other.shape)")
    return Tensor(
      shape: shape, elementType: .float32, storage: .blended(self, other, share: share))
  }

  /// The same numbers, rounded to float16: to nearest, ties to even.
  var halved: Tensor {
    elementType == .float16
      ? self : Tensor(shape: shape, elementType: .float16, storage: .halved(self))
  }

  // MARK: Reading

  /// Calls `body` with the tensor's bytes in row-major order, some whole elements at a time.
  ///
  /// - Throws: as `WeightFile.read`, `.memory` without memory, and what `body` throws.
  package func forEachPiece(
    _ body: (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    switch storage {
    case .stored(let file, let offset):
      try file.forEachPiece(of: offset..<offset + byteCount, body)
    case .strided(let file, let offset, let strides):
      try forEachPiece(of: file, offset: offset, strides: strides, body)
    case .indexed(let file, let table, let offset):
      let values = try file.copy(table..<table + 1024).withUnsafeBytes { bytes in
        (0..<256).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
      }
      try file.forEachPiece(of: offset..<offset + count) { indices throws(UpscaleError) in
        let piece = indices.map { values[Int($0)] }
        try piece.span.withUnsafeBytes(body)
      }
    case .owned(let bytes):
      try bytes.span.withUnsafeBytes(body)
    case .halved(let tensor):
      try tensor.forEachFloats { floats throws(UpscaleError) in
        let piece = floats.map { Float16($0).bitPattern }
        try piece.span.withUnsafeBytes(body)
      }
    case .blended(let first, let second, let share):
      let others = try second.floats()
      var next = 0
      try first.forEachFloats { floats throws(UpscaleError) in
        let piece = zip(floats, others[next...]).map { (1 - share) * $0 + share * $1 }
        next += floats.count
        try piece.span.withUnsafeBytes(body)
      }
    }
  }

  /// Calls `body` with the numbers as floats in row-major order, some at a time.
  ///
  /// - Throws: as `forEachPiece`.
  func forEachFloats(
    _ body: (UnsafeBufferPointer<Float>) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    try forEachPiece { bytes throws(UpscaleError) in
      let count = bytes.count / elementType.byteCount
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: count) {
        floats throws(UpscaleError) in
        guard let start = floats.baseAddress else { return }
        elementType.convert(bytes, to: start)
        try body(UnsafeBufferPointer(floats))
      }
    }
  }

  /// Reads all bytes that the elements are spread over, and hands the elements over in order.
  private func forEachPiece(
    of file: WeightFile, offset: Int, strides: [Int],
    _ body: (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    let size = elementType.byteCount
    let span = try ByteBuffer(count: readingByteCount, for: "a tensor")
    try file.read(at: offset, into: span.bytes)
    let source = UnsafeRawBufferPointer(span.bytes)
    let pieceLimit = 1 << 16
    var piece: [UInt8] = []
    piece.reserveCapacity(pieceLimit)
    var place = [Int](repeating: 0, count: shape.count)
    var element = 0
    for _ in 0..<count {
      let start = element * size
      piece.append(contentsOf: source[start..<start + size])
      if piece.count == pieceLimit {
        try piece.span.withUnsafeBytes(body)
        piece.removeAll(keepingCapacity: true)
      }
      for axis in shape.indices.reversed() {
        place[axis] += 1
        element += strides[axis]
        if place[axis] < shape[axis] { break }
        element -= strides[axis] * shape[axis]
        place[axis] = 0
      }
    }
    if !piece.isEmpty { try piece.span.withUnsafeBytes(body) }
    withExtendedLifetime(span) {}
  }

  /// Writes the numbers as floats to `target`, which has room for all of them. Every fp16 and bf16
  /// number, subnormal or not, is converted exactly; float64 is rounded to nearest.
  ///
  /// - Throws: as `forEachPiece`.
  package func write(to target: UnsafeMutablePointer<Float>) throws(UpscaleError) {
    if case .stored(let file, let offset) = storage, elementType == .float32 {
      return try file.read(
        at: offset, into: UnsafeMutableRawBufferPointer(start: target, count: byteCount))
    }
    var next = target
    try forEachPiece { bytes in
      elementType.convert(bytes, to: next)
      next += bytes.count / elementType.byteCount
    }
  }

  /// The numbers as floats, for tensors of a size that need not be planned for.
  ///
  /// - Throws: as `forEachPiece`.
  package func floats() throws(UpscaleError) -> [Float] {
    var floats = [Float](repeating: 0, count: count)
    try floats.withUnsafeMutableBufferPointer { buffer throws(UpscaleError) in
      if let start = buffer.baseAddress { try write(to: start) }
    }
    return floats
  }

  /// Whether every number is finite, as a float: an infinity or NaN in a weight blackens the whole
  /// picture.
  ///
  /// - Throws: as `forEachPiece`.
  package func isFinite() throws(UpscaleError) -> Bool {
    // Counting instead of leaving early lets the loops use vectors.
    var special: UInt32 = 0
    try forEachPiece { bytes in
      let count = bytes.count / elementType.byteCount
      switch elementType {
      case .float32:
        for index in 0..<count {
          let bits = bytes.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
          special |= bits & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0
        }
      case .float16, .bfloat16:
        let mask: UInt16 = elementType == .float16 ? 0x7C00 : 0x7F80
        for index in 0..<count {
          let bits = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
          special |= bits & mask == mask ? 1 : 0
        }
      case .float64:
        for index in 0..<count {
          let number = Float(bytes.loadUnaligned(fromByteOffset: index &* 8, as: Double.self))
          special |= number.isFinite ? 0 : 1
        }
      }
    }
    return special == 0
  }
}
