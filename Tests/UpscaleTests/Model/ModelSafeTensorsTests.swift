import Testing

@testable import Upscale

@Suite struct ModelSafeTensorsTests {
  private static let pair = safeTensorsFile(
    #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F16","shape":[1,3],"data_offsets":[8,14]}}"#,
    data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0x3C, 0, 0xC0, 1, 0])

  @Test func tensorsAreReadWithShapesAndMetadata() throws {
    let file = try readSafeTensors(Self.pair)
    #expect(file.origin == nil)
    #expect(file.tensors.count == 2)
    #expect(try file.tensors["a"]?.floats() == [1, -2])
    #expect(file.tensors["b"]?.shape == [1, 3])
    #expect(file.tensors["b"]?.elementType == .float16)
    #expect(try file.tensors["b"]?.floats() == [1, -2, 0x1p-24])
  }

  @Test func writtenFilesReadBackAndAreAligned() throws {
    let tensors = [
      "weight": distinctTensor([2, 3, 3, 3]), "bias \"\\\n": distinctTensor([5], from: -3),
    ]
    let bytes = try encodedSafeTensors(tensors, metadata: ["origin": "a test"])
    #expect(try bytes == encodedSafeTensors(tensors, metadata: ["origin": "a test"]))
    #expect(bytes[0] % 8 == 0)
    let file = try readSafeTensors(bytes)
    #expect(file.origin == "a test")
    #expect(file.tensors.keys.sorted() == tensors.keys.sorted())
    for (name, tensor) in tensors {
      #expect(file.tensors[name]?.shape == tensor.shape)
      #expect(try file.tensors[name]?.floats() == tensor.floats())
    }
  }

  @Test func everyTruncationIsRefused() {
    for length in 0..<Self.pair.count {
      expectRefusal { _ = try readSafeTensors(Array(Self.pair[..<length])) }
    }
  }

  @Test func aByteTooManyIsRefused() {
    expectRefusal(.badModel, "1 bytes behind") { _ = try readSafeTensors(Self.pair + [0]) }
  }

  @Test func headersThatCannotBeAreRefusedByTheirLength() {
    for length: UInt64 in [100_000_001, 1 << 40, .max, 1 << 63] {
      let start = withUnsafeBytes(of: length.littleEndian) { Array($0) }
      expectRefusal(.badModel, "\(length)") { _ = try readSafeTensors(start + Self.pair) }
    }
  }

  @Test func headersLongerThanAModelsAreRefused() throws {
    func file(metadata length: Int) -> [UInt8] {
      let text = String(repeating: "x", count: length)
      return safeTensorsFile(#"{"__metadata__":{"notes":"\#(text)"}}"#)
    }
    #expect(try readSafeTensors(file(metadata: SafeTensors.headerLimit - 100)).tensors.isEmpty)
    expectRefusal(.badModel, "header of", "at most \(SafeTensors.headerLimit)") {
      _ = try readSafeTensors(file(metadata: SafeTensors.headerLimit))
    }
  }

  @Test func moreTensorsThanANetworkHasAreRefused() {
    let records = (0...SafeTensors.tensorLimit).map {
      #""\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
    }
    expectRefusal(.badModel, "more than \(SafeTensors.tensorLimit) tensors") {
      _ = try readSafeTensors(safeTensorsFile("{\(records.joined(separator: ","))}"))
    }
  }

  @Test(
    "Of metadata the origin is kept, if it is short",
    arguments: [
      (#""origin":"a \u0022test\u0022""#, #"a "test""#), (#""a":"b","origin":"c","d":"e""#, "c"),
      (#""or\u0069gin":"c""#, nil), (#""format":"pt""#, nil), (#""origin":"""#, nil),
      ("\"origin\":\"\(String(repeating: "x", count: 2000))\"", nil),
    ])
  func origin(metadata: String, expected: String?) throws {
    #expect(
      try readSafeTensors(safeTensorsFile("{\"__metadata__\":{\(metadata)}}")).origin == expected)
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, "'a'"),  // hole before
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'b'"
    ),  // overlap
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#, "'b'"
    ),  // hole between
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "'a'"),  // behind the end
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775808]}}"#, "2^63"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "whole number"),
    (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "']'"),
    (#"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#, "whole number"),
    (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#, "at most 8"),
    (#"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#, "'F8_E4M3'"),
    (#"{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, "'a'"),
    (#"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "'dtype'"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, "'x'"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'a' occurs twice"
    ),
    (#"{"__metadata__":{},"__metadata__":{}}"#, "twice"),
    (#"{"__metadata__":{"origin":"b","origin":"c"}}"#, "'origin' occurs twice"),
    (#"{"__metadata__":{"a":1}}"#, "'\"'"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, "the end of the header"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}"#, "'\"'"),
    (#"["a"]"#, "'{'"),
    (#"{"\ud800":1}"#, "a character"),
    (#"{"\ud800\u0041":1}"#, "surrogate"),
    (#"{"\x":1}"#, "escape"),
    ("{\"\u{1}\":1}", "control"),
    (#"{"\#(String(repeating: "x", count: 1025))":1}"#, "at most 1024 bytes"),
    ("{\"\(String(repeating: "\\u0041", count: 1025))\":1}", "at most 1024 bytes"),
    ("", "'{'"),
  ])
  func damagedHeadersAreRefusedByName(_ header: String, _ part: String) {
    expectRefusal(.badModel, part) {
      _ = try readSafeTensors(safeTensorsFile(header, data: [UInt8](repeating: 0, count: 8)))
    }
  }

  @Test func deepNestingIsRefusedWithoutRecursion() {
    let deep = String(repeating: "[", count: 100_000)
    expectRefusal { _ = try readSafeTensors(safeTensorsFile(deep)) }
    expectRefusal { _ = try readSafeTensors(safeTensorsFile(#"{"a":{"shape":"# + deep)) }
    let objects = String(repeating: #"{"a":"#, count: 100_000)
    expectRefusal { _ = try readSafeTensors(safeTensorsFile(objects)) }
  }

  @Test func namesThatAreNotUTF8AreRefused() {
    var file = safeTensorsFile("{\"?\":{}}")
    file[10] = 0xFF
    expectRefusal(.badModel, "UTF-8") { _ = try readSafeTensors(file) }
  }

  @Test func terminalEscapesInNamesAreNotRepeated() {
    let header = #"{"\u001b[31m":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}"#
    do {
      _ = try readSafeTensors(safeTensorsFile(header))
      Issue.record("nothing was refused")
    } catch {
      #expect(!"\(error)".contains("\u{1B}"))
    }
  }

  @Test func randomDamageNeverCrashes() {
    var random = SystemlessRandom(seed: 7)
    for _ in 0..<3_000 {
      var bytes = Self.pair
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      do {
        for tensor in try readSafeTensors(bytes).tensors.values { _ = try tensor.floats() }
      } catch let error as UpscaleError {
        #expect(error.cause == .badModel)
      } catch {
        Issue.record(error)
      }
    }
  }
}

/// A small generator with a fixed seed (splitmix64).
struct SystemlessRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
