import Testing

@testable import Upscale

@Suite struct ModelNCNNTests {
  @Test(arguments: [false, true])
  func aPairIsReadUnderOfficialNames(half: Bool) throws {
    let model = try NCNNPair.compact(half: half).load()
    #expect(model.name == "m")
    let shape = SRVGGNetCompactShape(
      inputChannels: 3, outputChannels: 3, features: 3, convolutions: 1, scale: 2)
    #expect(model.architecture == .srvggNetCompact(shape))
    #expect(model.tensors["body.2.weight"]?.elementType == (half ? .float16 : .float32))
    #expect(try model.floats("body.2.weight") == [Float](repeating: 1, count: 81))
    #expect(try model.floats("body.3.weight") == [0, 0.25, 0.5])
    #expect(try model.floats("body.4.bias")[2] == Float(2) / 3)
  }

  @Test(arguments: [1, 2, 4], [false, true])
  func residualNetworksGetTheirNames(upsamplings: Int, isFused: Bool) throws {
    let tensors = rrdbTensors(features: 4, growth: 2, blocks: 2, upsamplings: upsamplings)
    let model = try NCNNPair.residual(
      tensors, blocks: 2, upsamplings: upsamplings, isFused: isFused
    ).load()
    #expect(model.architecture.scale == 1 << upsamplings)
    for (name, tensor) in tensors { #expect(try model.floats(name) == tensor.floats()) }
  }

  @Test(arguments: [false, true]) func everyTruncationOfTheWeightsIsRefused(half: Bool) {
    var pair = NCNNPair.compact(half: half)
    while !pair.weights.isEmpty {
      pair.weights.removeLast()
      expectRefusal(.badModel, "cut short") { _ = try pair.load() }
    }
  }

  @Test func everyTruncationOfTheGraphIsRefused() {
    let whole = NCNNPair.compact()
    let text = Array(whole.graph.utf8)
    // The last line may lose its setting, which is the usual one, and the end of its output.
    for length in 0..<text.count - 10 {
      var pair = whole
      pair.graph = String(decoding: text[..<length], as: UTF8.self)
      expectRefusal { _ = try pair.load() }
    }
  }

  @Test func trailingBytesAreRefused() {
    var pair = NCNNPair.compact()
    pair.weights += [0, 0, 0, 0]
    expectRefusal(.badModel, "4 bytes behind") { _ = try pair.load() }
  }

  @Test(
    "Eight-bit weights are refused, and what another tag's would need must be there",
    arguments: [(0x000D_4B38, "8-bit"), (0x0134_8B83, "c2"), (1, "c1")] as [(UInt32, String)])
  func otherStorage(_ tag: UInt32, _ part: String) {
    var pair = NCNNPair.compact()
    withUnsafeBytes(of: tag.littleEndian) { pair.weights.replaceSubrange(0..<4, with: $0) }
    expectRefusal(.badModel, part) { _ = try pair.load() }
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
    ("PReLU p0 1 1 1 2 0=3", "ReLU p0 1 1 1 2 0=0.3", "'p0'"),
    ("PReLU p0 1 1 1 2 0=3", "BatchNorm p0 1 1 1 2 0=3", "'BatchNorm'"),
    ("PReLU p0 1 1 1 2 0=3", "PReLU p0 9999999 1 1 2 0=3", "no layer"),
    ("Interp i 1 1 data0 7 0=1", "Interp i 1 1 data0 7 0=3", "'i'"),
    ("10 11", "11 11", "announces"), ("10 11", "", "how many"), ("7767517", "7767518", "header"),
  ])
  func otherGraphsAreRefusedByTheLayer(_ old: String, _ new: String, _ part: String) throws {
    expectRefusal(.badModel, part) { _ = try NCNNPair.compact().replacing(old, new).load() }
  }

  @Test func aMissingBinIsNamed() throws {
    try withModelDirectory { directory in
      try writeBytes(Array(NCNNPair.compact().graph.utf8), directory + "/m.param")
      expectRefusal(.badModel, directory + "/m.bin", "no such model file") {
        _ = try Model.load(path: directory + "/m.param")
      }
    }
  }

  @Test func randomDamageNeverCrashes() {
    var random = SystemlessRandom(seed: 11)
    let whole = NCNNPair.compact(half: true)
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
        #expect(error.cause == .badModel)
      } catch {
        Issue.record(error)
      }
    }
  }
}
