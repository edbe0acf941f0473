public import SystemSupport

extension Model {
  /// A model whose every number lies between those of this one and another one: network interpolation, as of
  /// ESRGAN's `net_interp` and Real-ESRGAN's denoising strength.
  ///
  /// Numbers are mixed as floats when they are read. Weights that were not trained from one another are of
  /// no use in between.
  ///
  /// - Parameters:
  ///   - other: a model of the same network: architecture, scale, shape.
  ///   - share: of the other one, 0…1; what is beyond is taken for its nearer end.
  /// - Returns: the model.
  /// - Throws: `.badModel` for networks that differ.
  public func blended(with other: Model, share: Double) throws(UpscaleError) -> Model {
    guard architecture == other.architecture else {
      throw UpscaleError(
        .badModel,
        "the weights of '\(name)' and '\(other.name)' cannot be blended: \(difference(from: other))"
      )
    }
    let share = Float(min(max(share, 0), 1))
    var tensors = tensors
    for (name, tensor) in tensors {
      guard let partner = other.tensors[name] else { continue }
      tensors[name] = tensor.blended(with: partner, share: share)
    }
    return Model(
      replacing: tensors, of: self, name: "\(name) and \(other.name)", readFrom: [self, other])
  }

  /// In what the networks differ: a part of a sentence.
  private func difference(from other: Model) -> String {
    if architecture.name != other.architecture.name {
      return "one is \(architecture.article) \(architecture.name), the other "
        + "\(other.architecture.article) \(other.architecture.name)"
    }
    if architecture.scale != other.architecture.scale {
      return "one enlarges x\(architecture.scale), the other x\(other.architecture.scale)"
    }
    if parameterCount != other.parameterCount {
      return "one has \(parameterCount) numbers, the other \(other.parameterCount)"
    }
    return "both are \(architecture.name)s, but not of the same shape"
  }
}
