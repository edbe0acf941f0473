package import Upscale

/// The settings that outputs depend on, and the fingerprint by which a later run recognises outputs that
/// were made with the same ones.
package struct BatchSettings: Sendable {
  /// nil for the format of each input.
  package var format: PictureFormat?
  package var encoding: EncodingOptions
  /// nil for the model's own factor.
  package var scale: Double?
  /// The size of each output, which goes before `scale`.
  package var target: TargetSize?
  /// nil for the input's depth, where the format has it.
  package var depth: Picture.Depth?
  package var alpha: AlphaTreatment
  /// Whether the inputs' metadata and the record are left out.
  package var stripsMetadata = false
  /// What the record says of the model.
  package var provenance: Provenance?
  package var color = ColorTreatment()
  /// As asked for, not as used: machines that share a folder may support different precisions.
  package var precision: Precision
  /// Whether results of all eight positions are averaged.
  package var usesSelfEnsemble: Bool
  /// The network's share of the result, 0…1.
  package var strength: Double
  /// Identifies the weights.
  package var model: String
  /// The model's own factor.
  package var modelScale: Int

  package init(
    format: PictureFormat? = nil, encoding: EncodingOptions = EncodingOptions(),
    scale: Double? = nil, target: TargetSize? = nil, depth: Picture.Depth? = nil,
    alpha: AlphaTreatment = .automatic,
    precision: Precision = .exact,
    usesSelfEnsemble: Bool = false, strength: Double = 1,
    model: String, modelScale: Int
  ) {
    self.format = format
    self.encoding = encoding
    self.scale = scale
    self.target = target
    self.depth = depth
    self.alpha = alpha
    self.precision = precision
    self.usesSelfEnsemble = usesSelfEnsemble
    self.strength = strength
    self.model = model
    self.modelScale = modelScale
  }

  /// The factor as text, for `{scale}` and the fingerprint.
  package var scaleText: String { NameTemplate.text(ofScale: scale ?? Double(modelScale)) }

  /// Everything that the bytes of an output depend on, beside its input.
  package var line: JSONLine {
    var line = JSONLine()
    line.add("event", "settings")
    line.add("version", upscaleVersion)
    line.add("model", model)
    line.add("precision", precision.rawValue)
    line.add("tta", usesSelfEnsemble ? "yes" : "no")
    line.add("strength", DecimalNumber.text(strength))
    if let target { line.add("size", target.text) } else { line.add("scale", scaleText) }
    line.add("format", format?.rawValue ?? "input")
    line.add("quality", encoding.quality.map { "\($0)" } ?? "default")
    line.add("lossless", encoding.lossless ? "yes" : "no")
    // Choices that came later have a member only where they are made: outputs of earlier runs stay up to date.
    if let level = encoding.nearLossless { line.add("near_lossless", level) }
    if let effort = encoding.effort { line.add("effort", effort) }
    if let compression = encoding.compression { line.add("compression", compression) }
    if let subsampling = encoding.subsampling { line.add("subsampling", subsampling.rawValue) }
    if encoding.isProgressive { line.add("progressive", "yes") }
    if color.convertsToSRGB { line.add("to_srgb", "yes") }
    if color.fixesColors { line.add("color_fix", "yes") }
    line.add("depth", depth.map { "\($0.rawValue)" } ?? "input")
    line.add("alpha", alpha.rawValue)
    line.add("metadata", stripsMetadata ? "strip" : "keep")
    return line
  }

  /// 16 hexadecimal digits.
  package var fingerprint: String {
    String(Array(line.text.utf8).withUnsafeBytes { SHA256.hexDigest($0) }.prefix(16))
  }

  /// The settings of one picture's output.
  package func outputSpec(for source: SourcePicture) -> OutputSpec {
    let format = format ?? source.format
    // Where outputs have the formats of their inputs, options that a format does not have are dropped.
    var spec = OutputSpec(
      format: format, encoding: encoding.restricted(to: format), scale: scale, target: target,
      depth: format == .png ? depth : nil, alpha: alpha)
    spec.stripsMetadata = stripsMetadata
    spec.provenance = provenance
    spec.color = color
    return spec
  }
}
