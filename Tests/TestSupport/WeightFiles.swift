package import Upscale

/// Weight files of networks with random weights.
public enum WeightFiles {
  /// The tensors of an SRVGGNetCompact under official names, random numbers up to `magnitude`.
  package static func compactTensors(
    inputs: Int = 3, outputs: Int = 3, features: Int = 8, convolutions: Int = 1, scale: Int = 2,
    magnitude: Float = 0.2
  ) -> [String: Tensor] {
    var random = SeededRandom(seed: 5)
    func tensor(_ shape: [Int]) -> Tensor {
      Tensor(
        shape: shape,
        floats: (0..<shape.reduce(1, *)).map { _ in
          Float.random(in: -magnitude...magnitude, using: &random)
        })
    }
    var tensors: [String: Tensor] = [:]
    let last = convolutions + 1
    for index in 0...last {
      let (from, to) = (
        index == 0 ? inputs : features, index == last ? outputs * scale * scale : features
      )
      tensors["body.\(2 * index).weight"] = tensor([to, from, 3, 3])
      tensors["body.\(2 * index).bias"] = tensor([to])
      if index < last { tensors["body.\(2 * index + 1).weight"] = tensor([features]) }
    }
    return tensors
  }

  /// The tensors of a SPAN under official names, random numbers that keep the size of what flows
  /// through.
  package static func spanTensors(
    inputs: Int = 3, features: Int = 8, scale: Int = 2, isBranched: Bool = false
  ) -> [String: Tensor] {
    var random = SeededRandom(seed: 11)
    func tensor(_ shape: [Int], _ magnitude: Float) -> Tensor {
      Tensor(
        shape: shape,
        floats: (0..<shape.reduce(1, *)).map { _ in
          Float.random(in: -magnitude...magnitude, using: &random)
        })
    }
    var tensors: [String: Tensor] = [:]
    func add(_ name: String, _ from: Int, _ to: Int, _ side: Int, samples: Float = 1) {
      let magnitude = (3 / Float(from * side * side)).squareRoot()
      tensors["\(name).weight"] = tensor([to, from, side, side], magnitude / samples)
      tensors["\(name).bias"] = tensor([to], 0.1)
    }
    for name in SPANShape.branched {
      let isFirst = name == "conv_1"
      let from = isFirst ? inputs : features
      // Samples of up to 255 go in.
      let samples: Float = isFirst && inputs == 3 ? 128 : 1
      guard isBranched else {
        add(name, from, features, 3, samples: samples)
        continue
      }
      add("\(name).sk", from, features, 1, samples: samples)
      add("\(name).conv.0", from, 2 * from, 1, samples: samples)
      add("\(name).conv.1", 2 * from, 2 * features, 3)
      add("\(name).conv.2", 2 * features, features, 1)
      add("\(name).eval_conv", from, features, 3)
    }
    add("conv_cat", 4 * features, features, 1)
    add("upsampler.0", features, inputs * scale * scale, 3)
    if inputs != 3 { tensors["no_norm"] = Tensor(shape: [1], floats: [0]) }
    return tensors
  }

  /// A safetensors file of these tensors.
  package static func safeTensors(_ tensors: [String: Tensor]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try SafeTensors.write(tensors, metadata: [:]) { bytes.append(contentsOf: $0) }
    return bytes
  }
}
