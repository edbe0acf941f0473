import Testing

@testable import Upscale

/// ncnn graphs that resemble a known network: computing them as that network would be wrong.
@Suite struct ModelGraphTests {
  private static let sum = "BinaryOp b 2 1 6 7 output 0=0"
  private static let skip = "Interp i 1 1 data0 7 0=1 1=2.0 2=2.0"
  private static let shuffle = "PixelShuffle x 1 1 5 6 0=2"

  /// A graph that was changed, and what the refusal names.
  struct Change: Sendable, CustomStringConvertible {
    let old: String
    let new: String
    let part: String

    init(_ old: String, _ new: String, _ part: String) {
      (self.old, self.new, self.part) = (old, new, part)
    }

    var description: String { "\(old) -> \(new)" }
  }

  @Test(arguments: [
    Change(sum, "BinaryOp b 2 1 6 7 output 0=2", "'b'"),
    Change(sum, "BinaryOp b 2 1 6 7 output 0=1", "'b'"),
    Change(sum, "BinaryOp b 1 1 6 output 0=0 1=1 2=0.5", "'b'"),
    Change(sum, "BinaryOp b 1 1 6 output 0=2 1=1 2=0.2", "'b'"),
    Change(sum, "Eltwise b 2 1 6 7 output 0=0", "'b'"),
    Change(sum, "Eltwise b 2 1 6 7 output", "'b'"),
    Change(sum, "Eltwise b 2 1 6 7 output 0=2", "'b'"),
    Change(sum, "Eltwise b 2 1 6 7 output 0=1 -23301=2,1.0,0.5", "'b'"),
    Change(sum, "Eltwise b 2 1 6 7 output 0=1 -23301=2,0.2,1.0", "'b'"),
    Change(sum, "Concat b 2 1 6 7 output", "'b'"),
    Change("\n" + skip, "", "'b'"),
    Change(skip + "\n" + sum, "BinaryOp b 2 1 6 data0 output 0=0", "'b'"),
    Change(skip + "\n" + sum, "Noop b 1 1 6 output", "'data0' and 'output'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 1=4.0 2=4.0", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 1=2.0 2=4.0", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 1=2.5 2=2.5", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=2 1=2.0 2=2.0", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 1=2.0 2=2", "'i'"),
    Change(sum, "BinaryOp b 2 1 6 7 8 0=0\nClip c 1 1 8 output 0=0 1=1", "'c'"),
    Change(skip, "Interp i 1 1 data0 7 1=2.0 2=2.0", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 3=64 4=64", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 1=2.0 2=2.0 6=1", "'i'"),
    Change(skip, "Interp i 1 1 data0 7 0=1 1=2.0 2=2.0 9=0,1", "'i'"),
    Change(shuffle, "PixelShuffle x 1 1 5 6 0=4", "'x'"),
    Change(shuffle, "PixelShuffle x 1 1 5 6 0=2 1=1", "'x'"),
    Change(shuffle, "Noop x 1 1 5 6", "'b'"),
    Change(shuffle, "Interp x 1 1 5 6 0=1 1=2.0 2=2.0", "'x'"),
    Change(sum, "BinaryOp b 2 1 6 7 8 0=0\nClip c 1 1 8 output 0=0.0 1=0.5", "'c'"),
    Change(sum, "BinaryOp b 2 1 6 7 8 0=0\nClip c 1 1 8 output", "'c'"),
    Change(sum, "BinaryOp b 2 1 6 7 8 0=0\nReLU c 1 1 8 output 0=0.2", "'c'"),
    Change(sum, "BinaryOp b 2 1 6 7 8 0=0\nInterp c 1 1 8 output 0=3 1=0.25 2=0.25", "'c'"),
    Change(sum, "BinaryOp b 2 1 6 7 8 0=0\nBinaryOp c 1 1 8 output 0=2 1=1 2=0.2", "'c'"),
    Change("PReLU p1 1 1 3 4 0=3", "Clip p1 1 1 3 4 0=0.0 1=1.0", "behind"),
    Change("\nPReLU p1 1 1 3 4 0=3", "\nPReLU p1 1 1 3 9 0=3\nReLU r 1 1 9 4 0=0.2", "'r'"),
    Change("c0 1 1 data1 1", "c0 1 1 data0 1", "'i'"),
    Change("c1 1 1 2 3", "c1 1 1 data1 3", "'data1'"),
    Change("c2 1 1 4 5 0=12", "c2 1 1 3 5 0=12", "'3'"),
    Change("p1 1 1 3 4", "p1 1 1 nothing 4", "'nothing'"),
    Change("p1 1 1 3 4", "p1 1 1 3 2", "'2', which is there already"),
    Change("p1 1 1 3 4", "p1 1 2 3 4 spare", "'p1'"),
    Change("c1 1 1 2 3", "c1 2 1 2 data0 3", "'c1'"),
    Change("Split s 1 2 data data0 data1", "Noop s 1 2 data data0 data1", "'s'"),
    Change("Split s 1 2 data data0 data1", "Split s 1 3 data data0 data1 spare", "'spare'"),
    Change("Split s 1 2 data data0 data1", "Input s 0 1 data1\nNoop n 1 1 data data0", "'s'"),
    Change("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 2=2 4=1 5=1 6=81\n", "'c0'"),
    Change("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 14=0 5=1 6=81\n", "'c0'"),
    Change("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 5=1 6=81 7=3\n", "'c0'"),
    Change("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 5=1 6=81 18=1.0\n", "'c0'"),
    Change("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 5=1 6=81 19=1\n", "'c0'"),
    Change("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 5=1 6=81 40=1\n", "'c0'"),
    Change(
      "0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 5=1 6=81 9=2 -23310=1,2.000000e-01\n", "'c0'"),
  ])
  func changedCompactNetworksAreRefusedByTheLayer(_ change: Change) throws {
    let pair = try NCNNPair.compact().replacing(change.old, change.new)
    expectRefusal(.badModel, change.part) { _ = try pair.load() }
  }

  @Test(
    "What changes nothing is read",
    arguments: [
      (sum, "BinaryOp b 2 1 7 6 output"),
      (sum, "BinaryOp b 2 1 6 7 output 0=0 1=0 2=0.0"),
      (sum, "Eltwise b 2 1 6 7 output 0=1"),
      (sum, "Eltwise b 2 1 6 7 output 0=1 -23301=2,1.0,1.0"),
      (sum, "BinaryOp b 2 1 6 7 8 0=0\nClip c 1 1 8 output 0=0.0 1=1.0"),
      (sum, "BinaryOp b 2 1 6 7 8 0=0\nNoop c 1 1 8 output"),
      (skip, skip + " -23330=4,3,64,64,3"), (skip, skip + " 3=0 4=0 5=0 6=0"),
      (sum, "BinaryOp b 2 1 6 7 8 0=0\nClip c 1 1 8 output 0=0 1=1.000000e+00"),
      (skip, skip + " 6=0"), (shuffle, shuffle + " 1=0"),
      ("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 11=3 12=1 13=1 14=1 2=1 3=1 4=1 5=1 6=81\n"),
      ("Input in0 0 1 data", "Input in0 0 1 data 0=64 1=64 2=3"),
      ("Split s 1 2 data data0 data1", "Split s 1 2 data data1 data0"),
      ("0=3 1=3 4=1 5=1 6=81\n", "0=3 1=3 4=1 5=1 6=81 7=1 8=0 18=0.0 19=0 31=7\n"),
    ])
  func equalCompactNetworksAreRead(old: String, new: String) throws {
    #expect(try NCNNPair.compact().replacing(old, new).load().architecture.scale == 2)
  }

  private static let eltwise = "0=1 -23301=2,2.000000e-01,1.000000e+00"

  @Test(arguments: [
    Change(eltwise, "0=1 -23301=2,1.000000e+00,2.000000e-01", "Eltwise"),
    Change(eltwise, "0=1 -23301=2,2.100000e-01,1.000000e+00", "Eltwise"),
    Change(eltwise, "0=1", "Eltwise"), Change(eltwise, "0=0", "Eltwise"),
    Change(eltwise, "0=1 -23301=3,2.000000e-01,1.000000e+00", "Eltwise"),
    Change("BinaryOp34 2 1 conv_first_7 conv_body", "BinaryOp34 1 1 conv_body", "BinaryOp34"),
    Change("0=1 1=2.000000e+00 2=2.000000e+00", "0=2 1=2.000000e+00 2=2.000000e+00", "Interp"),
    Change("0=1 1=2.000000e+00 2=2.000000e+00", "0=1 1=4.000000e+00 2=4.000000e+00", "Interp"),
    Change("0=1 1=2.000000e+00 2=2.000000e+00", "0=1 1=1.000000e+00 2=1.000000e+00", "conv_up1"),
    Change(" 9=2 -23310=1,2.000000e-01", "", "Concat"),
    Change(" 9=2 -23310=1,2.000000e-01", " 9=2 -23310=1,1.000000e-01", "rdb1.conv1"),
    Change(" 9=2 -23310=1,2.000000e-01", " 9=1", "rdb1.conv1"),
    Change("Concat", "Concat4 2 1 a b c\nConcat", "Concat4"),
  ])
  func changedResidualNetworksAreRefusedByTheLayer(_ change: Change) throws {
    let pair = try NCNNPair.residual(rrdbTensors(features: 4), isFused: true)
    let changed = try pair.replacing(change.old, change.new)
    expectRefusal(.badModel, change.part) { _ = try changed.load() }
  }

  /// The maps of a dense block in another order, the sum of another block, a convolution that
  /// reads what another one should.
  @Test(arguments: [false, true]) func everySwapOfTwoInputsIsRefused(isFused: Bool) throws {
    let pair = try NCNNPair.residual(rrdbTensors(features: 4, growth: 4), isFused: isFused)
    let lines = pair.graph.split(separator: "\n").map(String.init)
    for (index, line) in lines.enumerated() {
      var words = line.split(separator: " ").map(String.init)
      guard words.count > 5, words[0] == "Concat" || words[0] == "Eltwise" else { continue }
      words.swapAt(4, 5)
      var changed = lines
      changed[index] = words.joined(separator: " ")
      var swapped = pair
      swapped.graph = changed.joined(separator: "\n") + "\n"
      expectRefusal(.badModel, words[1]) { _ = try swapped.load() }
    }
  }

  @Test("Without any one layer it is another network", arguments: [false, true])
  func everyMissingLayerIsRefused(isFused: Bool) throws {
    let pair = try NCNNPair.residual(rrdbTensors(features: 4), isFused: isFused)
    let lines = pair.graph.split(separator: "\n").map(String.init)
    for index in 2..<lines.count {
      // Layers that read its output read its input instead.
      let words = lines[index].split(separator: " ").map(String.init)
      guard words[2] == "1", words[3] == "1" else { continue }
      var changed = lines
      changed.remove(at: index)
      changed[1] = "\(changed.count - 2) 999"
      changed = changed.map { line in
        line.split(separator: " ").map { $0 == words[5] ? words[4] : String($0) }
          .joined(separator: " ")
      }
      var shorter = pair
      shorter.graph = changed.joined(separator: "\n") + "\n"
      expectRefusal { _ = try shorter.load() }
    }
  }

  @Test func grayPixelUnshuffleHasNoLayerHere() throws {
    let pair = try NCNNPair.residual(rrdbTensors(inputs: 12, features: 4), isFused: true)
    expectRefusal(.badModel, "'conv_first'") { _ = try pair.load() }
  }

  @Test func notANumberIsRefusedByName() throws {
    var pair = NCNNPair.compact(half: true)
    pair.weights.replaceSubrange(4..<6, with: [0, 0x7E])
    expectRefusal(.badModel, "'body.0.weight' holds") { _ = try pair.load() }
  }

  @Test func graphsHaveLimits() throws {
    var long = NCNNPair.compact()
    long.graph += "#" + String(repeating: "x", count: NCNNGraph.lineLimit) + "\n"
    expectRefusal(.badModel, "a line of") { _ = try long.load() }
    var many = NCNNPair.compact()
    many.graph += String(repeating: "Noop n 1 1 a b\n", count: NCNNGraph.layerLimit)
    expectRefusal(.badModel, "more than \(NCNNGraph.layerLimit) layers") { _ = try many.load() }
    var large = NCNNPair.compact()
    large.graph += String(repeating: "\n", count: NCNNGraph.byteLimit)
    expectRefusal(.badModel, "too large") { _ = try large.load() }
  }
}
