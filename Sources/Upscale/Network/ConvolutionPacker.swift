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

  /// Bytes that the convolutions of an architecture take, and what packing them takes.
  static func byteCount(for architecture: Architecture) -> Int {
    WeightArena.byteCount(
      for: architecture.layers.compactMap { layer in
        guard case .convolution(_, let inputs, let outputs) = layer else { return nil }
        return Convolution.packedCount(inputs: inputs, outputs: outputs)
      }) + AlignedBuffer.byteCount(scratchCount(for: architecture))
  }

  private static func scratchCount(for architecture: Architecture) -> Int {
    architecture.layers.map { layer in
      guard case .convolution(_, let inputs, let outputs) = layer else { return 0 }
      return inputs * outputs * 9
    }.max() ?? 0
  }
}
