import SystemSupport

/// Walks the `.bin` of an ncnn model, giving tensors over its bytes.
///
/// The file has no header. A convolution's weights follow a 4-byte tag that says how they are stored;
/// biases and PReLU slopes are float32 without tag.
struct NCNNWeights {
  private let file: WeightFile
  private var position = 0

  init(file: WeightFile) { self.file = file }

  /// Weights behind a tag.
  mutating func tagged(_ shape: [Int], layer: String) throws(UpscaleError) -> Tensor {
    guard file.count - position >= 4 else { throw cut(layer) }
    let tag = try file.copy(position..<position + 4).reversed().reduce(UInt32(0)) {
      $0 << 8 | UInt32($1)
    }
    position += 4
    switch tag {
    // The second one says that scales for integers follow elsewhere; the weights themselves are floats.
    case 0, 0x0002_C056: return try take(shape, .float32, layer: layer)
    case 0x0130_6B47: return try take(shape, .float16, layer: layer)
    case 0x0134_8B83: return try take(shape, .bfloat16, layer: layer)
    case 0x000D_4B38:
      throw UpscaleError(
        .badModel, "layer \(layer) stores its weights as 8-bit integers, which are not read")
    default: return try takeIndexed(shape, layer: layer)
    }
  }

  /// Weights that are chosen from a table of 256 floats: any other tag.
  private mutating func takeIndexed(
    _ shape: [Int], layer: String
  ) throws(UpscaleError) -> Tensor {
    let table = 1024
    // The least element is two bytes, so that the product cannot overflow.
    guard let twice = SafeTensors.byteCount(shape, .float16), file.count - position >= table,
      twice / 2 <= file.count - position - table
    else { throw cut(layer) }
    let padded = (twice / 2 + 3) & ~3
    guard padded <= file.count - position - table else { throw cut(layer) }
    defer { position += table + padded }
    return Tensor(shape: shape, table: position, offset: position + table, file: file)
  }

  mutating func floats(_ shape: [Int], layer: String) throws(UpscaleError) -> Tensor {
    try take(shape, .float32, layer: layer)
  }

  /// Refuses a file that goes on.
  func finish() throws(UpscaleError) {
    guard position == file.count else {
      throw UpscaleError(
        .badModel, "its .bin has \(file.count - position) bytes behind the last layer")
    }
  }

  private mutating func take(
    _ shape: [Int], _ elementType: TensorElementType, layer: String
  ) throws(UpscaleError) -> Tensor {
    guard let size = SafeTensors.byteCount(shape, elementType), size <= file.count - position
    else {
      throw cut(layer)
    }
    // Float16 data is filled up to a multiple of 4 bytes.
    let padded = (size + 3) & ~3
    guard padded <= file.count - position else { throw cut(layer) }
    let tensor = Tensor(shape: shape, elementType: elementType, file: file, offset: position)
    position += padded
    return tensor
  }

  private func cut(_ layer: String) -> UpscaleError {
    UpscaleError(.badModel, "its .bin is cut short in layer \(layer)")
  }
}
