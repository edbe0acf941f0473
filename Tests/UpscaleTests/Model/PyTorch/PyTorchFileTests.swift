import TestSupport
import Testing

@testable import Upscale

/// Files of `torch.save`: read without Python, and without executing anything.
/// `Tests/Reference/weight_formats.py` compares real ones with PyTorch, `hostile_weights.py` tries hundreds
/// of bad ones.
@Suite struct PyTorchFileTests {
  /// A small SRVGGNetCompact.
  private static func fixture() -> PyTorchFixture {
    var random = SeededRandom(seed: 5)
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -0.2...0.2, using: &random) }
    }
    return PyTorchFixture(tensors: [
      ("body.0.weight", [8, 3, 3, 3], numbers(216)), ("body.0.bias", [8], numbers(8)),
      ("body.1.weight", [8], numbers(8)), ("body.2.weight", [12, 8, 3, 3], numbers(864)),
      ("body.2.bias", [12], numbers(12)),
    ])
  }

  private static func load(_ bytes: [UInt8]) throws -> Model {
    try withModelDirectory { folder in
      let path = folder + "/model.pth"
      try writeBytes(bytes, path)
      return try Model.load(path: path)
    }
  }

  private static func refusal(_ bytes: [UInt8]) -> UpscaleError? {
    do {
      _ = try load(bytes)
      return nil
    } catch {
      return error as? UpscaleError
    }
  }

  /// What the model makes of a picture.
  private static func enlarged(_ bytes: [UInt8]) throws -> Picture {
    try withModelDirectory { folder in
      let path = folder + "/model.pth"
      try writeBytes(bytes, path)
      let upscaler = try Upscaler(model: Model.load(path: path), threads: 1)
      return try upscaler.upscale(.waves(width: 16, height: 12), depth: .sixteen)
    }
  }

  @Test(
    "Both containers give the picture of the same weights in a safetensors file",
    arguments: PyTorchFixture.Form.allCases)
  func sameWeights(form: PyTorchFixture.Form) throws {
    let fixture = Self.fixture()
    let tensors = Dictionary(
      uniqueKeysWithValues: fixture.tensors.map {
        ($0.name, Tensor(shape: $0.shape, floats: $0.numbers))
      })
    let expected = try Self.enlarged(WeightFiles.safeTensors(tensors))
    #expect(try Self.enlarged(fixture.bytes(form)) == expected)
    for wrapper in ["params", "params_ema", "state_dict", "model_state_dict", "model", "net"] {
      var wrapped = fixture
      wrapped.wrapper = wrapper
      #expect(try Self.enlarged(wrapped.bytes(form)) == expected, "\(wrapper)")
    }
  }

  @Test("Prefixes of training are taken off", arguments: ["module.", "netG."])
  func prefixes(prefix: String) throws {
    var fixture = Self.fixture()
    let expected = try Self.enlarged(fixture.bytes(.archive))
    for index in fixture.tensors.indices {
      fixture.tensors[index].name = prefix + fixture.tensors[index].name
    }
    #expect(try Self.enlarged(fixture.bytes(.archive)) == expected)
  }

  @Test("Numbers that lie in another order are read in theirs")
  func strides() throws {
    var fixture = Self.fixture()
    let expected = try Self.enlarged(fixture.bytes(.archive))
    // The first weight with its output channels innermost, behind a number that is not its own.
    let original = fixture.tensors[0].numbers
    var moved = [Float](repeating: 0, count: original.count + 1)
    for out in 0..<8 {
      for rest in 0..<27 { moved[1 + rest * 8 + out] = original[out * 27 + rest] }
    }
    fixture.tensors[0].numbers = moved
    fixture.strides["body.0.weight"] = [1, 72, 24, 8]
    fixture.offsets["body.0.weight"] = 1
    for form in PyTorchFixture.Form.allCases {
      #expect(try Self.enlarged(fixture.bytes(form)) == expected)
    }
  }

  @Test(
    "What would execute is refused by its name", arguments: PyTorchFixture.Form.allCases,
    [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"),
      ("subprocess", "Popen"), ("torch", "load"), ("collections", "OrderedDict.fromkeys"),
      ("numpy.core.multiarray", "_reconstruct"), ("torch.storage", "_load_from_bytes"),
    ])
  func execution(form: PyTorchFixture.Form, function: (String, String)) {
    var fixture = Self.fixture()
    fixture.before =
      PyTorchFixture.call(
        PyTorchFixture.name(function.0, function.1), [PyTorchFixture.text("touch PWNED")]) + [0x30]
    let refusal = Self.refusal(fixture.bytes(form))
    #expect(refusal?.cause == .badModel)
    #expect(
      refusal?.message.contains("\(function.0).\(function.1)") == true,
      "\(refusal?.message ?? "it was read")")
  }

  @Test("A file that is cut anywhere is refused", arguments: PyTorchFixture.Form.allCases)
  func cut(form: PyTorchFixture.Form) {
    let bytes = Self.fixture().bytes(form)
    for count in stride(from: 0, to: bytes.count, by: Sanitizer.isOn ? 211 : 13) {
      #expect(Self.refusal(Array(bytes[..<count]))?.cause == .badModel, "\(count) bytes")
    }
    #expect(Self.refusal(Array(bytes.dropLast()))?.cause == .badModel)
  }

  @Test("Any changed byte gives a model or a refusal", arguments: PyTorchFixture.Form.allCases)
  func changed(form: PyTorchFixture.Form) {
    let bytes = Self.fixture().bytes(form)
    var random = SeededRandom(seed: 9)
    for _ in 0..<(Sanitizer.isOn ? 30 : 400) {
      var changed = bytes
      changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      if let refusal = Self.refusal(changed) {
        #expect(
          [.badModel, .unknownActivation].contains(refusal.cause), "\(refusal.message)")
      }
    }
  }

  @Test("Lies about places, sums and packing are refused")
  func lies() {
    let whole = Self.fixture()
    for (name, strides, offset) in [
      ("body.0.weight", [27, 9, 3, 2], 0), ("body.0.weight", [28, 9, 3, 1], 0),
      ("body.0.weight", [-27, 9, 3, 1], 0), ("body.0.bias", [Int(Int32.max)], 0),
      ("body.0.bias", [1], 1), ("body.0.bias", [1], -1), ("body.0.bias", [1, 1], 0),
    ] {
      var fixture = whole
      fixture.strides[name] = strides
      fixture.offsets[name] = offset
      for form in PyTorchFixture.Form.allCases {
        #expect(
          Self.refusal(fixture.bytes(form))?.cause == .badModel, "\(name) \(strides) \(offset)")
      }
    }
    var deflated = whole
    deflated.isDeflated = true
    #expect(Self.refusal(deflated.bytes(.archive))?.cause == .badModel)
    var damaged = whole
    damaged.checksumError = 1
    #expect(Self.refusal(damaged.bytes(.archive))?.cause == .badModel)
  }

  @Test("The fast checksum is that of one bit at a time")
  func checksum() {
    var random = SeededRandom(seed: 3)
    for count in [0, 1, 15, 16, 17, 31, 32, 33, 1000] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      for split in [0, count / 3, count] {
        var sum = CRC32()
        bytes[..<split].withUnsafeBytes { sum.update($0) }
        bytes[split...].withUnsafeBytes { sum.update($0) }
        #expect(sum.value == PyTorchFixture.checksum(bytes))
      }
    }
  }
}
