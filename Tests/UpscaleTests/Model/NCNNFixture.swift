import Testing

@testable import Upscale

/// The two files of an ncnn model, and what they are made of.
struct NCNNPair {
  var graph: String
  var weights: [UInt8]

  static func bytes(_ value: Float) -> [UInt8] {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }

  func load() throws -> Model {
    try withModelDirectory { directory in
      try writeBytes(Array(graph.utf8), directory + "/m.param")
      try writeBytes(weights, directory + "/m.bin")
      return try Model.load(path: directory + "/m.param")
    }
  }

  /// The pair with a part of its graph replaced, which must be there; layers are counted again.
  func replacing(_ old: String, _ new: String) throws -> NCNNPair {
    var pair = self
    let range = try #require(pair.graph.range(of: old), "\(old) in \(graph)")
    pair.graph.replaceSubrange(range, with: new)
    var lines = pair.graph.split(separator: "\n").map(String.init)
    if new.contains("\n") || old.contains("\n") { lines[1] = "\(lines.count - 2) 999" }
    pair.graph = lines.joined(separator: "\n") + "\n"
    return pair
  }

  /// An SRVGGNetCompact with one layer in the middle, as ncnn's converters write it.
  static func compact(half: Bool = false) -> NCNNPair {
    let layers = [
      "Input in0 0 1 data", "Split s 1 2 data data0 data1",
      "Convolution c0 1 1 data1 1 0=3 1=3 4=1 5=1 6=81", "PReLU p0 1 1 1 2 0=3",
      "Convolution c1 1 1 2 3 0=3 1=3 4=1 5=1 6=81", "PReLU p1 1 1 3 4 0=3",
      "Convolution c2 1 1 4 5 0=12 1=3 11=3 2=1 12=1 3=1 13=1 4=1 14=1 15=1 16=1 5=1 6=324",
      "PixelShuffle x 1 1 5 6 0=2", "Interp i 1 1 data0 7 0=1 1=2.0 2=2.0",
      "BinaryOp b 2 1 6 7 output 0=0",
    ]
    var pair = NCNNPair(
      graph: "7767517\n\(layers.count) 11\n" + layers.joined(separator: "\n") + "\n", weights: [])
    for (outputs, inputs) in [(3, 3), (3, 3), (12, 3)] {
      let count = outputs * inputs * 9
      if half {
        pair.weights += [0x47, 0x6B, 0x30, 0x01]
        for _ in 0..<count { pair.weights += [0, 0x3C] }
        if count % 2 == 1 { pair.weights += [0, 0] }
      } else {
        pair.weights += [0, 0, 0, 0]
        for _ in 0..<count { pair.weights += [0, 0, 0x80, 0x3F] }
      }
      for index in 0..<outputs { pair.weights += bytes(Float(index) / 3) }
      if outputs == 3 { for index in 0..<3 { pair.weights += bytes(0.25 * Float(index)) } }
    }
    return pair
  }

  /// An RRDBNet, as ncnn's optimiser leaves it (`isFused`) or as its converters write it.
  static func residual(
    _ tensors: [String: Tensor], blocks: Int = 1, upsamplings: Int = 2, isFused: Bool
  ) throws -> NCNNPair {
    var writer = Writer(tensors: tensors, isFused: isFused)
    var value = writer.add("Input", [])
    let convolve = { (writer: inout Writer, name: String, source: String, isLeaky: Bool) in
      try writer.convolve(name, source, isLeaky: isLeaky)
    }
    value = try convolve(&writer, "conv_first", value, false)
    let first = value
    for block in 0..<blocks {
      let start = value
      for dense in 1...3 {
        var maps = [value]
        for layer in 1...4 {
          let source = maps.count == 1 ? maps[0] : writer.add("Concat", maps)
          maps.append(
            try convolve(&writer, "body.\(block).rdb\(dense).conv\(layer)", source, true))
        }
        let last = try convolve(
          &writer, "body.\(block).rdb\(dense).conv5", writer.add("Concat", maps), false)
        value = writer.addScaled(last, value)
      }
      value = writer.addScaled(value, start)
    }
    value = try convolve(&writer, "conv_body", value, false)
    value = writer.add("BinaryOp", [first, value])
    for stage in 1...upsamplings {
      value = writer.add("Interp", [value], "0=1 1=2.000000e+00 2=2.000000e+00")
      value = try convolve(&writer, "conv_up\(stage)", value, true)
    }
    value = try convolve(&writer, "conv_hr", value, true)
    _ = try convolve(&writer, "conv_last", value, false)
    return NCNNPair(graph: writer.text, weights: writer.weights)
  }

  /// A SPAN as its exporters write it.
  ///
  /// - Parameters:
  ///   - tensors: with their branches folded.
  ///   - scale: of the pixel-shuffle.
  ///   - mean: subtracted first, if anything is.
  ///   - range: multiplied with then, if there is one.
  /// - Returns: graph and weights.
  /// - Throws: where a tensor is missing.
  static func span(
    _ tensors: [String: Tensor], scale: Int, mean: [Float]? = [0.4488, 0.4371, 0.404],
    range: String? = "2.550000e+02"
  ) throws -> NCNNPair {
    var writer = Writer(tensors: tensors, isFused: false)
    var value = writer.add("Input", [], name: "data")
    if let mean {
      let means = writer.constants(mean)
      value = writer.add("BinaryOp", [value, means], "0=1", name: "centre")
    }
    if let range {
      value = writer.add("BinaryOp", [value], "0=2 1=1 2=\(range)", name: "range")
    }
    let first = try writer.convolve("conv_1", value, isLeaky: false)
    var (firstBlock, inner) = (first, first)
    value = first
    for block in 1...6 {
      let name = "block_\(block)"
      inner = writer.add(
        "Swish", [try writer.convolve("\(name).c1_r", value, isLeaky: false)], name: "\(name).s1")
      let middle = writer.add(
        "Swish", [try writer.convolve("\(name).c2_r", inner, isLeaky: false)], name: "\(name).s2")
      let last = try writer.convolve("\(name).c3_r", middle, isLeaky: false)
      let factor = writer.add(
        "BinaryOp", [writer.add("Sigmoid", [last], name: "\(name).g")], "0=1 1=1 2=5.000000e-01",
        name: "\(name).f")
      let sum = writer.add("BinaryOp", [last, value], name: "\(name).a")
      value = writer.add("BinaryOp", [sum, factor], "0=2", name: "\(name).m")
      if block == 1 { firstBlock = value }
    }
    value = try writer.convolve("conv_2", value, isLeaky: false)
    let all = writer.add("Concat", [first, value, firstBlock, inner], name: "all")
    value = try writer.convolve("conv_cat", all, isLeaky: false)
    value = try writer.convolve("upsampler.0", value, isLeaky: false)
    if scale > 1 { _ = writer.add("PixelShuffle", [value], "0=\(scale)", name: "output") }
    return NCNNPair(graph: writer.text, weights: writer.weights)
  }

  /// Layers, one after the other; blobs are named after the layer that makes them.
  private struct Writer {
    let tensors: [String: Tensor]
    let isFused: Bool
    private(set) var weights: [UInt8] = []
    private var layers: [(kind: String, inputs: [String], output: String, settings: String)] = []

    init(tensors: [String: Tensor], isFused: Bool) {
      self.tensors = tensors
      self.isFused = isFused
    }

    mutating func add(
      _ kind: String, _ inputs: [String], _ settings: String = "", name: String? = nil
    ) -> String {
      let name = name ?? "\(kind)\(layers.count)"
      layers.append((kind, inputs, name, settings))
      return name
    }

    mutating func constants(_ values: [Float]) -> String {
      weights += values.flatMap(NCNNPair.bytes)
      return add("MemoryData", [], "0=1 1=1 2=\(values.count)", name: "means")
    }

    mutating func addScaled(_ value: String, _ base: String) -> String {
      if isFused {
        return add("Eltwise", [value, base], "0=1 -23301=2,2.000000e-01,1.000000e+00")
      }
      return add("BinaryOp", [base, add("BinaryOp", [value], "0=2 1=1 2=2.000000e-01")], "0=0")
    }

    mutating func convolve(_ name: String, _ source: String, isLeaky: Bool) throws -> String {
      let weight = try #require(tensors["\(name).weight"])
      weights += [0, 0, 0, 0] + (try weight.floats()).flatMap(NCNNPair.bytes)
      weights += (try #require(tensors["\(name).bias"]).floats()).flatMap(NCNNPair.bytes)
      let side = weight.shape[3]
      let settings = "0=\(weight.shape[0]) 1=\(side) 4=\(side / 2) 5=1 6=\(weight.count)"
      if isFused, isLeaky {
        return add("Convolution", [source], settings + " 9=2 -23310=1,2.000000e-01", name: name)
      }
      let sum = add("Convolution", [source], settings, name: name)
      return isLeaky ? add("ReLU", [sum], "0=2.000000e-01") : sum
    }

    /// The graph: what is read more than once goes through a Split.
    var text: String {
      var readers: [String: Int] = [:]
      for layer in layers { for input in layer.inputs { readers[input, default: 0] += 1 } }
      var next: [String: Int] = [:]
      var lines: [String] = []
      for layer in layers {
        let inputs = layer.inputs.map { input in
          guard readers[input] != 1 else { return input }
          defer { next[input, default: 0] += 1 }
          return "\(input)_\(next[input] ?? 0)"
        }
        lines.append(
          ([layer.kind, layer.output, "\(inputs.count)", "1"] + inputs + [layer.output]
            + (layer.settings.isEmpty ? [] : [layer.settings])).joined(separator: " "))
        if let count = readers[layer.output], count > 1 {
          let copies = (0..<count).map { "\(layer.output)_\($0)" }.joined(separator: " ")
          lines.append("Split split_\(layer.output) 1 \(count) \(layer.output) \(copies)")
        }
      }
      return "7767517\n\(lines.count) 999\n" + lines.joined(separator: "\n") + "\n"
    }
  }
}

extension String {
  /// The first place of a non-empty text, without Foundation.
  func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
