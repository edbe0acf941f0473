package import SystemSupport

/// The `.param` text of an ncnn model: its layers, and how they are wired. The numbers are in the `.bin`
/// beside it, see `NCNNWeights`.
///
/// The layers with weights, in order, say by their shapes which network it may be, and their tensors
/// get that network's official names. Then the whole graph is followed from the input on
/// (`check(against:)`): a network that only resembles a known one is refused rather than computed
/// wrongly.
package struct NCNNGraph: Sendable {
  private let layers: [NCNNLayer]

  /// The greatest `.param` that is read, in bytes; that of x4plus has 116,029.
  package static let byteLimit = 1 << 20
  /// The longest line, in bytes; known ones have at most 250.
  package static let lineLimit = 4096
  /// The most layers; x4plus has 999, or 1370 if none are fused.
  package static let layerLimit = 8192
  /// The number that starts every `.param` file.
  package static let magic = "7767517"

  /// Reads the text.
  ///
  /// - Throws: `.badModel`, naming the layer at fault; what reading throws.
  package init(file: WeightFile) throws(UpscaleError) {
    guard file.count <= NCNNGraph.byteLimit else {
      throw UpscaleError(.badModel, "is too large for an ncnn graph (\(file.count) bytes)")
    }
    let buffer = try ByteBuffer(count: file.count, for: "the model's graph")
    try file.read(at: 0, into: buffer.bytes)
    layers = try NCNNGraph.parse(UnsafeRawBufferPointer(buffer.bytes))
    withExtendedLifetime(buffer) {}
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer) throws(UpscaleError) -> [NCNNLayer] {
    var announced: Int?
    var layers: [NCNNLayer] = []
    var lineNumber = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 0x0A && $0 != 0x0D }
      rest = rest.dropFirst(line.count + 1)
      guard line.count <= lineLimit else {
        throw UpscaleError(.badModel, "is damaged: it has a line of \(line.count) bytes")
      }
      let words = line.split { $0 == 0x20 || $0 == 0x09 }.map {
        String(decoding: $0, as: UTF8.self)
      }
      guard !words.isEmpty else { continue }
      lineNumber += 1
      switch lineNumber {
      case 1:
        guard words == [magic] else {
          throw UpscaleError(.badModel, "is not an ncnn graph: it does not start with \(magic)")
        }
      case 2:
        let counts = words.compactMap { Int($0) }
        guard words.count == 2, counts.count == 2 else {
          throw UpscaleError(
            .badModel, "is damaged: it does not say how many layers and blobs it has")
        }
        announced = counts[0]
      default:
        guard layers.count < layerLimit else {
          throw UpscaleError(.badModel, "has more than \(layerLimit) layers")
        }
        layers.append(try NCNNLayer(words))
      }
    }
    guard announced == layers.count else {
      throw UpscaleError(
        .badModel, "is damaged: it has \(layers.count) layers, not the number it announces")
    }
    return layers
  }

  /// What the layers without weights say about the network.
  private var hints: ModelHints {
    var hints = ModelHints()
    let slopes = Set(layers.compactMap(\.slope))
    if !hasSlopes, slopes.isSubset(of: [.none]), !slopes.isEmpty { hints.activation = .reLU }
    if !hasSlopes, slopes == [.compact] { hints.activation = .leakyReLU }
    if case .reduction(let quarters) = layers.last(where: { !$0.isPassive })?.operation {
      let shuffles = layers.compactMap { layer -> Int? in
        if case .pixelShuffle(let factor) = layer.operation { factor } else { nil }
      }
      if let factor = shuffles.last, factor * quarters % 4 == 0 {
        hints.outputScale = factor * quarters / 4
      }
    }
    return hints
  }

  private var hasSlopes: Bool {
    layers.contains { if case .slopes = $0.operation { true } else { false } }
  }

  private var isSPAN: Bool {
    layers.contains { $0.operation == .swish || $0.operation == .sigmoid }
  }

  /// What a SPAN does to the samples: both parts may be missing.
  ///
  /// - Parameter mean: what the graph subtracts, one for each channel.
  /// - Returns: nil for other networks.
  /// - Throws: `.badModel` for means that no picture has.
  private func normalization(mean: [Float]?) throws(UpscaleError) -> PictureNormalization? {
    guard isSPAN else { return nil }
    guard mean?.allSatisfy({ abs($0) <= PictureNormalization.limit }) ?? true else {
      throw UpscaleError(.badModel, "has impossible means of its samples")
    }
    let inputs = layers.compactMap { layer -> Int? in
      if case .convolution(_, let inputs, _, _) = layer.operation { inputs } else { nil }
    }
    let ranges = layers.compactMap { layer -> Float? in
      if case .ranging(let range) = layer.operation { range } else { nil }
    }
    return PictureNormalization(
      mean: mean ?? Array(repeating: 0, count: min(4, inputs.first ?? 0)), range: ranges.first ?? 1)
  }

  // MARK: The weights

  /// The tensors of the layers, under official names, and what the graph says beside them.
  ///
  /// - Parameter weights: the `.bin` file.
  /// - Returns: tensors in it, and the hints.
  /// - Throws: `.badModel`, naming the layer at fault; what reading throws.
  package func content(
    of weights: WeightFile
  ) throws(UpscaleError) -> (tensors: [String: Tensor], hints: ModelHints) {
    let weighted = layers.filter(\.hasWeights)
    var hints = hints
    let isCompact = hasSlopes || hints.activation != nil
    let names =
      isSPAN
      ? try NCNNGraph.spanNames(count: weighted.count)
      : try NCNNGraph.names(of: weighted, isCompact: isCompact, step: hasSlopes ? 1 : 2)
    var reader = NCNNWeights(file: weights)
    var tensors: [String: Tensor] = [:]
    var mean: [Float]?
    var index = 0
    for layer in layers {
      if case .constants(let count) = layer.operation {
        guard isSPAN, mean == nil else {
          throw UpscaleError(
            .badModel, "layer \(layer.text) holds numbers that no network has in that place")
        }
        mean = try reader.floats([count], layer: layer.name).floats()
      }
      guard layer.hasWeights else { continue }
      let name = names[index]
      index += 1
      switch layer.operation {
      case .convolution(let outputs, let inputs, let side, _):
        tensors["\(name).weight"] = try reader.tagged(
          [outputs, inputs, side, side], layer: layer.name)
        tensors["\(name).bias"] = try reader.floats([outputs], layer: layer.name)
      case .slopes(let count):
        tensors["\(name).weight"] = try reader.floats([count], layer: layer.name)
      default: break
      }
    }
    try reader.finish()
    hints.normalization = try normalization(mean: mean)
    return (tensors, hints)
  }

  /// The official names of a SPAN's convolutions, in their order.
  private static func spanNames(count: Int) throws(UpscaleError) -> [String] {
    let names = SPANShape.branched + ["conv_cat", "upsampler.0"]
    guard count == names.count else {
      throw UpscaleError(
        .badModel, "has \(count) layers with weights; a SPAN has \(names.count)")
    }
    return names
  }

  /// The official names of the layers, from the order in which the two networks compute them.
  private static func names(
    of layers: [NCNNLayer], isCompact: Bool, step: Int
  ) throws(UpscaleError) -> [String] {
    if isCompact { return layers.indices.map { "body.\(step * $0)" } }
    // first, 15 for each block, body, 1...4 upsamplings, hr, last
    let (blocks, upsamplings) = max(0, layers.count - 4).quotientAndRemainder(dividingBy: 15)
    guard blocks > 0, (0...4).contains(upsamplings) else {
      throw UpscaleError(
        .badModel,
        "has \(layers.count) convolutions, "
          + "which is the number of no RRDBNet, SRVGGNetCompact or SPAN")
    }
    var names = ["conv_first"]
    for block in 0..<blocks {
      for dense in 1...3 {
        for layer in 1...5 { names.append("body.\(block).rdb\(dense).conv\(layer)") }
      }
    }
    names.append("conv_body")
    for stage in 0..<upsamplings { names.append("conv_up\(stage + 1)") }
    return names + ["conv_hr", "conv_last"]
  }

  // MARK: The wiring

  /// Follows the graph from its input to its output.
  ///
  /// - Parameter architecture: what the tensors say it is.
  /// - Throws: `.badModel`, naming the first layer that computes anything that this network does not.
  package func check(against architecture: Architecture) throws(UpscaleError) {
    let network = NetworkGraph(architecture)
    var blobs = Blobs()
    var inputs = 0
    var weighted = 0
    for layer in layers {
      let sources = try layer.inputs.map { (name) throws(UpscaleError) in
        try blobs.take(name, for: layer)
      }
      let value = network.value(of: layer.operation, sources, number: weighted)
      if layer.hasWeights { weighted += 1 }
      if layer.operation == .input { inputs += 1 }
      guard let value, inputs < 2 else {
        throw UpscaleError(
          .badModel,
          "layer \(layer.text) computes what no \(architecture.name) of its shape does in that place"
        )
      }
      for name in layer.outputs { try blobs.put(value, name, of: layer) }
    }
    try blobs.checkEnd(network)
  }

  /// Values by the names of their blobs, each of which one layer makes and another one uses.
  private struct Blobs {
    private var values: [String: Int] = [:]
    private var names: Set<String> = []

    mutating func take(_ name: String, for layer: NCNNLayer) throws(UpscaleError) -> Int {
      guard let value = values.removeValue(forKey: name) else {
        throw UpscaleError(
          .badModel,
          "layer \(layer.text) reads \(quoted(name)), "
            + (names.contains(name)
              ? "which another one reads already" : "which no layer before it makes"))
      }
      return value
    }

    mutating func put(_ value: Int, _ name: String, of layer: NCNNLayer) throws(UpscaleError) {
      guard names.insert(name).inserted else {
        throw UpscaleError(
          .badModel, "layer \(layer.text) makes \(quoted(name)), which is there already")
      }
      values[name] = value
    }

    /// The one value that no layer reads must be the graph's output.
    func checkEnd(_ network: NetworkGraph) throws(UpscaleError) {
      let ends = values.keys.sorted()
      guard ends.count == 1, let value = values[ends[0]], network.isOutput(value) else {
        let text = ends.prefix(3).map(quoted).joined(separator: " and ")
        throw UpscaleError(
          .badModel, "ends in \(text.isEmpty ? "nothing" : text), which is not its network's output"
        )
      }
    }
  }
}
