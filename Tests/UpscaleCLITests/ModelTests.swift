import Foundation
import TestSupport
import Testing
import Upscale

/// `upscale model`, `inspect` and `bench`.
@Suite struct ModelTests {
  /// Little private memory, whatever libraries are mapped; a sanitizer takes more by itself.
  private static let limit = Sanitizer.isOn ? "" : "ulimit -d 80000 && "

  static let names = [
    "realesrgan-x4plus", "realesrgan-x4plus-anime", "realesr-animevideov3", "span-x4", "span-x2",
  ]

  @Test("model list names every network, as a table and as JSON")
  func list() throws {
    let table = try Command.run("model", "list")
    #expect(table.exitCode == 0 && table.standardError.isEmpty)
    let objects = try jsonLines(Command.run("model", "list", "--json").outputText)
    #expect(objects.compactMap { $0["name"] as? String }.sorted() == Self.names.sorted())
    for name in Self.names { #expect(table.outputText.contains(name)) }
    for object in objects {
      for key in ["architecture", "scale", "licence", "sha256", "summary", "source"] {
        #expect(object[key] != nil, "\(key)")
      }
    }
  }

  @Test("model info explains a network", arguments: names)
  func info(name: String) throws {
    let text = try Command.run("model", "info", name)
    #expect(text.exitCode == 0, "\(text.standardError)")
    let object = try #require(
      try jsonLines(Command.run("model", "info", name, "--json").outputText).first)
    #expect(object["scale"] as? Int == (name == "span-x2" ? 2 : 4))
    #expect(try #require(object["parameters"] as? Int) > 400_000)
    #expect(text.outputText.contains(try #require(object["architecture"] as? String)))
  }

  @Test("An unknown network exits 78 and names the known ones")
  func unknown() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "image", Command.photo, "out.png", "-m", "realesrgan-x5", in: folder)
    expectRefusal(result, 78, saying: "realesrgan-x4plus")
    #expect(folder.names.isEmpty)
  }

  @Test(
    "A damaged, foreign, cut or missing weight file exits with one sentence",
    arguments: [
      "empty", "text", "cut", "flipped", "picture", "huge header", "long header", "many names",
      "missing", "folder",
    ])
  func badWeights(kind: String) throws {
    let folder = try TemporaryFolder()
    let good = try [UInt8](
      Data(
        contentsOf: Checkout.url.appending(
          path: "weights/\(Command.quickModel).safetensors")))
    var bytes = good
    switch kind {
    case "empty": bytes = []
    case "text": bytes = Array("hello, I am not a network\n".utf8)
    case "cut": bytes = Array(good.prefix(good.count / 2))
    case "flipped": for index in stride(from: 8, to: 200, by: 7) { bytes[index] ^= 0x55 }
    case "picture": bytes = Samples.photo
    case "huge header":
      bytes.replaceSubrange(0..<8, with: [UInt8](repeating: 0xFF, count: 7) + [0x7F])
    case "long header":
      // As long as the format allows, and most of it metadata.
      bytes =
        Array(#"{"__metadata__":{"notes":""#.utf8) + [UInt8](repeating: 120, count: 90_000_000)
      bytes += Array(#""}}"#.utf8)
      bytes.insert(
        contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }, at: 0)
    case "many names":
      let names = (0..<130_000).map { #""\#($0)":{}"# }.joined(separator: ",")
      bytes = Array(#"{"__metadata__":{},\#(names)}"#.utf8)
      bytes.insert(
        contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }, at: 0)
    default: break
    }
    switch kind {
    case "missing": break
    case "folder":
      try FileManager.default.createDirectory(
        atPath: folder.path("net.safetensors"), withIntermediateDirectories: false)
    default: try folder.write(bytes, as: "net.safetensors")
    }
    let before = folder.names
    for arguments in [
      ["image", Command.photo, "out.png", "-m", "net.safetensors"],
      ["model", "info", "net.safetensors"],
      ["model", "convert", "net.safetensors", "out.safetensors"],
    ] {
      let result = try ProcessRunner.shell(
        Self.limit + "exec \"$@\"", [Command.path] + arguments, in: folder.url)
      let code = result.exitCode ?? -1
      #expect(code == 78 || (["missing", "folder"].contains(kind) && code == 66))
      expectRefusal(result, code, saying: "net.safetensors")
      #expect(folder.names == before)
    }
  }

  @Test("A weight file enlarges as its name does, and converts to itself")
  func file() throws {
    let folder = try TemporaryFolder()
    let weights = Checkout.url.appending(path: "weights/\(Command.quickModel).safetensors")
    let converted = try Command.run("model", "convert", weights.path, "net.safetensors", in: folder)
    #expect(converted.exitCode == 0, "\(converted.standardError)")
    #expect(folder.names == ["net.safetensors"])
    let picture = try Samples.colour(.png)
    let named = try Command.run(
      "image", "-", "-", "--strip-metadata", "-m", Command.quickModel, input: picture)
    let filed = try Command.run(
      "image", "-", "-", "--strip-metadata", "-m", folder.path("net.safetensors"), input: picture)
    #expect(named.exitCode == 0 && named.standardOutput == filed.standardOutput)
    expectRefusal(
      try Command.run("model", "convert", "net.safetensors", "net.safetensors", in: folder), 64,
      saying: "same file")
  }

  @Test(
    "What image refuses, info and convert refuse",
    arguments: [(3, 1, 4), (4, 3, 2), (3, 4, 3)])
  func channels(inputs: Int, outputs: Int, scale: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write(
      WeightFiles.safeTensors(
        WeightFiles.compactTensors(inputs: inputs, outputs: outputs, scale: scale)),
      as: "net.safetensors")
    let said = try [
      ["image", Command.photo, "out.png", "-m", "net.safetensors"],
      ["model", "info", "net.safetensors"],
      ["model", "convert", "net.safetensors", "out.safetensors"],
    ].map { arguments in
      let result = try ProcessRunner.run(Command.path, arguments, in: folder.url)
      expectRefusal(result, 78, saying: "net.safetensors: turns \(inputs) channels into")
      return result.standardError
    }
    #expect(Set(said).count == 1)
    #expect(folder.names == ["net.safetensors"])
  }

  @Test("Weights whose sums overflow make no black picture")
  func overflow() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(magnitude: 1e30)), as: "net.safetensors")
    let result = try Command.run(
      "image", Command.photo, "out.png", "-m", "net.safetensors", in: folder)
    expectRefusal(result, 78, saying: "'net'")
    #expect(folder.names == ["net.safetensors"])
  }

  @Test("A model larger than the memory converts")
  func largeConversion() throws {
    let folder = try TemporaryFolder()
    // 113 MB of zeros, which take no room: a header, and a file made longer.
    var header = "{"
    var offset = 0
    func add(_ name: String, _ shape: [Int]) {
      let end = offset + shape.reduce(4, *)
      header +=
        "\(offset == 0 ? "" : ",")\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),"
        + "\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    for index in 0...4 {
      let (inputs, outputs) = (index == 0 ? 3 : 1024, index == 4 ? 12 : 1024)
      add("body.\(2 * index).weight", [outputs, inputs, 3, 3])
      add("body.\(2 * index).bias", [outputs])
      if index < 4 { add("body.\(2 * index + 1).weight", [1024]) }
    }
    header += "}"
    let start = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    try folder.write(start + Array(header.utf8), as: "net.safetensors")
    let size = 8 + header.utf8.count + offset
    try #require(truncate(folder.path("net.safetensors"), off_t(size)) == 0)
    let result = try ProcessRunner.shell(
      Self.limit + "exec \"$1\" model convert net.safetensors out.safetensors",
      [Command.path], in: folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    let info = try Command.run("model", "info", "--json", "out.safetensors", in: folder)
    let object = try #require(try jsonLines(info.outputText).first)
    #expect(object["bytes"] as? Int == offset)
  }

  @Test("inspect says what a picture is, as text and as JSON")
  func inspect() throws {
    let text = try Command.run("inspect", Command.photo)
    #expect(text.exitCode == 0 && text.standardError.isEmpty)
    for part in ["JPEG", "160 × 120", "rgb", "8 bits"] { #expect(text.outputText.contains(part)) }
    let object = try #require(
      try jsonLines(Command.run("inspect", "--json", Command.photo).outputText).first)
    #expect(object["usable"] as? Bool == true)
    #expect(object["width"] as? Int == 160)
    let bad = try Command.run("inspect", "--json", "/dev/null")
    #expect(bad.exitCode == 65)
    #expect(try jsonLines(bad.outputText).first?["usable"] as? Bool == false)
  }

  @Test("bench prints one JSON object with what was measured")
  func bench() throws {
    let result = try Command.run(
      "bench", "--json", "-m", Command.quickModel, "--width", "32", "--height", "24", "--runs", "2",
      "-t", "2")
    #expect(result.exitCode == 0, "\(result.standardError)")
    let object = try #require(try jsonLines(result.outputText).first)
    #expect(object["model"] as? String == Command.quickModel)
    #expect(object["width"] as? Int == 32 && object["height"] as? Int == 24)
    #expect(object["threads"] as? Int == 2)
    #expect(object["precision"] as? String == "exact")
    #expect(try #require(object["seconds"] as? Double) > 0)
    #expect(try #require(object["gmacs"] as? Double) > 0)
    #expect(object["cpu"] as? String != nil)
  }
}
