import Glibc
import TestSupport
import Testing

@testable import Upscale

@Suite struct ModelCatalogTests {
  private func bundled() throws -> ModelCatalog {
    try ModelCatalog(directory: Checkout.path("weights"))
  }

  private static func manifest(file: String, sha256: String, name: String = "tiny") -> String {
    #"{"models":[{"name":"\#(name)","architecture":"RRDBNet","scale":4,"file":"\#(file)","#
      + #""sha256":"\#(sha256)","licence":"CC0-1.0","source":"a test","summary":"none"}]}"#
  }

  @Test(arguments: [
    (
      "realesrgan-x4plus",
      Architecture.rrdbNet(
        RRDBNetShape(
          inputChannels: 3, outputChannels: 3, features: 64, growth: 32, blocks: 23,
          upsamplings: 2, unshuffle: 1)), 16_697_987
    ),
    (
      "realesrgan-x4plus-anime",
      .rrdbNet(
        RRDBNetShape(
          inputChannels: 3, outputChannels: 3, features: 64, growth: 32, blocks: 6,
          upsamplings: 2, unshuffle: 1)), 4_467_779
    ),
    (
      "realesr-animevideov3",
      .srvggNetCompact(
        SRVGGNetCompactShape(
          inputChannels: 3, outputChannels: 3, features: 64, convolutions: 16, scale: 4)), 621_424
    ),
    (
      "span-x4",
      .span(
        SPANShape(
          inputChannels: 3, outputChannels: 3, features: 48, scale: 4, normalization: .span)),
      426_288
    ),
    (
      "span-x2",
      .span(
        SPANShape(
          inputChannels: 3, outputChannels: 3, features: 48, scale: 2, normalization: .span)),
      410_700
    ),
  ])
  func bundledModelsAreWhatTheyShouldBe(
    _ name: String, _ architecture: Architecture, _ parameters: Int
  ) throws {
    let catalog = try bundled()
    let entry = try #require(catalog.entries.first { $0.name == name })
    let model = try catalog.load(name)
    #expect(model.name == name)
    #expect(model.architecture == architecture)
    #expect(model.architecture.name == entry.architecture)
    #expect(model.architecture.scale == entry.scale)
    #expect(model.parameterCount == parameters)
    #expect(model.elementTypes == [.float16, .float32])
    #expect(entry.licence == (name.hasPrefix("span") ? "Apache-2.0" : "BSD-3-Clause"))
    // Loading by name does not look at the numbers.
    for (name, tensor) in model.tensors { #expect(try tensor.isFinite(), "\(name)") }
  }

  @Test func theStandardCatalogueOfACheckoutIsItsOwn() throws {
    guard getenv("UPSCALE_WEIGHTS") == nil else { return }
    #expect(try ModelCatalog.standard().entries == bundled().entries)
  }

  @Test func unknownNamesAreAnsweredWithTheKnownOnes() throws {
    let catalog = try bundled()
    expectRefusal(
      .badModel, "no such model: 'x4plus'", "realesrgan-x4plus, realesrgan-x4plus-anime"
    ) { _ = try catalog.load("x4plus") }
  }

  @Test func digestsAreThoseOfTheStandard() {
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(
      SHA256.hexDigest(empty) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      Array("abc".utf8).withUnsafeBytes(SHA256.hexDigest)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func aChangedFileIsRefused() throws {
    try withModelDirectory { directory in
      var bytes = try encodedSafeTensors(rrdbTensors(), metadata: [:])
      let digest = bytes.withUnsafeBytes(SHA256.hexDigest)
      try writeBytes(
        Array(Self.manifest(file: "t.safetensors", sha256: digest).utf8),
        directory + "/manifest.json")
      try writeBytes(bytes, directory + "/t.safetensors")
      let catalog = try ModelCatalog(directory: directory)
      #expect(try catalog.load("tiny").architecture.scale == 4)
      bytes[bytes.count - 3] ^= 1
      try writeBytes(bytes, directory + "/t.safetensors")
      expectRefusal(.badModel, directory + "/t.safetensors", "SHA-256", digest) {
        _ = try catalog.load("tiny")
      }
      // By its path it is just a file.
      #expect(try catalog.load(directory + "/t.safetensors").name == "t")
      unlink(directory + "/t.safetensors")
      expectRefusal(.badModel, "no such model file") { _ = try catalog.load("tiny") }
    }
  }

  @Test(arguments: [
    "", "{", "[]", #"{"models":{}}"#, #"{"models":[{"name":"x"}]}"#,
    manifest(file: "../t.safetensors", sha256: String(repeating: "0", count: 64)),
    manifest(file: "/etc/passwd", sha256: String(repeating: "0", count: 64)),
    manifest(file: "..", sha256: String(repeating: "0", count: 64)),
    manifest(file: "t.safetensors", sha256: "0"),
  ])
  func damagedManifestsAreRefused(_ text: String) throws { try isRefused(text) }

  /// Not an argument: the test's report would hold all of it.
  @Test(arguments: ["[", #"{"models":"#])
  func deepManifestsAreRefused(_ part: String) throws {
    try isRefused(String(repeating: part, count: 100_000))
  }

  private func isRefused(_ text: String) throws {
    try withModelDirectory { directory in
      try writeBytes(Array(text.utf8), directory + "/manifest.json")
      expectRefusal(.badModel, directory + "/manifest.json") {
        _ = try ModelCatalog(directory: directory)
      }
    }
  }

  @Test func weightsAreLookedForByTheProgramNeverInTheCurrentDirectory() {
    #expect(
      ModelCatalog.candidates(program: "/opt/up/bin/upscale") == [
        "/opt/up/bin/weights", "/opt/up/share/upscale/weights", "/opt/up/weights", "/opt/weights",
        "/weights",
      ])
    #expect(ModelCatalog.candidates(program: "upscale").isEmpty)
    #expect(ModelCatalog.candidates(program: nil).isEmpty)
    expectRefusal(.configuration, "not installed", "UPSCALE_WEIGHTS") {
      _ = try ModelCatalog.find(chosen: nil, program: "/nonexistent/upscale")
    }
    expectRefusal(.badModel, "/nonexistent/manifest.json") {
      _ = try ModelCatalog.find(chosen: "/nonexistent", program: "/proc/self/exe")
    }
  }
}

@Suite struct ModelFileTests {
  @Test func filesThatAreNoModelsAreRefused() throws {
    try withModelDirectory { directory in
      let path = directory + "/m.safetensors"
      expectRefusal(.badModel, path, "no such model file") { _ = try Model.load(path: path) }
      expectRefusal(.badModel, "not a regular file") { _ = try Model.load(path: directory) }
      expectRefusal(.badModel, "not a regular file") { _ = try Model.load(path: "/dev/zero") }
      try writeBytes([], path)
      expectRefusal(.badModel, "too short") { _ = try Model.load(path: path) }
      try writeBytes([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 99), path)
      expectRefusal(.badModel, "zip archive") { _ = try Model.load(path: path) }
      try writeBytes(Array("\u{89}PNG\r\n and more of a picture".utf8), path)
      expectRefusal(.badModel, "not a safetensors file") { _ = try Model.load(path: path) }
      mkfifo(directory + "/fifo", 0o600)
      expectRefusal(.badModel, "not a regular file") {
        _ = try Model.load(path: directory + "/fifo")
      }
    }
  }

  @Test func unreadableFilesAreRefused() throws {
    guard geteuid() != 0 else { return }
    try withModelDirectory { directory in
      try writeBytes([0], directory + "/m")
      chmod(directory + "/m", 0)
      expectRefusal(.permission, "permission denied") { _ = try Model.load(path: directory + "/m") }
    }
  }

  @Test func conversionIsDeterministicIdempotentAndLossless() throws {
    try withModelDirectory { directory in
      let wrapped = Dictionary(
        uniqueKeysWithValues: rrdbTensors().map { ("params_ema." + $0.key, $0.value) })
      let (input, output) = (directory + "/in.safetensors", directory + "/out.safetensors")
      try writeBytes(try encodedSafeTensors(wrapped, metadata: [:]), input)
      try ModelConverter.convert(input: input, output: output)
      let first = try readBytes(output)
      try ModelConverter.convert(input: output, output: output)
      #expect(try readBytes(output) == first)
      let model = try Model.load(path: output)
      #expect(model.origin == "in.safetensors")
      for (name, tensor) in rrdbTensors() {
        #expect(try model.floats(name) == tensor.floats())
      }
    }
  }

  @Test func conversionRefusesOutputsItCannotMake() throws {
    try withModelDirectory { directory in
      let input = directory + "/in.safetensors"
      try writeBytes(encodedSafeTensors(rrdbTensors(), metadata: [:]), input)
      expectRefusal(.usage, ".safetensors") {
        try ModelConverter.convert(input: input, output: directory + "/out.pth")
      }
      expectRefusal(.cannotCreate, directory + "/none/out.safetensors") {
        try ModelConverter.convert(input: input, output: directory + "/none/out.safetensors")
      }
      expectRefusal(.badModel, "no such model file") {
        try ModelConverter.convert(input: directory + "/x", output: input)
      }
    }
  }

  @Test("A file that is cut or written to after it was opened is refused, not computed")
  func changedWhileOpen() throws {
    try withModelDirectory { directory in
      let path = directory + "/net.safetensors"
      let bytes = try encodedSafeTensors(rrdbTensors())
      for length in [0, 8, bytes.count / 2, bytes.count - 1] {
        try writeBytes(bytes, path)
        let file = try WeightFile(path: path)
        let model = try Model.load(path: path)
        try #require(truncate(path, off_t(length)) == 0)
        expectRefusal(.badModel, path, "was changed while it was read") {
          _ = try Upscaler(model: model, threads: 1)
        }
        if length <= 8 {
          expectRefusal(.badModel, "was changed while it was read") {
            _ = try SafeTensors(file: file)
          }
        }
        expectRefusal(.badModel, "was changed while it was read") { _ = try file.hexDigest() }
      }
      // The same length at another time.
      try writeBytes(bytes, path)
      let model = try Model.load(path: path)
      var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
      try #require(utimensat(AT_FDCWD, path, &times, 0) == 0)
      expectRefusal(.badModel, path, "was changed while it was read") {
        _ = try Upscaler(model: model, threads: 1)
      }
    }
  }

  @Test(
    "What packing takes is what is said of it", arguments: [(6, 2, 1), (64, 32, 2), (40, 1, 3)])
  func packedSize(features: Int, growth: Int, blocks: Int) throws {
    let model = try Model(
      name: "test", tensors: rrdbTensors(features: features, growth: growth, blocks: blocks))
    let largest = model.architecture.layers.reduce(0) { largest, layer in
      guard case .convolution(_, let inputs, let outputs) = layer else { return largest }
      return max(largest, inputs * outputs * 9 * 4)
    }
    // Whole pieces, and the plain numbers of the largest convolution.
    #expect(model.packedByteCount >= model.parameterCount * 4 + largest)
    let arena = WeightArena()
    let pieces = try model.architecture.layers.compactMap { layer in
      if case .convolution(_, let inputs, let outputs) = layer {
        try arena.take(Convolution.packedCount(inputs: inputs, outputs: outputs)).pointer
      } else {
        nil
      }
    }
    // Pieces begin on huge pages: as many as there are jumps between parts.
    let sizes = model.architecture.layers.compactMap { layer -> Int? in
      guard case .convolution(_, let inputs, let outputs) = layer else { return nil }
      return (Convolution.packedCount(inputs: inputs, outputs: outputs) + 15) / 16 * 16
    }
    let jumps = pieces.indices.dropFirst().count { pieces[$0] != pieces[$0 - 1] + sizes[$0 - 1] }
    #expect(WeightArena.byteCount(for: sizes) == (jumps + 1) << 22)
  }

  @Test func goldenModelsAreRecognised() throws {
    let scales = [
      "rrdb-x2-unshuffle": 2, "rrdb-x1-unshuffle": 1, "rrdb-x2-plain": 2, "rrdb-x8": 8,
      "rrdb-x4-nf32": 4, "rrdb-x4-odd": 4, "srvgg-x2": 2, "srvgg-x3-odd": 3,
    ]
    for (name, scale) in scales {
      let path = Checkout.path("Tests/Golden/tiny/\(name).safetensors")
      #expect(try Model.load(path: path).architecture.scale == scale)
    }
  }
}
