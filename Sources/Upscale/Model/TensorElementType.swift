/// How the numbers of a tensor are stored in its file.
public enum TensorElementType: String, Sendable, Hashable, CaseIterable {
  /// IEEE single precision.
  case float32 = "F32"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of a float32.
  case bfloat16 = "BF16"
  /// IEEE double precision.
  case float64 = "F64"

  /// Bytes of one number.
  public var byteCount: Int {
    switch self {
    case .float64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }
}
