extension TensorElementType {
  /// Converts numbers of this type to floats. Every fp16 and bf16 number, subnormal or not, is converted
  /// exactly; float64 is rounded to nearest.
  ///
  /// - Parameters:
  ///   - bytes: whole numbers.
  ///   - target: has room for as many.
  func convert(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<Float>) {
    let count = bytes.count / byteCount
    switch self {
    case .float32:
      UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyMemory(from: bytes)
    case .float16:
      for index in 0..<count {
        target[index] = widenedHalf(
          bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
      }
    case .bfloat16:
      for index in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
        target[index] = Float(bitPattern: UInt32(bits) << 16)
      }
    case .float64:
      for index in 0..<count {
        target[index] = Float(bytes.loadUnaligned(fromByteOffset: index &* 8, as: Double.self))
      }
    }
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
