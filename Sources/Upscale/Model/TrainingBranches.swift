import SystemSupport

/// Folds the branches that SPAN's convolutions have while they are trained into the one convolution of
/// 3x3 that they amount to.
///
/// A convolution `name` is `conv.2(conv.1(conv.0(x))) + sk(x)`: three of 1x1, 3x3 and 1x1 one behind
/// the other, and one of 1x1 beside them. The border of zeros comes before the first, which makes all of
/// them one convolution up to the picture's edge, too. The file also holds `eval_conv`, which the
/// reference code computes anew before each use: the stored values may be out of date and are not used.
enum TrainingBranches {
  /// The tensors with each folded convolution in the place of its branches.
  ///
  /// - Parameter tensors: all of a file; those of other networks are given back as they are.
  /// - Returns: `name.weight` and `name.bias` for each branched convolution, and all other tensors.
  /// - Throws: `.badModel`, naming the tensor that is missing, misshapen or not finite; what reading
  ///   throws.
  static func folded(_ tensors: [String: Tensor]) throws(UpscaleError) -> [String: Tensor] {
    guard
      ["sk", "conv.0", "eval_conv"].contains(where: { tensors["conv_1.\($0).weight"] != nil })
    else { return tensors }
    var result = tensors
    for name in SPANShape.branched {
      let (weight, bias) = try fold(name, in: tensors)
      for branch in ["sk", "conv.0", "conv.1", "conv.2", "eval_conv"] {
        for kind in ["weight", "bias"] { result["\(name).\(branch).\(kind)"] = nil }
      }
      for (kind, tensor) in [("weight", weight), ("bias", bias)] {
        guard result.updateValue(tensor, forKey: "\(name).\(kind)") == nil else {
          throw UpscaleError(
            .badModel,
            "tensor \(quoted("\(name).\(kind)")) is there beside the branches that amount to it")
        }
      }
    }
    return result
  }

  /// The most channels between two branches: the official networks have twice their features.
  private static let branchLimit = 2 * SPANShape.featureLimit

  private static func fold(
    _ name: String, in tensors: [String: Tensor]
  ) throws(UpscaleError) -> (weight: Tensor, bias: Tensor) {
    func shape(
      _ branch: String, side: Int, limit: Int = branchLimit
    ) throws(UpscaleError) -> (outputs: Int, inputs: Int) {
      let name = "\(name).\(branch).weight"
      guard let tensor = tensors[name] else {
        throw UpscaleError(.badModel, "tensor \(quoted(name)) is missing")
      }
      guard tensor.shape.count == 4, tensor.shape[2...] == [side, side], tensor.count > 0 else {
        throw UpscaleError(
          .badModel,
          "tensor \(quoted(name)) has shape \(tensor.shape), not that of \(side)x\(side) kernels")
      }
      guard tensor.shape[0] <= limit, tensor.shape[1] <= limit else {
        throw UpscaleError(
          .badModel,
          "tensor \(quoted(name)) has shape \(tensor.shape); \(limit) channels are the limit")
      }
      return (tensor.shape[0], tensor.shape[1])
    }
    func numbers(_ name: String, _ shape: [Int]) throws(UpscaleError) -> [Double] {
      guard let tensor = tensors[name] else {
        throw UpscaleError(.badModel, "tensor \(quoted(name)) is missing")
      }
      guard tensor.shape == shape else {
        throw UpscaleError(
          .badModel, "tensor \(quoted(name)) has shape \(tensor.shape), not \(shape)")
      }
      let numbers = try tensor.floats()
      guard numbers.allSatisfy(\.isFinite) else {
        throw UpscaleError(.badModel, "tensor \(quoted(name)) holds an infinity or a NaN")
      }
      return numbers.map(Double.init)
    }

    let (outputs, inputs) = try shape("sk", side: 1, limit: SPANShape.featureLimit)
    let first = try shape("conv.0", side: 1).outputs
    let second = try shape("conv.1", side: 3).outputs
    let w1 = try numbers("\(name).conv.0.weight", [first, inputs, 1, 1])
    let b1 = try numbers("\(name).conv.0.bias", [first])
    let w2 = try numbers("\(name).conv.1.weight", [second, first, 3, 3])
    let b2 = try numbers("\(name).conv.1.bias", [second])
    let w3 = try numbers("\(name).conv.2.weight", [outputs, second, 1, 1])
    let b3 = try numbers("\(name).conv.2.bias", [outputs])
    let skip = try numbers("\(name).sk.weight", [outputs, inputs, 1, 1])
    let skipBias = try numbers("\(name).sk.bias", [outputs])

    // The first two: `[second][tap][inputs]`.
    var both = [Double](repeating: 0, count: second * 9 * inputs)
    var bothBias = b2
    for output in 0..<second {
      for middle in 0..<first {
        for tap in 0..<9 {
          let factor = w2[(output * first + middle) * 9 + tap]
          bothBias[output] += factor * b1[middle]
          add(w1, middle * inputs, times: factor, to: &both, (output * 9 + tap) * inputs, inputs)
        }
      }
    }
    // All three, and the one beside them.
    var all = [Double](repeating: 0, count: outputs * 9 * inputs)
    var bias = b3
    for output in 0..<outputs {
      bias[output] += skipBias[output]
      for middle in 0..<second {
        let factor = w3[output * second + middle]
        bias[output] += factor * bothBias[middle]
        add(
          both, middle * 9 * inputs, times: factor, to: &all, output * 9 * inputs, 9 * inputs)
      }
      add(skip, output * inputs, times: 1, to: &all, (output * 9 + 4) * inputs, inputs)
    }
    var weight = [Float](repeating: 0, count: all.count)
    for output in 0..<outputs {
      for tap in 0..<9 {
        for input in 0..<inputs {
          weight[(output * inputs + input) * 9 + tap] = Float(
            all[(output * 9 + tap) * inputs + input])
        }
      }
    }
    return (
      Tensor(shape: [outputs, inputs, 3, 3], floats: weight),
      Tensor(shape: [outputs], floats: bias.map { Float($0) })
    )
  }

  /// Adds `count` numbers of `source`, times a factor, to as many of `target`.
  private static func add(
    _ source: [Double], _ from: Int, times factor: Double, to target: inout [Double], _ place: Int,
    _ count: Int
  ) {
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for index in 0..<count { target[place + index] += source[from + index] * factor }
      }
    }
  }
}
