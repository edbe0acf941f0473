/// A layer that has weights, and their shape.
package enum WeightedLayer: Sendable, Hashable {
  /// 3x3: tensors `name.weight` and `name.bias`.
  case convolution(name: String, inputs: Int, outputs: Int)
  /// 1x1 without bias: the tensor `name.weight`.
  case pointwise(name: String, inputs: Int, outputs: Int)
  /// 1x1 with bias: tensors `name.weight` and `name.bias`.
  case mixture(name: String, inputs: Int, outputs: Int)
  /// Of a PReLU: the tensor `name.weight`.
  case slopes(name: String, count: Int)
}
