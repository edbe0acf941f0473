public import NaiveNetworks
package import Upscale

extension NaiveSPAN {
  /// A SPAN of tensors, with its training branches one after the other where it has them.
  package init(_ tensors: [String: Tensor], normalization: PictureNormalization) {
    self.init(
      mean: normalization.mean.map(Double.init), range: Double(normalization.range)
    ) { name, input in
      func single(_ name: String, _ input: Planes) throws -> Planes {
        input.convolved(
          weight: try tensors["\(name).weight"]?.floats() ?? [],
          bias: try tensors["\(name).bias"]?.floats() ?? [])
      }
      guard tensors["\(name).sk.weight"] != nil else { return try single(name, input) }
      // As in training: a border of zeros, three convolutions, the border cut off again.
      var value = input.padded(by: 1)
      for branch in 0..<3 {
        value = try single("\(name).conv.\(branch)", value)
      }
      let main = value.cropped(columns: 1..<input.width + 1, rows: 1..<input.height + 1)
      return main + (try single("\(name).sk", input))
    }
  }
}
