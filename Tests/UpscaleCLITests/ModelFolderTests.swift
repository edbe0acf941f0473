import Foundation
import TestSupport
import Testing
import Upscale

/// Models by their names in the user's folder, through the built executable.
@Suite struct ModelFolderTests {
  /// A folder with one small model of scale 2.
  private func folder(_ name: String = "2x-Tiny.safetensors") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(scale: 2)), as: name)
    return folder
  }

  private func names(_ result: ProcessRunner.Result) throws -> [String] {
    #expect(result.exitCode == 0, "\(result.standardError)")
    return try jsonLines(result.outputText).compactMap { $0["name"] as? String }
  }

  @Test("The option goes before UPSCALE_MODELS, and that before the XDG folders")
  func precedence() throws {
    let (option, variable) = (try folder("option.pth"), try folder("variable.pth"))
    let (data, home) = (try TemporaryFolder(), try TemporaryFolder())
    for (root, below, name) in [
      (data, "upscale/models", "data"), (home, ".local/share/upscale/models", "home"),
    ] {
      let path = root.url.appending(path: below)
      try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      try Data(option.read("option.pth")).write(to: path.appending(path: "\(name).pt"))
    }
    var environment = ["HOME": home.url.path]
    func found(_ arguments: String...) throws -> [String] {
      try names(
        ProcessRunner.run(
          Command.path, ["model", "list", "--json"] + arguments, environment: environment)
      ).filter { !ModelTests.names.contains($0) }
    }
    environment["XDG_DATA_HOME"] = ""
    environment["UPSCALE_MODELS"] = ""
    #expect(try found() == ["home"])
    environment["XDG_DATA_HOME"] = data.url.path
    #expect(try found() == ["data"])
    environment["UPSCALE_MODELS"] = variable.url.path
    #expect(try found() == ["variable"])
    #expect(try found("--models-dir", option.url.path) == ["option"])
  }

  @Test("A model of the folder enlarges as its file does, in image and batch")
  func enlarging() throws {
    let models = try folder()
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png), as: "in.png")
    for (output, arguments) in [
      ("a.png", ["-m", models.path("2x-Tiny.safetensors")]),
      ("b.png", ["-m", "2x-Tiny", "--models-dir", models.url.path]),
      ("c.png", ["-m", "2x-Tiny.safetensors", "--models-dir", models.url.path]),
    ] {
      let result = try ProcessRunner.run(
        Command.path, ["image", "in.png", output] + arguments, in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
    }
    #expect(try folder.read("a.png") == folder.read("b.png"))
    #expect(try folder.read("a.png") == folder.read("c.png"))
    for round in 1...2 {
      let result = try ProcessRunner.run(
        Command.path, ["batch", "in.png", "out", "-m", "2x-Tiny"],
        environment: ["UPSCALE_MODELS": models.url.path], in: folder.url)
      #expect(result.exitCode == 0, "\(round): \(result.standardError)")
    }
    #expect(try folder.read("a.png") == folder.read("out/in.png"))
    // Other weights under the same name: the output is not up to date.
    try models.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(scale: 2, magnitude: 0.1)),
      as: "2x-Tiny.safetensors")
    let again = try ProcessRunner.run(
      Command.path, ["batch", "in.png", "out", "-m", "2x-Tiny"],
      environment: ["UPSCALE_MODELS": models.url.path], in: folder.url)
    #expect(again.exitCode == 0, "\(again.standardError)")
    #expect(try folder.read("a.png") != folder.read("out/in.png"))
  }

  @Test("Whatever else is in the folder costs a line each, and hides nothing")
  func strangeFiles() throws {
    let models = try folder()
    try models.write([1, 2, 3], as: "short.pth")
    try models.write(Samples.photo, as: "photo.ckpt")
    try models.write([UInt8]("no model".utf8), as: "notes.txt")
    try #require(mkfifo(models.path("fifo.pth"), 0o600) == 0)
    for (link, target) in [("loop.pth", "loop.pth"), ("lost.pt", "nowhere"), ("up.pth", "..")] {
      try #require(symlink(target, models.path(link)) == 0)
    }
    let table = try Command.run("model", "list", "--models-dir", models.url.path)
    #expect(table.exitCode == 0 && table.outputText.contains("2x-Tiny"))
    let lines = table.standardError.split(separator: "\n")
    #expect(lines.count == 5, "\(table.standardError)")
    for (line, name) in zip(lines, ["fifo.pth", "loop.pth", "lost.pt", "photo.ckpt", "short.pth"]) {
      #expect(line.hasPrefix("upscale: warning: ") && line.contains(name), "\(line)")
    }
    let objects = try jsonLines(
      Command.run("model", "list", "--json", "--models-dir", models.url.path).outputText)
    #expect(objects.count { $0["refusal"] != nil } == 5)
    let tiny = try #require(objects.first { $0["name"] as? String == "2x-Tiny" })
    #expect(tiny["licence"] is NSNull && tiny["bundled"] as? Bool == false)
    #expect(try #require(tiny["relative_cost"] as? Double) > 0)
    // They are refused when they are asked for, as files are.
    for (name, part) in [("short", "short.pth"), ("fifo", "regular file"), ("loop", "links")] {
      let result = try Command.run(
        "image", Command.photo, models.path("out.png"), "-m", name, "--models-dir", models.url.path)
      expectRefusal(result, name == "loop" ? 74 : 78, saying: part)
    }
  }

  @Test("A folder of thousands of files is listed")
  func manyFiles() throws {
    let models = try folder()
    for index in 0..<3000 { try models.write([1, 2, 3], as: "\(index).pth") }
    let result = try Command.run("model", "list", "--models-dir", models.url.path)
    #expect(result.exitCode == 0 && result.outputText.contains("2x-Tiny"))
    #expect(result.standardError.split(separator: "\n").count == 3000)
  }

  @Test("A folder that is not there, or is no folder, is refused where it was chosen")
  func missing() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], as: "file")
    for (name, part) in [("none", "none"), ("file", "not a folder")] {
      let path = folder.path(name)
      expectRefusal(try Command.run("model", "list", "--models-dir", path), 78, saying: part)
      expectRefusal(
        try Command.run("image", Command.photo, folder.path("o.png"), "--models-dir", path), 78,
        saying: part)
      let chosen = ["UPSCALE_MODELS": path]
      expectRefusal(
        try ProcessRunner.run(Command.path, ["model", "list"], environment: chosen), 78,
        saying: part)
      // Nobody looks into it for a model that comes along.
      let info = try ProcessRunner.run(
        Command.path, ["model", "info", "span-x2"], environment: chosen)
      #expect(info.exitCode == 0, "\(info.standardError)")
    }
    expectRefusal(try Command.run("model", "list", "--models-dir", ""), 64, saying: "--models-dir")
  }

  @Test(
    "A folder without permission is refused, or passed over with a word",
    .enabled(if: Unprivileged.isPossible))
  func permission() throws {
    let folder = try TemporaryFolder()
    let models = folder.url.appending(path: "upscale/models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    chmod(folder.url.path, 0o755)
    chmod(models.path, 0o700)
    if geteuid() != 0 { chmod(models.path, 0) }
    defer { chmod(models.path, 0o700) }
    let named = try Unprivileged.run(["model", "list", "--models-dir", models.path])
    expectRefusal(named, 77, saying: "permission denied")
    let program = Unprivileged.program
    let usual = try ProcessRunner.run(
      program.path, program.arguments + ["model", "list"],
      environment: ["XDG_DATA_HOME": folder.url.path, "UPSCALE_MODELS": ""])
    #expect(usual.exitCode == 0 && usual.outputText.contains("span-x4"))
    #expect(usual.standardError.contains("permission denied"))
  }

  @Test("Half precision halves the file; info knows the weights all the same")
  func half() throws {
    let folder = try folder()
    let weights = Checkout.path("weights/span-x2.safetensors")
    for (arguments, types) in [([String](), "F16, F32"), (["--half"], "F16")] {
      let result = try ProcessRunner.run(
        Command.path, ["model", "convert", weights, folder.path("span.safetensors")] + arguments)
      #expect(result.exitCode == 0, "\(result.standardError)")
      let info = try Command.run(
        "model", "info", "span", "--json", "--models-dir", folder.url.path)
      let object = try #require(try jsonLines(info.outputText).first)
      #expect(object["official_name"] as? String == "span-x2")
      #expect(object["types"] as? String == types)
      for key in ["weights_memory", "least_memory_of_a_megapixel", "untiled_memory_of_a_megapixel"]
      {
        #expect(try #require(object[key] as? Int) > 0)
      }
    }
    let sizes = try ["2x-Tiny.safetensors", "half.safetensors"].map { name in
      if name == "half.safetensors" {
        let result = try Command.run(
          "model", "convert", "--half", "2x-Tiny.safetensors", name, in: folder)
        #expect(result.exitCode == 0, "\(result.standardError)")
      }
      let info = try Command.run("model", "info", "--json", folder.path(name))
      return try #require(try jsonLines(info.outputText).first?["bytes"] as? Int)
    }
    #expect(sizes[0] == 2 * sizes[1])
  }
}
