import SystemSupport

/// Packs a model's convolutions one after another: they share memory for as long as they live, and
/// another piece of it for as long as they are read.
struct ConvolutionPacker {
  private let model: Model
  private let arena = WeightArena()
  /// The plain numbers of one convolution.
  private let scratch: AlignedBuffer

  /// - Throws: `.memory` without memory.
  init(_ model: Model) throws(UpscaleError) {
    self.model = model
    scratch = try AlignedBuffer(count: Self.scratchCount(for: model.architecture))
  }

  /// The convolution `name` of the model.
  ///
  /// - Parameters:
  ///   - name: its tensors' names without their last part.
  ///   - activation: as `Convolution`'s.
  ///   - segments: as `Convolution`'s.
  /// - Returns: the convolution, packed.
  /// - Throws: `.memory` without memory, and what reading the model throws.
  func convolution(
    _ name: String, _ activation: Convolution.Activation = .none, segments: [Int] = []
  ) throws(UpscaleError) -> Convolution {
    let bias = try model.floats("\(name).bias")
    let count = model.count(of: "\(name).weight")
    try model.write("\(name).weight", to: scratch.pointer)
    return try Convolution(
      weight: UnsafeBufferPointer(start: scratch.pointer, count: count), bias: bias,
      activation: activation, segments: segments, arena: arena)
  }

  /// The 1x1 convolution `name` of the model, without bias, as one of 3x3.
  ///
  /// - Throws: as `convolution`.
  func pointwise(_ name: String, outputs: Int) throws(UpscaleError) -> Convolution {
    let count = model.count(of: "\(name).weight")
    try model.write("\(name).weight", to: scratch.pointer)
    // From the end, since each number moves up.
    for index in (0..<count).reversed() {
      let value = scratch.pointer[index]
      (scratch.pointer + 9 * index).update(repeating: 0, count: 9)
      scratch.pointer[9 * index + 4] = value
    }
    return try Convolution(
      weight: UnsafeBufferPointer(start: scratch.pointer, count: 9 * count),
      bias: [Float](repeating: 0, count: outputs), arena: arena)
  }

  /// A convolution of numbers that were computed.
  ///
  /// - Parameters:
  ///   - weight: `[outputs][inputs][side][side]`.
  ///   - bias: one for each output.
  ///   - segments: as `Convolution`'s.
  ///   - side: of the kernel, 3 or 1.
  /// - Returns: the convolution, packed.
  /// - Throws: `.memory` without memory.
  func convolution(
    weight: [Float], bias: [Float], segments: [Int] = [], side: Int
  ) throws(UpscaleError) -> Convolution {
    precondition(weight.count <= scratch.count, "no larger than the model's own")
    scratch.pointer.update(from: weight, count: weight.count)
    return try Convolution(
      weight: UnsafeBufferPointer(start: scratch.pointer, count: weight.count), bias: bias,
      segments: segments, side: side, arena: arena)
  }

  /// Bytes that the convolutions of an architecture take, and what packing them takes.
  static func byteCount(for architecture: Architecture) -> Int {
    WeightArena.byteCount(
      for: architecture.layers.compactMap { layer in
        switch layer {
        case .convolution(_, let inputs, let outputs), .pointwise(_, let inputs, let outputs):
          Convolution.packedCount(inputs: inputs, outputs: outputs)
        case .mixture(_, let inputs, let outputs):
          Convolution.packedCount(inputs: inputs, outputs: outputs, side: 1)
        case .slopes: nil
        }
      }) + AlignedBuffer.byteCount(scratchCount(for: architecture))
  }

  private static func scratchCount(for architecture: Architecture) -> Int {
    architecture.layers.map { layer in
      switch layer {
      case .convolution(_, let inputs, let outputs), .pointwise(_, let inputs, let outputs):
        inputs * outputs * 9
      case .mixture(_, let inputs, let outputs): inputs * outputs
      case .slopes: 0
      }
    }.max() ?? 0
  }
}
