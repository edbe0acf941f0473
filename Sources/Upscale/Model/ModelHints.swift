/// Properties of a network that its tensors do not determine and that its file may state.
package struct ModelHints: Sendable, Hashable {
  /// The activation of an SRVGGNetCompact without slopes.
  package var activation: CompactActivation?
  /// The factor after the reduction that follows the network (realesr-animevideov3-x2 and -x3).
  package var outputScale: Int?
  /// What a SPAN does to samples before its first layer.
  package var normalization: PictureNormalization?

  package init(
    activation: CompactActivation? = nil, outputScale: Int? = nil,
    normalization: PictureNormalization? = nil
  ) {
    self.activation = activation
    self.outputScale = outputScale
    self.normalization = normalization
  }

  /// Their keys in the metadata of a safetensors file.
  static let activationKey = "upscale.activation"
  static let outputScaleKey = "upscale.output_scale"
  static let meanKey = "upscale.mean"
  static let rangeKey = "upscale.range"

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
    if metadata[Self.meanKey] != nil || metadata[Self.rangeKey] != nil {
      let mean = try Self.numbers(metadata, Self.meanKey)
      let range = try Self.numbers(metadata, Self.rangeKey)
      guard range.count == 1, range[0] != 0, (1...4).contains(mean.count) else {
        throw UpscaleError(.badModel, "has an impossible mean or range of its samples")
      }
      normalization = PictureNormalization(mean: mean, range: range[0])
    }
  }

  /// The numbers of an entry, between commas.
  private static func numbers(
    _ metadata: [String: String], _ key: String
  ) throws(UpscaleError) -> [Float] {
    let text = metadata[key] ?? ""
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Float(String($0)) }
    let limit = PictureNormalization.limit
    guard numbers.count == words.count, numbers.allSatisfy({ abs($0) <= limit }) else {
      throw UpscaleError(.badModel, "has impossible numbers \(quoted(text)) for \(quoted(key))")
    }
    return numbers
  }

  /// These hints, completed by others.
  func or(_ others: ModelHints) -> ModelHints {
    ModelHints(
      activation: activation ?? others.activation, outputScale: outputScale ?? others.outputScale,
      normalization: normalization ?? others.normalization)
  }

  /// The metadata that a safetensors file needs so that the same network is read from it.
  static func metadata(for architecture: Architecture) -> [String: String] {
    var metadata: [String: String] = [:]
    switch architecture {
    case .rrdbNet: break
    case .srvggNetCompact(let shape):
      if shape.activation != .pReLU { metadata[activationKey] = shape.activation.rawValue }
      if shape.scale != shape.shuffle { metadata[outputScaleKey] = "\(shape.scale)" }
    case .span(let shape):
      metadata[meanKey] = shape.normalization.mean.map { "\($0)" }.joined(separator: ",")
      metadata[rangeKey] = "\(shape.normalization.range)"
    }
    return metadata
  }
}
