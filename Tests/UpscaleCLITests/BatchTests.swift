import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// A folder of inputs, a folder of outputs, and the command between them.
struct BatchFixture {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("in"), withIntermediateDirectories: true)
  }

  /// Writes an input; folders in its name are made.
  @discardableResult
  func add(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = folder.path("in/" + name)
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  func run(_ arguments: String..., to output: String = "out") throws -> ProcessRunner.Result {
    try ProcessRunner.run(
      Command.path, ["batch", "in", output, "-m", Command.quickModel] + arguments, in: folder.url)
  }

  /// Names and contents of the outputs, without the journal.
  func outputs(_ output: String = "out") throws -> [String: Data] {
    let root = folder.path(output)
    var found: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder)
      if isFolder.boolValue || name == ".upscale-batch.jsonl" { continue }
      found[name] = try Data(contentsOf: URL(filePath: root + "/" + name))
    }
    return found
  }

  /// The lines of the journal about files.
  func journal(_ output: String = "out") throws -> [[String: Any]] {
    let text = try String(
      contentsOfFile: folder.path(output + "/.upscale-batch.jsonl"), encoding: .utf8)
    return text.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }.filter { $0["event"] as? String == "file" }
  }

  /// Modification times and inodes of the outputs: what a run did not touch keeps both.
  func identities(_ output: String = "out") throws -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    for name in try outputs(output).keys {
      var status = stat()
      #expect(stat(folder.path(output + "/" + name), &status) == 0)
      result[name] = [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    }
    return result
  }
}

/// `upscale batch`: folders in, folders out.
@Suite(.waiting) struct BatchTests {
  @Test("The tree is mirrored, and each picture is what 'upscale image' makes of it")
  func mirrored() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.colour(.png), "a.png")
    try batch.add(Samples.photo, "trip/one/cat.JPG")
    try batch.add(Samples.colour(.webp, width: 20, height: 30), "trip/w.webp")
    try batch.add(Array("words".utf8), "trip/notes.txt")
    let result = try batch.run()
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.standardOutput.isEmpty)
    #expect(result.standardError.contains("3 done, 1 skipped, 0 failed"))
    let outputs = try batch.outputs()
    #expect(outputs.keys.sorted() == ["a.png", "trip/one/cat.JPG", "trip/w.webp"])
    for (name, content) in outputs {
      let single = try ProcessRunner.run(
        Command.path,
        ["image", "in/" + name, "-", "-m", Command.quickModel, "-f"]
          + [try #require(PictureFormat(fileName: name)).rawValue], in: batch.folder.url)
      #expect(Data(single.standardOutput) == content, "\(name)")
    }
  }

  @Test("A second run does nothing; a newer input, other settings, a lost output and --force do")
  func resume() throws {
    let batch = try BatchFixture()
    for index in 1...4 {
      try batch.add(Samples.grayPNG(width: 8, height: 8 + index), "\(index).png")
    }
    #expect(try batch.run().exitCode == 0)
    let before = try batch.identities()
    let second = try batch.run()
    #expect(second.exitCode == 0)
    #expect(second.standardError.contains("0 done, 4 done before"), "\(second.standardError)")
    #expect(try batch.identities() == before)

    try batch.add(Samples.grayPNG(width: 9, height: 9), "1.png")
    try FileManager.default.removeItem(atPath: batch.folder.path("out/2.png"))
    try Data([1, 2, 3]).write(to: URL(filePath: batch.folder.path("out/3.png")))
    let third = try batch.run()
    #expect(third.standardError.contains("3 done, 1 done before"), "\(third.standardError)")
    #expect(try batch.identities()["4.png"] == before["4.png"])

    #expect(try batch.run("--precision", "fast").standardError.contains("4 done,"))
    #expect(try batch.run("--precision", "fast").standardError.contains("4 done before"))
    #expect(try batch.run("--precision", "fast", "--force").standardError.contains("4 done,"))
  }

  @Test("Two pictures for one output are refused before the work, and both are named")
  func collisions() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.colour(.png), "a.png")
    try batch.add(Samples.colour(.jpeg), "a.jpg")
    let result = try batch.run("--format", "webp")
    expectRefusal(result, 64, saying: "'in/a.jpg' and 'in/a.png' would both become 'a.webp'")
    #expect(!FileManager.default.fileExists(atPath: batch.folder.path("out")))
    let named = try batch.run("--format", "webp", "--name", "{name}.{ext}")
    #expect(named.exitCode == 0, "\(named.standardError)")
    #expect(try batch.outputs().keys.sorted() == ["a.jpg.webp", "a.png.webp"])
  }
}
