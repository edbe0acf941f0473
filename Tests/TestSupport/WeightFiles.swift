package import Upscale

/// Weight files of networks that nobody trained.
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

  /// A safetensors file of these tensors.
  package static func safeTensors(_ tensors: [String: Tensor]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try SafeTensors.write(tensors, metadata: [:]) { bytes.append(contentsOf: $0) }
    return bytes
  }
}
