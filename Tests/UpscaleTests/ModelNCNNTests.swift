import Testing

@testable import Upscale

@Suite struct ModelNCNNTests {
  /// A `.param`/`.bin` pair of an SRVGGNetCompact with one layer in the middle.
  private struct Pair {
    var graph: String
    var weights: [UInt8]

    init(half: Bool = false) {
      let layers = [
        "Input in0 0 1 data", "Split s 1 2 data data0 data1",
        "Convolution c0 1 1 data1 1 0=3 1=3 4=1 5=1 6=81", "PReLU p0 1 1 1 2 0=3",
        "Convolution c1 1 1 2 3 0=3 1=3 4=1 5=1 6=81", "PReLU p1 1 1 3 4 0=3",
        "Convolution c2 1 1 4 5 0=12 1=3 11=3 2=1 12=1 3=1 13=1 4=1 14=1 15=1 16=1 5=1 6=324",
        "PixelShuffle x 1 1 5 6 0=2", "Interp i 1 1 data0 7 0=1 1=2.0 2=2.0",
        "BinaryOp b 2 1 6 7 output 0=0",
      ]
      graph = "7767517\n\(layers.count) 11\n" + layers.joined(separator: "\n") + "\n"
      weights = []
      for (outputs, inputs) in [(3, 3), (3, 3), (12, 3)] {
        let count = outputs * inputs * 9
        if half {
          weights += [0x47, 0x6B, 0x30, 0x01]
          for _ in 0..<count { weights += [0, 0x3C] }
          if count % 2 == 1 { weights += [0, 0] }
        } else {
          weights += [0, 0, 0, 0]
          for _ in 0..<count { weights += [0, 0, 0x80, 0x3F] }
        }
        for index in 0..<outputs { weights += Self.bytes(Float(index) / 3) }
        if outputs == 3 { for index in 0..<3 { weights += Self.bytes(0.25 * Float(index)) } }
      }
    }

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
  }

  @Test(arguments: [false, true])
  func aPairIsReadUnderOfficialNames(half: Bool) throws {
    let model = try Pair(half: half).load()
    #expect(model.name == "m")
    let shape = SRVGGNetCompactShape(
      inputChannels: 3, outputChannels: 3, features: 3, convolutions: 1, scale: 2)
    #expect(model.architecture == .srvggNetCompact(shape))
    #expect(model.tensors["body.2.weight"]?.elementType == (half ? .float16 : .float32))
    #expect(try model.floats("body.2.weight") == [Float](repeating: 1, count: 81))
    #expect(try model.floats("body.3.weight") == [0, 0.25, 0.5])
    #expect(try model.floats("body.4.bias")[2] == Float(2) / 3)
  }

  @Test(arguments: [1, 2, 4]) func residualNetworksGetTheirNames(upsamplings: Int) throws {
    let tensors = rrdbTensors(features: 4, growth: 2, blocks: 2, upsamplings: upsamplings)
    var names = ["conv_first"]
    for block in 0..<2 {
      for dense in 1...3 {
        for layer in 1...5 { names.append("body.\(block).rdb\(dense).conv\(layer)") }
      }
    }
    names.append("conv_body")
    names += (1...upsamplings).map { "conv_up\($0)" } + ["conv_hr", "conv_last"]
    var pair = Pair()
    pair.weights = []
    pair.graph = "7767517\n\(names.count) 99\n"
    for name in names {
      let weight = try #require(tensors["\(name).weight"])
      let bias = try #require(tensors["\(name).bias"])
      pair.graph += "Convolution \(name) 1 1 a b 0=\(weight.shape[0]) 1=3 4=1 5=1 6=\(weight.count)"
      pair.graph += " 9=2 -23310=1,2.000000e-01\n"
      pair.weights += [0, 0, 0, 0] + (try weight.floats()).flatMap(Pair.bytes)
      pair.weights += (try bias.floats()).flatMap(Pair.bytes)
    }
    let model = try pair.load()
    #expect(model.architecture.scale == 1 << upsamplings)
    for (name, tensor) in tensors { #expect(try model.floats(name) == tensor.floats()) }
  }

  @Test(arguments: [false, true]) func everyTruncationOfTheWeightsIsRefused(half: Bool) {
    var pair = Pair(half: half)
    while !pair.weights.isEmpty {
      pair.weights.removeLast()
      expectRefusal(.badModel, "cut short") { _ = try pair.load() }
    }
  }

  @Test func everyTruncationOfTheGraphIsRefused() {
    let whole = Pair()
    let text = Array(whole.graph.utf8)
    // The last line may lose its end and still be a layer without weights.
    for length in 0..<text.count - 32 {
      var pair = whole
      pair.graph = String(decoding: text[..<length], as: UTF8.self)
      expectRefusal { _ = try pair.load() }
    }
  }

  @Test func trailingBytesAreRefused() {
    var pair = Pair()
    pair.weights += [0, 0, 0, 0]
    expectRefusal(.badModel, "4 bytes behind") { _ = try pair.load() }
  }

  @Test(arguments: [0x000D_4B38, 0x0002_C056, 0x0134_8B83, 1] as [UInt32])
  func otherStorageIsRefusedByItsTag(_ tag: UInt32) {
    var pair = Pair()
    withUnsafeBytes(of: tag.littleEndian) { pair.weights.replaceSubrange(0..<4, with: $0) }
    expectRefusal(.badModel, "'c0'", String(tag, radix: 16)) { _ = try pair.load() }
  }

  @Test(arguments: [
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=1 4=1 5=1 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=0 5=1 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=1 5=0 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 3=2 4=1 5=1 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=1 5=1 6=80", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=0 1=3 4=1 5=1 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=-3 1=3 4=1 5=1 6=-81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=9223372036854775807 1=3 4=1 5=1 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=1 5=1 6=99999999999999999999", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 0=3 1=3 4=1 5=1 6=81", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=1 5=1 6=81 9=1", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=1 5=1 6=81 9=2 -23310=1,1.000000e-01", "'c0'"),
    ("0=3 1=3 4=1 5=1 6=81", "0=3 1=3 4=1 5=1 6=81 nonsense", "'nonsense'"),
    ("PReLU p0 1 1 1 2 0=3", "PReLU p0 1 1 1 2 0=0", "'p0'"),
    ("PReLU p0 1 1 1 2 0=3", "PReLU p0 1 1 1 2", "'p0'"),
    ("PReLU p0 1 1 1 2 0=3", "ReLU p0 1 1 1 2 0=0.1", "'p0'"),
    ("PReLU p0 1 1 1 2 0=3", "BatchNorm p0 1 1 1 2 0=3", "'BatchNorm'"),
    ("PReLU p0 1 1 1 2 0=3", "PReLU p0 9999999 1 1 2 0=3", "no layer"),
    ("Interp i 1 1 data0 7 0=1", "Interp i 1 1 data0 7 0=3", "'i'"),
    ("10 11", "11 11", "announces"), ("10 11", "", "announces"), ("7767517", "7767516", ""),
  ])
  func otherGraphsAreRefusedByTheLayer(_ old: String, _ new: String, _ part: String) throws {
    var pair = Pair()
    let range = try #require(pair.graph.range(of: old))
    pair.graph.replaceSubrange(range, with: new)
    expectRefusal(.badModel, part) { _ = try pair.load() }
  }

  @Test func aMissingBinIsNamed() throws {
    try withModelDirectory { directory in
      try writeBytes(Array(Pair().graph.utf8), directory + "/m.param")
      expectRefusal(.badModel, directory + "/m.bin", "no such model file") {
        _ = try Model.load(path: directory + "/m.param")
      }
    }
  }

  @Test func randomDamageNeverCrashes() {
    var random = SystemlessRandom(seed: 11)
    let whole = Pair(half: true)
    for _ in 0..<1_000 {
      var pair = whole
      var text = Array(whole.graph.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        text[Int.random(in: 0..<text.count, using: &random)] = .random(in: 32...126, using: &random)
      }
      pair.graph = String(decoding: text, as: UTF8.self)
      pair.weights[Int.random(in: 0..<pair.weights.count, using: &random)] = .random(
        in: 0...255, using: &random)
      do {
        _ = try pair.load()
      } catch let error as UpscaleError {
        #expect(error.kind == .badModel)
      } catch {
        Issue.record(error)
      }
    }
  }
}

extension String {
  /// The first place of a non-empty text, without Foundation.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
