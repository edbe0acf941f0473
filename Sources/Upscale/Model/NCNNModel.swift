/// The two files of an ncnn model: a `.param` text that lists layers, a `.bin` with their weights.
///
/// Only the layers that carry weights are read, in order; their shapes say which network it is, and
/// the tensors get that network's official names. The graph is not interpreted, but every layer
/// must be of a kind and with settings that the two networks have, so that another network with
/// convolutions of the same shapes is refused rather than computed wrongly.
///
/// `.bin` has no header. A convolution's weights follow a 4-byte tag that says how they are stored;
/// biases and PReLU slopes are float32 without tag.
package struct NCNNModel: Sendable {
  package let tensors: [String: Tensor]

  /// The greatest `.param` that is read, in bytes; that of x4plus has 116,029.
  package static let graphLimit = 16 << 20
  /// The number that starts every `.param` file.
  package static let magic = "7767517"

  /// A layer with weights, as the graph describes it.
  private enum Layer {
    case convolution(outputs: Int, inputs: Int)
    case slopes(Int)
  }

  /// Reads the pair.
  ///
  /// - Throws: `.badModel`, naming the layer at fault.
  package init(graph: MappedFile, weights: MappedFile) throws(UpscaleError) {
    guard graph.count <= NCNNModel.graphLimit else {
      throw UpscaleError(.badModel, "is too large for an ncnn graph (\(graph.count) bytes)")
    }
    let layers = try NCNNModel.parse(graph.copy(0..<graph.count))
    let names = try NCNNModel.names(of: layers.map(\.1))
    var reader = WeightReader(file: weights)
    var tensors: [String: Tensor] = [:]
    for ((layerName, layer), name) in zip(layers, names) {
      switch layer {
      case .convolution(let outputs, let inputs):
        tensors["\(name).weight"] = try reader.tagged([outputs, inputs, 3, 3], layer: layerName)
        tensors["\(name).bias"] = try reader.floats([outputs], layer: layerName)
      case .slopes(let count):
        tensors["\(name).weight"] = try reader.floats([count], layer: layerName)
      }
    }
    guard reader.position == weights.count else {
      throw UpscaleError(
        .badModel, "its .bin has \(weights.count - reader.position) bytes behind the last layer")
    }
    self.tensors = tensors
  }

  // MARK: The graph

  private static func parse(_ bytes: [UInt8]) throws(UpscaleError) -> [(String, Layer)] {
    let lines = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    let words = { (line: ArraySlice<UInt8>) -> [String] in
      line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    guard let first = lines.first, words(first) == [magic] else {
      throw UpscaleError(.badModel, "is not an ncnn graph: it does not start with \(magic)")
    }
    let counts = lines.count > 1 ? words(lines[1]).compactMap(Int.init) : []
    let layerLines = lines.dropFirst(2).map(words).filter { !$0.isEmpty }
    guard counts.count == 2, counts[0] == layerLines.count else {
      throw UpscaleError(
        .badModel, "is damaged: it has \(layerLines.count) layers, not the number it announces")
    }
    var layers: [(String, Layer)] = []
    for line in layerLines {
      if let layer = try parseLayer(line) { layers.append((quoted(line[1]), layer)) }
    }
    return layers
  }

  /// The layer of one line, or nil if it carries no weights.
  private static func parseLayer(_ words: [String]) throws(UpscaleError) -> Layer? {
    guard words.count >= 4, let inputs = Int(words[2]), let outputs = Int(words[3]),
      (0...64).contains(inputs), (0...64).contains(outputs), words.count >= 4 + inputs + outputs
    else {
      throw UpscaleError(
        .badModel, "is damaged: \(quoted(words.joined(separator: " "))) is no layer")
    }
    let kind = words[0]
    let settings = try Settings(words.dropFirst(4 + inputs + outputs), layer: words[1])
    switch kind {
    case "Convolution": return try convolution(settings)
    case "PReLU":
      let count = try settings.whole(0)
      guard (1...65_536).contains(count) else { throw settings.refusal(0) }
      return .slopes(count)
    case "ReLU": try settings.require(0, isNear: 0.2)
    case "Interp": try settings.require(0, is: 1, otherwise: 1)
    case "Input", "Split", "Concat", "BinaryOp", "Eltwise", "PixelShuffle", "Clip", "Noop": break
    default:
      throw UpscaleError(
        .badModel,
        "layer \(quoted(words[1])) is a \(quoted(kind)), "
          + "which neither RRDBNet nor SRVGGNetCompact has")
    }
    return nil
  }

  private static func convolution(_ settings: Settings) throws(UpscaleError) -> Layer {
    try settings.require(1, is: 3, otherwise: 0)
    try settings.require(11, is: 3, otherwise: 3)
    for key in [2, 12, 3, 13] { try settings.require(key, is: 1, otherwise: 1) }
    try settings.require(4, is: 1, otherwise: 0)
    for key in [14, 15, 16] { try settings.require(key, is: 1, otherwise: 1) }
    try settings.require(5, is: 1, otherwise: 0)
    try settings.require(8, is: 0, otherwise: 0)
    switch try settings.whole(9, otherwise: 0) {
    case 0: break
    case 2: try settings.require(-23_310, isNear: 0.2)
    default: throw settings.refusal(9)
    }
    let outputs = try settings.whole(0)
    let weights = try settings.whole(6)
    guard (1...65_536).contains(outputs), (1...1 << 40).contains(weights),
      weights % (outputs * 9) == 0
    else { throw settings.refusal(6) }
    return .convolution(outputs: outputs, inputs: weights / (outputs * 9))
  }

  /// The official names of the layers, from the order in which the two networks compute them.
  private static func names(of layers: [Layer]) throws(UpscaleError) -> [String] {
    let hasSlopes = layers.contains { if case .slopes = $0 { true } else { false } }
    if hasSlopes { return layers.indices.map { "body.\($0)" } }
    // first, 15 for each block, body, 1...4 upsamplings, hr, last
    let (blocks, upsamplings) = max(0, layers.count - 4).quotientAndRemainder(dividingBy: 15)
    guard blocks > 0, (1...4).contains(upsamplings) else {
      throw UpscaleError(
        .badModel,
        "has \(layers.count) convolutions, which is the number of no RRDBNet or SRVGGNetCompact")
    }
    var names = ["conv_first"]
    for block in 0..<blocks {
      for dense in 1...3 {
        for layer in 1...5 { names.append("body.\(block).rdb\(dense).conv\(layer)") }
      }
    }
    names.append("conv_body")
    for stage in 1...upsamplings { names.append("conv_up\(stage)") }
    return names + ["conv_hr", "conv_last"]
  }

  // MARK: Settings of a layer

  /// The `key=value` words of a layer. Array values are kept as their text behind the count.
  private struct Settings {
    private var values: [Int: String] = [:]
    private let layer: String

    init(_ words: ArraySlice<String>, layer: String) throws(UpscaleError) {
      self.layer = quoted(layer)
      for word in words {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let key = Int(parts[0]),
          values.updateValue(String(parts[1]), forKey: key) == nil
        else {
          throw UpscaleError(.badModel, "layer \(self.layer) has a damaged setting \(quoted(word))")
        }
      }
    }

    func refusal(_ key: Int) -> UpscaleError {
      UpscaleError(
        .badModel,
        "layer \(layer) has setting \(key)=\(quoted(values[key] ?? "nothing")), "
          + "which neither RRDBNet nor SRVGGNetCompact has")
    }

    func whole(_ key: Int, otherwise: Int? = nil) throws(UpscaleError) -> Int {
      guard let text = values[key] else {
        if let otherwise { return otherwise }
        throw refusal(key)
      }
      guard let value = Int(text) else { throw refusal(key) }
      return value
    }

    func require(_ key: Int, is expected: Int, otherwise: Int) throws(UpscaleError) {
      guard try whole(key, otherwise: otherwise) == expected else { throw refusal(key) }
    }

    /// Requires a fraction; of an array, a single element.
    func require(_ key: Int, isNear expected: Float) throws(UpscaleError) {
      let text = values[key] ?? ""
      let number = key < 0 ? (text.hasPrefix("1,") ? String(text.dropFirst(2)) : "") : text
      guard let value = Float(number), abs(value - expected) < 1e-6 else { throw refusal(key) }
    }
  }

  // MARK: The weights

  /// Walks the `.bin`, giving tensors over its bytes.
  private struct WeightReader {
    let file: MappedFile
    private(set) var position = 0

    init(file: MappedFile) { self.file = file }

    mutating func tagged(_ shape: [Int], layer: String) throws(UpscaleError) -> Tensor {
      guard file.count - position >= 4 else { throw cut(layer) }
      let tag = file.withBytes { [position] bytes in
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
      }
      position += 4
      switch tag {
      case 0: return try take(shape, .float32, layer: layer)
      case 0x0130_6B47: return try take(shape, .float16, layer: layer)
      default:
        throw UpscaleError(
          .badModel,
          "layer \(layer) stores its weights as 0x\(String(tag, radix: 16)); "
            + "float32 and float16 are read")
      }
    }

    mutating func floats(_ shape: [Int], layer: String) throws(UpscaleError) -> Tensor {
      try take(shape, .float32, layer: layer)
    }

    private mutating func take(
      _ shape: [Int], _ elementType: TensorElementType, layer: String
    ) throws(UpscaleError) -> Tensor {
      guard let size = SafeTensors.byteCount(shape, elementType), size <= file.count - position
      else {
        throw cut(layer)
      }
      // Float16 data is filled up to a multiple of 4 bytes.
      let padded = (size + 3) & ~3
      guard padded <= file.count - position else { throw cut(layer) }
      let tensor = Tensor(shape: shape, elementType: elementType, file: file, offset: position)
      position += padded
      return tensor
    }

    private func cut(_ layer: String) -> UpscaleError {
      UpscaleError(.badModel, "its .bin is cut short in layer \(layer)")
    }
  }
}
