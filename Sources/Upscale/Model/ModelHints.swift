/// What a file says about a network beside its tensors, where these do not tell.
package struct ModelHints: Sendable, Hashable {
  /// Of an SRVGGNetCompact without slopes.
  package var activation: CompactActivation?
  /// The factor that is left of a network's own when its result is made smaller.
  package var outputScale: Int?

  package init(activation: CompactActivation? = nil, outputScale: Int? = nil) {
    self.activation = activation
    self.outputScale = outputScale
  }

  /// The names under which they stand in the metadata of a safetensors file.
  static let activationKey = "upscale.activation"
  static let outputScaleKey = "upscale.output_scale"

  /// - Parameter metadata: of a safetensors file.
  /// - Throws: `.badModel` for values that mean nothing.
  init(metadata: [String: String]) throws(UpscaleError) {
    if let text = metadata[Self.activationKey] {
      activation = CompactActivation(rawValue: text)
      guard activation != nil else {
        throw UpscaleError(.badModel, "has an unknown activation \(quoted(text))")
      }
    }
    if let text = metadata[Self.outputScaleKey] {
      outputScale = Int(text)
      guard let outputScale, (1...16).contains(outputScale) else {
        throw UpscaleError(.badModel, "has an impossible scale \(quoted(text))")
      }
    }
  }

  /// These hints, completed by others.
  func or(_ others: ModelHints) -> ModelHints {
    ModelHints(
      activation: activation ?? others.activation, outputScale: outputScale ?? others.outputScale)
  }

  /// The metadata that a safetensors file needs so that the same network is read from it.
  static func metadata(for architecture: Architecture) -> [String: String] {
    guard case .srvggNetCompact(let shape) = architecture else { return [:] }
    var metadata: [String: String] = [:]
    if shape.activation != .pReLU { metadata[activationKey] = shape.activation.rawValue }
    if shape.scale != shape.shuffle { metadata[outputScaleKey] = "\(shape.scale)" }
    return metadata
  }
}
