import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Results beside their originals: outputs are never inputs, and originals are never replaced.
@Suite struct BatchBesideTests {
  private static let name = ["--name", "{stem}_{scale}x.{ext}"]

  private func fixture(_ names: [String] = ["a.png", "sub/b.png"]) throws -> BatchFixture {
    let batch = try BatchFixture()
    for (index, name) in names.enumerated() {
      try batch.add(Samples.grayPNG(width: 12 + index, height: 9), name)
    }
    return batch
  }

  private func run(
    _ batch: BatchFixture, _ options: String..., named name: [String] = name
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.run(
      Command.path, ["batch", "in", "in", "-m", Command.quickModel] + name + options,
      in: batch.folder.url)
  }

  private func names(_ batch: BatchFixture) throws -> [String] {
    try batch.outputs("in").keys.sorted()
  }

  @Test(
    "A second run takes no results for pictures, with --force, other settings and by lists either")
  func again() throws {
    let batch = try fixture()
    let all = ["a.png", "a_4x.png", "sub/b.png", "sub/b_4x.png"]
    let originals = try batch.outputs("in")
    let plan = try run(batch, "--dry-run")
    #expect(
      String(decoding: plan.standardOutput, as: UTF8.self)
        == "in/a.png -> in/a_4x.png\nin/sub/b.png -> in/sub/b_4x.png\n")
    let first = try run(batch)
    #expect(first.exitCode == 0, "\(first.standardError)")
    #expect(try names(batch) == all)
    let second = try run(batch)
    #expect(second.standardError.contains("0 done, 2 done before"), "\(second.standardError)")
    #expect(second.standardError.contains("2 outputs of earlier runs"), "\(second.standardError)")
    let dry = try run(batch, "--dry-run")
    #expect(dry.standardOutput.isEmpty && dry.exitCode == 0)
    let before = try batch.identities("in")
    let forced = try run(batch, "--force")
    #expect(forced.standardError.contains("2 done"), "\(forced.standardError)")
    #expect(try names(batch) == all)
    #expect(try batch.identities("in")["a_4x.png"] != before["a_4x.png"])
    let fast = try run(batch, "--precision", "fast")
    #expect(fast.standardError.contains("2 done"), "\(fast.standardError)")
    let smaller = try run(batch, "--scale", "2")
    #expect(smaller.exitCode == 0, "\(smaller.standardError)")
    #expect(try names(batch) == (all + ["a_2x.png", "sub/b_2x.png"]).sorted())
    try batch.folder.write(Array("a.png\na_4x.png\nsub/b_2x.png\n".utf8), as: "list")
    let list = try ProcessRunner.run(
      Command.path,
      ["batch", "--files-from", "list", "in", "in", "-m", Command.quickModel, "-s", "3"]
        + Self.name, in: batch.folder.url)
    #expect(list.standardError.contains("1 done"), "\(list.standardError)")
    #expect(try names(batch) == (all + ["a_2x.png", "a_3x.png", "sub/b_2x.png"]).sorted())
    for (name, bytes) in originals { #expect(try batch.outputs("in")[name] == bytes) }
  }

  @Test("A changed original is done again, and its result replaced")
  func changed() throws {
    let batch = try fixture()
    #expect(try run(batch).exitCode == 0)
    try batch.add(Samples.grayPNG(width: 20, height: 20), "a.png")
    let second = try run(batch)
    #expect(second.standardError.contains("1 done, 1 done before"), "\(second.standardError)")
    let result = try PictureDecoder.decode([UInt8](batch.folder.read("in/a_4x.png"))).picture
    #expect(result.width == 80)
    // A broken original fails; its old result stays, and is no picture to enlarge.
    try batch.add(Array("no picture".utf8), "a.png")
    #expect(try run(batch).exitCode == 1)
    #expect(try run(batch).exitCode == 1)
    #expect(try names(batch) == ["a.png", "a_4x.png", "sub/b.png", "sub/b_4x.png"])
  }

  @Test("Without the journal nothing is enlarged twice and nothing replaced")
  func lostJournal() throws {
    let batch = try fixture()
    #expect(try run(batch).exitCode == 0)
    try FileManager.default.removeItem(atPath: batch.folder.path("in/.upscale-batch.jsonl"))
    let before = try batch.identities("in")
    for options in [[], ["--force"], ["--dry-run"]] {
      let result = try ProcessRunner.run(
        Command.path, ["batch", "in", "in", "-m", Command.quickModel] + Self.name + options,
        in: batch.folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
      #expect(
        result.standardError.contains("2 files with the name of another picture's output"),
        "\(result.standardError)")
      #expect(
        result.standardError.contains("would replace a file that no run has written"),
        "\(result.standardError)")
      #expect(try batch.identities("in") == before)
    }
    // A new picture is done nevertheless.
    try batch.add(Samples.grayPNG(width: 9, height: 9), "c.png")
    #expect(try run(batch).standardError.contains("1 done"))
    #expect(try names(batch).contains("c_4x.png"))
  }

  @Test("A file of a user's own in the place of a result stays, whatever it holds and is asked for")
  func foreign() throws {
    let batch = try fixture()
    let precious = Array("precious".utf8)
    try batch.folder.write(precious, as: "in/a_4x.png")
    for options in [[], ["--force"]] {
      let result = try ProcessRunner.run(
        Command.path, ["batch", "in", "in", "-m", Command.quickModel] + Self.name + options,
        in: batch.folder.url)
      #expect(
        result.standardError.contains("1 picture whose output would replace a file"),
        "\(result.standardError)")
      #expect(try batch.folder.read("in/a_4x.png") == precious)
    }
    // A result that was edited since is a user's own file, too.
    try batch.folder.write(precious, as: "in/sub/b_4x.png")
    #expect(try run(batch, "--force").standardError.contains("2 pictures whose output"))
    #expect(try batch.folder.read("in/sub/b_4x.png") == precious)
  }

  @Test(
    "Names that are those of the originals are refused, with advice; other formats go beside them")
  func collisions() throws {
    let batch = try fixture()
    let before = try batch.outputs("in")
    let refused = try run(batch, named: [])
    expectRefusal(refused, 64, saying: "is the input 'in/a.png'")
    #expect(refused.standardError.contains("--name '{stem}_{scale}x.{ext}'"))
    #expect(try batch.outputs("in") == before)
    let webp = try run(batch, "--format", "webp", named: [])
    #expect(webp.exitCode == 0, "\(webp.standardError)")
    #expect(try names(batch) == ["a.png", "a.webp", "sub/b.png", "sub/b.webp"])
    let again = try run(batch, "--format", "webp", named: [])
    #expect(again.standardError.contains("0 done, 2 done before"), "\(again.standardError)")
  }

  @Test("Several folders and flat outputs among them keep results apart from pictures")
  func flat() throws {
    let batch = try fixture()
    let flat = try run(batch, "--flat")
    #expect(flat.exitCode == 0, "\(flat.standardError)")
    #expect(try names(batch) == ["a.png", "a_4x.png", "b_4x.png", "sub/b.png"])
    #expect(try run(batch, "--flat").standardError.contains("0 done, 2 done before"))
    let two = { () throws -> ProcessRunner.Result in
      try ProcessRunner.run(
        Command.path,
        ["batch", "in", "in/sub", "in", "-m", Command.quickModel, "-s", "2"] + Self.name,
        in: batch.folder.url)
    }
    #expect(try two().exitCode == 0)
    let made = try names(batch)
    let second = try two()
    #expect(second.standardError.contains("0 done"), "\(second.standardError)")
    #expect(try names(batch) == made)
  }

  @Test("A run that is killed is taken up again, and leaves nothing else", .waiting)
  func killed() throws {
    let names = (0..<12).map { "p\($0).png" }
    let batch = try BatchFixture()
    for (index, name) in names.enumerated() {
      try batch.add(Samples.grayPNG(width: 40 + index, height: 30), name)
    }
    for done in [1, 4, 8] {
      let run = try ProcessRunner.start(
        Command.path,
        ["batch", "in", "in", "-m", Command.quickModel, "-t", "1", "--tta"] + Self.name,
        in: batch.folder.url)
      _ = run.wait(upTo: 60) {
        (try? self.names(batch).count { $0.contains("_4x") }) ?? 0 >= done
      }
      run.send(SIGKILL)
      _ = try run.finish()
    }
    let last = try run(batch, "--tta")
    #expect(last.exitCode == 0, "\(last.standardError)")
    let expected = names + names.map { $0.replacingOccurrences(of: ".png", with: "_4x.png") }
    #expect(try self.names(batch) == expected.sorted())
    #expect(try run(batch, "--tta").standardError.contains("0 done, 12 done before"))
  }

  @Test("Several runs at once, and a watch, make each result once", .waiting)
  func together() throws {
    let batch = try BatchFixture()
    for index in 0..<10 {
      try batch.add(Samples.grayPNG(width: 30 + index, height: 30), "p\(index).png")
    }
    let arguments = ["batch", "in", "in", "-m", Command.quickModel] + Self.name
    let watch = try ProcessRunner.start(
      Command.path, arguments + ["--watch", "--json"], in: batch.folder.url)
    let other = try ProcessRunner.start(Command.path, arguments, in: batch.folder.url)
    let first = try other.finish()
    #expect(first.exitCode == 0, "\(first.standardError)")
    let results = { try self.names(batch).count { $0.contains("_4x") } }
    #expect(watch.wait(upTo: 60) { (try? results()) == 10 })
    try batch.add(Samples.grayPNG(width: 50, height: 30), "late.png")
    #expect(watch.wait(upTo: 60) { (try? results()) == 11 })
    // Time for two more searches, in which results would be found.
    _ = watch.wait(upTo: 9) { false }
    watch.send(SIGINT)
    let end = try watch.finish()
    #expect(end.signal == SIGINT, "\(end.standardError)")
    let all = try names(batch)
    #expect(all.count == 22 && !all.contains { $0.contains("_4x_4x") }, "\(all)")
    #expect(!end.standardError.contains(#""status":"failed""#), "\(end.standardError)")
  }
}
