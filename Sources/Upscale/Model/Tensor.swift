package import SystemSupport

/// How the numbers of a tensor are stored in its file.
public enum TensorElementType: String, Sendable, Hashable, CaseIterable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  /// Bytes of one number.
  public var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// A named array of numbers of a weight file, still in the file.
///
/// Numbers are little-endian and lie in row-major order: a convolution weight is
/// (out, in, height, width).
package struct Tensor: Sendable {
  package let shape: [Int]
  package let elementType: TensorElementType
  /// The number of elements, the product of `shape`.
  package let count: Int
  private let storage: Storage

  private enum Storage: Sendable {
    case stored(WeightFile, offset: Int)
    case owned([UInt8])
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

  /// A float32 tensor that owns its numbers: for networks made in memory.
  package init(shape: [Int], floats: [Float]) {
    precondition(shape.reduce(1, *) == floats.count, "\(floats.count) floats for \(shape)")
    self.shape = shape
    elementType = .float32
    count = floats.count
    storage = .owned(floats.withUnsafeBytes { [UInt8]($0) })
  }

  /// The file that the elements are read from.
  var file: WeightFile? {
    if case .stored(let file, _) = storage { file } else { nil }
  }

  /// The number of bytes the tensor has in its file.
  package var byteCount: Int { count * elementType.byteCount }

  /// Calls `body` with the tensor's bytes in file order, some whole elements at a time.
  ///
  /// - Throws: as `WeightFile.read`, and what `body` throws.
  package func forEachPiece(
    _ body: (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    switch storage {
    case .stored(let file, let offset):
      try file.forEachPiece(of: offset..<offset + byteCount, body)
    case .owned(let bytes):
      try bytes.span.withUnsafeBytes(body)
    }
  }

  /// Writes the numbers as floats to `target`, which has room for all of them. Every fp16 and bf16
  /// number, subnormal or not, is converted exactly.
  ///
  /// - Throws: as `WeightFile.read`.
  package func write(to target: UnsafeMutablePointer<Float>) throws(UpscaleError) {
    if case .stored(let file, let offset) = storage, elementType == .float32 {
      return try file.read(
        at: offset, into: UnsafeMutableRawBufferPointer(start: target, count: byteCount))
    }
    var next = target
    try forEachPiece { bytes in
      let count = bytes.count / elementType.byteCount
      switch elementType {
      case .float32:
        UnsafeMutableRawBufferPointer(start: next, count: bytes.count).copyMemory(from: bytes)
      case .float16:
        for index in 0..<count {
          next[index] = widenedHalf(
            bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
        }
      case .bfloat16:
        for index in 0..<count {
          let bits = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
          next[index] = Float(bitPattern: UInt32(bits) << 16)
        }
      }
      next += count
    }
  }

  /// The numbers as floats, for tensors of a size that need not be planned for.
  ///
  /// - Throws: as `WeightFile.read`.
  package func floats() throws(UpscaleError) -> [Float] {
    var floats = [Float](repeating: 0, count: count)
    try floats.withUnsafeMutableBufferPointer { buffer throws(UpscaleError) in
      if let start = buffer.baseAddress { try write(to: start) }
    }
    return floats
  }

  /// Whether every number is finite: an infinity or NaN in a weight blackens the whole picture.
  ///
  /// - Throws: as `WeightFile.read`.
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
      }
    }
    return special == 0
  }
}

/// The float that equals an IEEE half, by shifting its fields into place and multiplying by 2^112.
///
/// `Float(Float16)` is a library call for each number on the x86-64 baseline; this is four integer
/// instructions and a multiplication, which the compiler vectorises.
@inline(__always)
private func widenedHalf(_ bits: UInt16) -> Float {
  let wide = UInt32(bits)
  let magnitude = (wide & 0x7FFF) << 13
  // The multiplication corrects the exponent's bias (127 - 15 = 112) and normalises subnormals.
  let finite = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
  // Infinity and NaN have the greatest exponent in both formats.
  let special = magnitude >= 0x0F80_0000 ? 0x7F80_0000 : UInt32(0)
  return Float(bitPattern: finite | special | (wide & 0x8000) << 16)
}
