package import SystemSupport

/// Which network a set of tensors is, by their names and shapes alone.
///
/// Every tensor must be a part of the network and have the shape it has there: a network that
/// merely resembles a known one is refused by the name of the first tensor that does not belong,
/// because computing it would give a wrong picture without any error.
package enum Detection {
  /// Prefixes that training code puts before every name, in order of preference: where a file has several
  /// sets of weights, the averaged one is used.
  private static let wrappers =
    PyTorchFile.wrappers.map { $0 + "." } + ["module.", "netG.", "_orig_mod."]

  /// The tensors under their official names: wrappers taken off, other families of names translated.
  package static func canonical(_ tensors: [String: Tensor]) -> [String: Tensor] {
    var names = tensors
    while let wrapper = wrapper(around: names.keys) {
      names = Dictionary(
        uniqueKeysWithValues: names.filter { $0.key.hasPrefix(wrapper) }
          .map { (String($0.key.dropFirst(wrapper.count)), $0.value) })
    }
    return KeyFamily.official(names)
  }

  /// The best of the wrappers, where each name has one.
  private static func wrapper(around names: Dictionary<String, Tensor>.Keys) -> String? {
    // `model.0` is the first layer of old models.
    let known = wrappers.filter { wrapper in
      wrapper != "model." || !names.contains("model.0.weight")
    }
    guard !names.isEmpty,
      names.allSatisfy({ name in known.contains { name.hasPrefix($0) && name != $0 } })
    else { return nil }
    return known.first { wrapper in names.contains { $0.hasPrefix(wrapper) } }
  }

  /// The architecture that `tensors`, under canonical names, make up.
  ///
  /// - Parameters:
  ///   - tensors: all of a file.
  ///   - hints: what the file says beside them.
  ///   - isTrusted: whether their numbers need not be looked at.
  /// - Returns: the one network that has these tensors and no others.
  /// - Throws: `.badModel`, naming the tensor that is missing, misshapen, not finite or foreign.
  package static func architecture(
    of tensors: [String: Tensor], hints: ModelHints = ModelHints(), isTrusted: Bool = false
  ) throws(UpscaleError) -> Architecture {
    var survey = Survey(tensors, isTrusted: isTrusted)
    let architecture: Architecture
    if tensors["body.0.weight"] != nil {
      architecture = .srvggNetCompact(try srvggNetCompact(&survey, hints))
    } else if tensors["conv_first.weight"] != nil, tensors["body.0.rdb1.conv1.weight"] != nil {
      architecture = .rrdbNet(try rrdbNet(&survey))
    } else if tensors["conv_1.weight"] != nil, tensors["block_1.c1_r.weight"] != nil {
      architecture = .span(try span(&survey, hints))
    } else {
      if let name = LookAlikes.name(of: tensors.keys) { throw lookAlike(name) }
      let example = tensors.keys.min().map { "; its first tensor is \(quoted($0))" } ?? ""
      throw UpscaleError(.badModel, "is no RRDBNet, SRVGGNetCompact or SPAN\(example)")
    }
    try check(architecture)
    if let name = survey.foreign(to: architecture).flatMap({ LookAlikes.name(of: $0) }) {
      throw lookAlike(name)
    }
    for layer in architecture.layers {
      switch layer {
      case .convolution(let name, let inputs, let outputs):
        try survey.consume("\(name).weight", [outputs, inputs, 3, 3])
        try survey.consume("\(name).bias", [outputs])
      case .pointwise(let name, let inputs, let outputs):
        try survey.consume("\(name).weight", [outputs, inputs, 1, 1])
      case .mixture(let name, let inputs, let outputs):
        try survey.consume("\(name).weight", [outputs, inputs, 1, 1])
        try survey.consume("\(name).bias", [outputs])
      case .slopes(let name, let count): try survey.consume("\(name).weight", [count])
      }
    }
    try survey.finish(architecture)
    return architecture
  }

  private static func lookAlike(_ name: String) -> UpscaleError {
    UpscaleError(
      .badModel,
      "seems to be of the network \(name); only RRDBNet, SRVGGNetCompact and SPAN are computed"
    )
  }

  /// The most channels of a map; known networks have at most 256.
  package static let featureLimit = 1024
  /// The most numbers of all layers; x4plus has 17 million.
  package static let parameterLimit = 1 << 28

  /// Refuses an architecture of a known kind whose shape is not supported.
  private static func check(_ architecture: Architecture) throws(UpscaleError) {
    let (inputs, outputs) = architecture.channels
    if case .srvggNetCompact = architecture, inputs != outputs, inputs != 1 {
      // Its enlarged input is added to its result.
      throw UpscaleError(
        .badModel, "turns \(inputs) channels into \(outputs), which no SRVGGNetCompact can")
    }
    let featureLimit = if case .span = architecture { SPANShape.featureLimit } else { featureLimit }
    guard architecture.largestFeatures <= featureLimit else {
      throw UpscaleError(
        .badModel,
        "has maps of \(architecture.largestFeatures) channels; \(featureLimit) are the limit")
    }
    guard architecture.parameterCount <= parameterLimit else {
      throw UpscaleError(
        .badModel,
        "is a network of \(architecture.parameterCount) numbers; \(parameterLimit) are the limit")
    }
  }

  // MARK: RRDBNet

  private static func rrdbNet(_ survey: inout Survey) throws(UpscaleError) -> RRDBNetShape {
    let first = try survey.kernelShape("conv_first.weight")
    let growth = try survey.kernelShape("body.0.rdb1.conv1.weight").outputs
    let outputChannels = try survey.kernelShape("conv_last.weight").outputs
    let features = first.outputs
    let blocks = survey.run { "body.\($0).rdb1.conv1.weight" }
    let upsamplings = survey.run { "conv_up\($0 + 1).weight" }
    let unshuffle = try unshuffle(inputs: first.inputs, outputs: outputChannels)
    guard (0...4).contains(upsamplings), (1 << upsamplings) % unshuffle == 0 else {
      throw UpscaleError(
        .badModel,
        "has \(upsamplings) upsampling stages behind a pixel-unshuffle by \(unshuffle), "
          + "which gives no scale from x1 to x16")
    }

    return RRDBNetShape(
      inputChannels: first.inputs / (unshuffle * unshuffle), outputChannels: outputChannels,
      features: features, growth: growth, blocks: blocks, upsamplings: upsamplings,
      unshuffle: unshuffle, hasShortcuts: survey.has("body.0.rdb1.conv1x1.weight"))
  }

  /// The pixel-unshuffle factor: the channels of a picture are known, those of an unshuffled one
  /// are 4 or 16 times as many.
  private static func unshuffle(inputs: Int, outputs: Int) throws(UpscaleError) -> Int {
    guard [1, 3, 4].contains(outputs) else {
      throw UpscaleError(
        .badModel, "tensor 'conv_last.weight' gives \(outputs) channels; a picture has 1, 3 or 4")
    }
    // A picture of 4 channels in is unshuffled gray if gray comes out, as spandrel has it too.
    if inputs == outputs * 4 { return 2 }
    if inputs == outputs * 16 { return 4 }
    guard [1, 3, 4].contains(inputs) else {
      throw UpscaleError(
        .badModel,
        "tensor 'conv_first.weight' takes \(inputs) channels, "
          + "which is neither a picture nor one unshuffled by 2 or 4")
    }
    return 1
  }

  // MARK: SRVGGNetCompact

  private static func srvggNetCompact(
    _ survey: inout Survey, _ hints: ModelHints
  ) throws(UpscaleError) -> SRVGGNetCompactShape {
    let (features, inputs) = try survey.kernelShape("body.0.weight")
    let hasSlopes = survey.has("body.1.weight") || !survey.has("body.2.weight")
    let last =
      hasSlopes
      ? survey.run { "body.\($0).weight" } - 1 : 2 * (survey.run { "body.\(2 * $0).weight" } - 1)
    guard last >= 2, last % 2 == 0 else {
      throw UpscaleError(
        .badModel,
        "tensor 'body.\(last).weight' is the last of its kind, "
          + "but an SRVGGNetCompact ends with an even number")
    }
    let shuffled = try survey.kernelShape("body.\(last).weight").outputs
    guard [1, 3, 4].contains(inputs) else {
      throw UpscaleError(
        .badModel, "tensor 'body.0.weight' takes \(inputs) channels; a picture has 1, 3 or 4")
    }
    let match = try picture(of: shuffled, inputs: inputs, from: "body.\(last).weight")
    guard hasSlopes || hints.activation != nil else {
      throw UpscaleError(
        .unknownActivation,
        "is an SRVGGNetCompact without slopes, and does not say whether ReLU or LeakyReLU follows its "
          + "convolutions")
    }
    let scale = hints.outputScale ?? match.scale
    guard scale <= match.scale else {
      throw UpscaleError(
        .badModel, "has a network for x\(match.scale), whose result cannot be made x\(scale)")
    }
    return SRVGGNetCompactShape(
      inputChannels: inputs, outputChannels: match.channels, features: features,
      convolutions: (last - 2) / 2, scale: scale, shuffle: match.scale,
      activation: hasSlopes ? .pReLU : hints.activation ?? .reLU)
  }

  /// The picture that a pixel-shuffle makes of so many channels: one of as many as go in if that is
  /// possible.
  private static func picture(
    of shuffled: Int, inputs: Int, from tensor: String
  ) throws(UpscaleError) -> (channels: Int, scale: Int) {
    for channels in [inputs, 3, 4, 1] {
      for scale in 1...16 where channels * scale * scale == shuffled {
        return (channels, scale)
      }
    }
    throw UpscaleError(
      .badModel,
      "tensor \(quoted(tensor)) gives \(shuffled) channels, "
        + "which is no picture at a scale from x1 to x16")
  }

  // MARK: SPAN

  private static func span(
    _ survey: inout Survey, _ hints: ModelHints
  ) throws(UpscaleError) -> SPANShape {
    let (features, inputs) = try survey.kernelShape("conv_1.weight")
    guard [1, 3, 4].contains(inputs) else {
      throw UpscaleError(
        .badModel, "tensor 'conv_1.weight' takes \(inputs) channels; a picture has 1, 3 or 4")
    }
    let last = "upsampler.0.weight"
    let match = try picture(of: try survey.kernelShape(last).outputs, inputs: inputs, from: last)
    let normalization: PictureNormalization
    if survey.has("no_norm") {
      try survey.consume("no_norm", [1])
      normalization = .none(channels: inputs)
    } else if let known = hints.normalization {
      normalization = known
    } else if inputs == PictureNormalization.span.mean.count {
      normalization = .span
    } else {
      throw UpscaleError(
        .badModel,
        "is a SPAN for \(inputs) channels that does not say which mean they have, "
          + "and has no tensor 'no_norm'")
    }
    guard normalization.mean.count == inputs else {
      throw UpscaleError(
        .badModel,
        "has means of \(normalization.mean.count) channels, but takes \(inputs) channels")
    }
    return SPANShape(
      inputChannels: inputs, outputChannels: match.channels, features: features,
      scale: match.scale, normalization: normalization)
  }
}

/// The tensors of a file, ticked off as parts of a network.
private struct Survey {
  private let tensors: [String: Tensor]
  private let isTrusted: Bool
  private var left: Set<String>

  init(_ tensors: [String: Tensor], isTrusted: Bool) {
    self.tensors = tensors
    self.isTrusted = isTrusted
    left = Set(tensors.keys)
  }

  /// How many names `name(0)`, `name(1)`, … exist without a gap.
  func run(_ name: (Int) -> String) -> Int {
    var count = 0
    while tensors[name(count)] != nil { count += 1 }
    return count
  }

  func has(_ name: String) -> Bool { tensors[name] != nil }

  /// The names that an architecture does not have; nil if there are none.
  func foreign(to architecture: Architecture) -> [String]? {
    var names = left
    for layer in architecture.layers {
      switch layer {
      case .convolution(let name, _, _), .mixture(let name, _, _):
        names.remove("\(name).weight")
        names.remove("\(name).bias")
      case .pointwise(let name, _, _), .slopes(let name, _): names.remove("\(name).weight")
      }
    }
    return names.isEmpty ? nil : Array(names)
  }

  /// Channels out of and into a 3x3 kernel; none is 0.
  func kernelShape(_ name: String) throws(UpscaleError) -> (outputs: Int, inputs: Int) {
    guard let tensor = tensors[name] else { throw missing(name) }
    guard tensor.shape.count == 4, tensor.shape[2...] == [3, 3], tensor.count > 0 else {
      throw UpscaleError(
        .badModel, "tensor \(quoted(name)) has shape \(tensor.shape), not that of 3x3 kernels")
    }
    return (tensor.shape[0], tensor.shape[1])
  }

  /// Ticks a tensor off, after its shape and its numbers have been checked.
  mutating func consume(_ name: String, _ shape: [Int]) throws(UpscaleError) {
    guard let tensor = tensors[name] else { throw missing(name) }
    guard tensor.shape == shape else {
      throw UpscaleError(
        .badModel, "tensor \(quoted(name)) has shape \(tensor.shape), not \(shape)")
    }
    left.remove(name)
    if isTrusted { return }
    guard try tensor.isFinite() else {
      throw UpscaleError(.badModel, "tensor \(quoted(name)) holds an infinity or a NaN")
    }
  }

  /// Refuses whatever was not ticked off.
  func finish(_ architecture: Architecture) throws(UpscaleError) {
    guard let foreign = left.min() else { return }
    throw UpscaleError(
      .badModel,
      "tensor \(quoted(foreign)) is no part of \(architecture.article) \(architecture.name)")
  }

  private func missing(_ name: String) -> UpscaleError {
    UpscaleError(.badModel, "tensor \(quoted(name)) is missing")
  }
}

extension Architecture {
  /// What stands before its name in a sentence.
  var article: String { if case .span = self { "a" } else { "an" } }

  /// The name of the network's class, as its authors call it.
  public var name: String {
    switch self {
    case .rrdbNet: "RRDBNet"
    case .srvggNetCompact: "SRVGGNetCompact"
    case .span: "SPAN"
    }
  }
}
