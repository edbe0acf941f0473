import Foundation
import TestSupport
import Testing
import Upscale

/// `--blend` and `--denoise`, through the built executable.
@Suite struct BlendTests {
  /// A folder with a picture and a pair of models, of which the second is the first with other numbers.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png), as: "in.png")
    for (name, magnitude) in [("tiny-general-x2", 0.2), ("tiny-general-wdn-x2", 0.1)] {
      try folder.write(
        WeightFiles.safeTensors(WeightFiles.compactTensors(magnitude: Float(magnitude))),
        as: "\(name).safetensors")
    }
    try folder.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(scale: 3)), as: "tiny-x3.safetensors")
    return folder
  }

  private func picture(_ arguments: [String], in folder: TemporaryFolder) throws -> [UInt8] {
    let result = try ProcessRunner.run(
      Command.path, ["image", "in.png", "out.png", "--models-dir", "."] + arguments, in: folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    return try folder.read("out.png")
  }

  @Test(
    "The ends are the models themselves; --denoise is --blend with the partner, the other way round"
  )
  func ends() throws {
    let folder = try folder()
    // Without the record, which tells of what is blended.
    func picture(_ arguments: [String], in folder: TemporaryFolder) throws -> [UInt8] {
      try self.picture(arguments + ["--strip-metadata"], in: folder)
    }
    let first = try picture(["-m", "tiny-general-x2"], in: folder)
    let second = try picture(["-m", "tiny-general-wdn-x2"], in: folder)
    #expect(first != second)
    func blended(_ text: String) throws -> [UInt8] {
      try picture(["-m", "tiny-general-x2", "--blend", text], in: folder)
    }
    func denoised(_ text: String) throws -> [UInt8] {
      try picture(["-m", "tiny-general-x2", "--denoise", text], in: folder)
    }
    #expect(try blended("tiny-general-wdn-x2:0") == first)
    #expect(try blended("tiny-general-wdn-x2:1") == second)
    #expect(try denoised("1") == first)
    #expect(try denoised("0") == second)
    let middle = try blended("tiny-general-wdn-x2.safetensors:0.7")
    #expect(middle != first && middle != second)
    #expect(try denoised("0.3") == middle)
    // By its path, too.
    #expect(
      try picture(["-m", "./tiny-general-x2.safetensors", "--denoise", "0.3"], in: folder) == middle
    )
  }

  @Test("A batch knows its outputs by both models and the share")
  func batch() throws {
    let folder = try folder()
    for (arguments, isNew) in [
      (["--blend", "tiny-general-wdn-x2:0.5"], true), (["--denoise", "0.5"], false),
      (["--denoise", "0.4"], true), ([], true),
    ] {
      let result = try ProcessRunner.run(
        Command.path,
        ["batch", "in.png", "out", "--models-dir", ".", "-m", "tiny-general-x2", "--json"]
          + arguments,
        in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
      let done = try #require(
        try jsonLines(result.standardError).first { $0["event"] as? String == "done" })
      #expect(done["done"] as? Int == (isNew ? 1 : 0), "\(arguments)")
      let written = try folder.read("out/in.png")
      #expect(try picture(["-m", "tiny-general-x2"] + arguments, in: folder) == written)
    }
  }

  @Test(
    "What cannot be blended is refused in a sentence",
    arguments: [
      (["--blend", "tiny-x3:0.5"], 78, "one enlarges x2, the other x3"),
      (["--blend", "span-x2:0.5"], 78, "one is an SRVGGNetCompact, the other a SPAN"),
      (["--blend", "nobody:0.5"], 78, "no such model: 'nobody'"),
      (
        ["--blend", "tiny-x3"], 64, "for '--blend <model:share>': it must be a model and its share"
      ),
      (["--blend", ":0.5"], 64, "for '--blend <model:share>': it must be a model and its share"),
      (["--blend", "tiny-x3:2"], 64, "from 0 to 1"),
      (["--denoise", "2"], 64, "for '--denoise <share>': it must be a number from 0 to 1"),
      (["--denoise", "0.5", "--blend", "tiny-x3:0.5"], 64, "choose one"),
      (["--denoise", "0.5", "-m", "tiny-x3"], 78, "'tiny-x3' has no partner"),
      (["--denoise", "0.5", "-m", "span-x4"], 78, "'span-x4' has no partner"),
      (["--denoise", "0.5", "-m", "auto", "-s", "2"], 64, "--model auto"),
    ] as [([String], Int32, String)])
  func refusals(arguments: [String], code: Int32, part: String) throws {
    let folder = try folder()
    let names = folder.names
    let model = arguments.contains("-m") ? [] : ["-m", "tiny-general-x2"]
    for command in [["image", "in.png", "out.png"], ["batch", "in.png", "out"]] {
      let result = try ProcessRunner.run(
        Command.path, command + ["--models-dir", "."] + model + arguments, in: folder.url)
      expectRefusal(result, code, saying: part)
    }
    #expect(folder.names == names)
  }
}
