import Foundation
import TestSupport
import Testing
import Upscale

/// Damaged pictures are enlarged as far as they can be read, and named: standard error says what is missing,
/// and the exit code is 2.
@Suite struct WholenessTests {
  /// Two thirds of a photo.
  static let cut = Array(Samples.photo.prefix(Samples.photo.count * 2 / 3))
  static let sentence = "the file ends early: the lower"

  private static func events(_ text: String) -> [[String: Any]] {
    text.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  @Test("'image' writes the output, names the input and exits 2", arguments: [[], ["--quiet"]])
  func image(options: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.cut, as: "cut.jpg")
    let result = try ProcessRunner.run(
      Command.path, ["image", "cut.jpg", "out.png", "-m", Command.quickModel] + options,
      in: folder.url)
    #expect(result.exitCode == 2, "\(result.standardError)")
    #expect(result.standardError.hasPrefix("upscale: 'cut.jpg': \(Self.sentence)"))
    #expect(result.standardError.filter { $0 == "\n" }.count == 1)
    #expect(try Command.run("inspect", "out.png", in: folder).outputText.contains("640 × 480"))
  }

  @Test("Through pipes the picture is whole, and the exit code is 2 all the same")
  func pipes() throws {
    let result = try Command.run("image", "-", "-", "-m", Command.quickModel, input: Self.cut)
    #expect(result.exitCode == 2)
    #expect(result.standardError.contains("standard input: \(Self.sentence)"))
    let inspected = try Command.run("inspect", "-", input: result.standardOutput)
    #expect(inspected.exitCode == 0 && inspected.outputText.contains("640 × 480"))
  }

  @Test("'image --json' and 'inspect' tell it, too")
  func json() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.cut, as: "cut.jpg")
    let image = try Command.run(
      "image", "cut.jpg", "out.png", "-m", Command.quickModel, "--json", in: folder)
    #expect(image.exitCode == 2)
    let done = Self.events(image.standardError).last
    #expect((done?["damage"] as? String)?.contains(Self.sentence) == true)
    let whole = try Command.run(
      "image", Command.photo, "out.png", "-m", Command.quickModel, "--json", in: folder)
    #expect(whole.exitCode == 0)
    #expect(Self.events(whole.standardError).last?["damage"] is NSNull)
    let inspect = try Command.run("inspect", "cut.jpg", in: folder)
    #expect(inspect.exitCode == 2 && inspect.outputText.contains(Self.sentence))
    #expect(inspect.standardError.hasPrefix("upscale: 'cut.jpg': \(Self.sentence)"))
    let asJSON = try Command.run("inspect", "cut.jpg", "--json", in: folder)
    #expect(asJSON.exitCode == 2)
    let facts = Self.events(asJSON.outputText).first
    #expect(facts?["usable"] as? Bool == true)
    #expect((facts?["damage"] as? String)?.contains(Self.sentence) == true)
  }

  @Test("'batch' names each, in every run, in the journal and on the page, until it is replaced")
  func batch() throws {
    let batch = try BatchFixture()
    try batch.add(Self.cut, "cut.jpg")
    try batch.add(Self.cut, "copy.jpg")
    try batch.add(Samples.photo, "whole.jpg")
    func named(_ result: ProcessRunner.Result, _ names: [String]) {
      #expect(result.exitCode == 2, "\(result.standardError)")
      for name in names {
        #expect(
          result.standardError.contains("upscale: not whole: 'in/\(name)': \(Self.sentence)"),
          "\(name): \(result.standardError)")
      }
      #expect(!result.standardError.contains("whole.jpg"))
      #expect(result.standardError.contains("\(names.count) not whole"))
    }
    named(try batch.run("--report", "page.html"), ["cut.jpg", "copy.jpg"])
    #expect(try batch.outputs().count == 3)
    let lines = try batch.journal()
    #expect(lines.count { ($0["damage"] as? String)?.contains(Self.sentence) == true } == 2)
    let page = String(decoding: try batch.folder.read("page.html"), as: UTF8.self)
    #expect(page.components(separatedBy: Self.sentence).count == 3)
    #expect(page.contains("Not whole"))

    // Done already, by either file; a dry run and the merged journals know it, too.
    named(try batch.run(), ["cut.jpg", "copy.jpg"])
    named(try batch.run("--dry-run"), ["cut.jpg", "copy.jpg"])
    named(
      try Command.run("batch", "--merge-report", "out", in: batch.folder), ["cut.jpg", "copy.jpg"])
    let again = try batch.run("--json", "--quiet")
    #expect(again.exitCode == 2)
    #expect(Self.events(again.standardError).count { $0["damage"] is String } == 2)

    try batch.add(Samples.photo, "cut.jpg")
    named(try batch.run(), ["copy.jpg"])
    try FileManager.default.removeItem(atPath: batch.folder.path("in/copy.jpg"))
    #expect(try batch.run().exitCode == 0)
  }

  @Test("A batch in which something failed, too, exits 1 and names both")
  func failures() throws {
    let batch = try BatchFixture()
    try batch.add(Self.cut, "cut.jpg")
    try batch.add([1, 2, 3], "bad.png")
    let result = try batch.run()
    #expect(result.exitCode == 1)
    #expect(result.standardError.contains("not whole: 'in/cut.jpg'"))
    #expect(result.standardError.contains("failed: 'in/bad.png'"))
  }

  @Test("That only the first of several frames is read is said of files and of pipes")
  func frames() throws {
    let folder = try TemporaryFolder()
    let simple = try PictureEncoder.encode(
      .waves(width: 8, height: 8), as: .webp, options: EncodingOptions(lossless: true))
    let animation = WebPBuilder.animation(canvas: (8, 8), frame: simple, size: (8, 8), count: 3)
    try folder.write(animation, as: "a.webp")
    let file = try Command.run(
      "image", "a.webp", "a.png", "-m", Command.quickModel, in: folder)
    #expect(file.exitCode == 0)
    #expect(file.standardError.contains("'a.webp': the WebP is an animation"))
    let pipe = try Command.run("image", "-", "-", "-m", Command.quickModel, input: animation)
    #expect(pipe.exitCode == 0 && !pipe.standardOutput.isEmpty)
    #expect(
      pipe.standardError.contains("standard input: the WebP is an animation"),
      "\(pipe.standardError)")
  }

  @Test("A PNG that lacks only its end is read, with a word")
  func noEnd() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array(try Samples.colour(.png).dropLast(12)), as: "a.png")
    let result = try Command.run(
      "image", "a.png", "out.png", "-m", Command.quickModel, in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.standardError.contains("'a.png': the file ends before its end marker"))
  }

  @Test("What phones write alarms nobody")
  func phone() throws {
    var bytes = Samples.photo
    let scan = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    let start = scan + 2 + Int(bytes[scan + 2]) << 8 + Int(bytes[scan + 3])
    bytes.replaceSubrange(start - 3..<start, with: [0, 0, 0])
    let folder = try TemporaryFolder()
    try folder.write(bytes, as: "phone.jpg")
    let result = try Command.run(
      "image", "phone.jpg", "out.png", "-m", Command.quickModel, in: folder)
    #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
  }
}
