import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// A folder with everything that a batch must skip or refuse.
@Suite(.waiting) struct BatchOddTests {
  /// Entries that are reported as failed, and why; the good ones; those that are skipped.
  private struct Folder {
    var good: [String] = []
    var failed: [String: String] = [:]
    var skipped: [String] = []
  }

  private func make(in batch: BatchFixture) throws -> Folder {
    var folder = Folder()
    var number = 0
    // Every good picture is one of its own.
    func picture(_ format: PictureFormat = .png) throws -> [UInt8] {
      number += 1
      return try Samples.colour(format, width: 8 + number, height: 9)
    }
    func good(_ name: String, _ bytes: [UInt8]) throws {
      try batch.add(bytes, name)
      folder.good.append(name)
    }
    func bad(_ name: String, _ bytes: [UInt8], _ reason: String) throws {
      try batch.add(bytes, name)
      folder.failed[name] = reason
    }
    func skip(_ name: String, _ bytes: [UInt8]) throws {
      try batch.add(bytes, name)
      folder.skipped.append(name)
    }
    func raw(_ name: [UInt8], _ make: (UnsafePointer<CChar>) -> Int32) {
      let path = Array(batch.folder.path("in").utf8) + [0x2F] + name + [0]
      let code = path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map(make) ?? -1
      }
      #expect(code >= 0)
    }

    // Good ones that others trip over.
    try good("plain.png", picture())
    try good("-leading.png", picture())
    try good(".hidden.png", picture())
    try good("a b'c\"d$e.png", picture())
    try good("new\nline.png", picture())
    try good("Ünï-日本.webp", picture(.webp))
    try good("UPPER.JPEG", picture(.jpeg))
    try good("no-extension", picture())
    try good("jpeg-called.png", picture(.jpeg))
    try good("dots.in.name.png", picture())
    try good(String(repeating: "n", count: 251) + ".png", picture())
    try good("one-pixel.png", Samples.grayPNG(width: 1, height: 1))
    try good("deep/er/and/deeper/p.png", picture())
    let animation = "\u{1B}[31mred.png"
    try good(animation, picture())

    // Damaged and foreign.
    let whole = try Samples.colour(.png, width: 64, height: 64)
    try bad("empty.png", [], "is empty")
    try bad("half.png", Array(whole[..<(whole.count / 2)]), "damaged")
    try bad("signature.png", Array(whole[..<8]), "damaged")
    try bad("torn.jpg", Array(Samples.photo[..<400]), "damaged")
    try bad("page.jpg", Array("<html>404</html>".utf8), "is not a picture")
    try bad(
      "phone.jpg", [0, 0, 0, 24] + Array("ftypheic".utf8) + Array(repeating: 0, count: 64), "HEIC")
    try bad("huge.png", Samples.claimingPNG(width: 60_000, height: 60_000), "damaged")
    try bad(
      "noise.webp", Array("RIFF".utf8) + [9, 9, 9, 9] + Array("WEBP".utf8) + [1, 2, 3], "damaged")
    try skip("notes.txt", Array("words".utf8))
    try skip("Thumbs.db", [0xD0, 0xCF, 0x11, 0xE0])
    try skip(".DS_Store", [0, 0, 0, 1])
    try skip("._plain.png", [0, 5, 22, 7])
    try skip("movie.gif", Array("GIF89a".utf8) + Array(repeating: 0, count: 20))
    try skip(".upscale-1-x.part", Array("of a dead run".utf8))

    // What is no file.
    mkfifo(batch.folder.path("in/fifo.png"), 0o600)
    folder.skipped.append("fifo.png")
    symlink("nowhere.png", batch.folder.path("in/dangling.png"))
    folder.failed["dangling.png"] = "does not exist"
    symlink("circle-b.png", batch.folder.path("in/circle-a.png"))
    symlink("circle-a.png", batch.folder.path("in/circle-b.png"))
    folder.failed["circle-a.png"] = "symbolic links go in a circle"
    folder.failed["circle-b.png"] = "symbolic links go in a circle"
    symlink("..", batch.folder.path("in/deep/up"))
    folder.skipped.append("deep/up")
    symlink("/dev/zero", batch.folder.path("in/zero.png"))
    folder.skipped.append("zero.png")
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("in/folder.png"), withIntermediateDirectories: false)
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("in/nothing"), withIntermediateDirectories: false)
    symlink("plain.png", batch.folder.path("in/soft.png"))
    folder.good.append("soft.png")
    Glibc.link(batch.folder.path("in/plain.png"), batch.folder.path("in/hard.png"))
    folder.good.append("hard.png")
    raw([0x62, 0xFF, 0xFE, 0x2E, 0x70, 0x6E, 0x67]) { name in
      symlink("plain.png", name)
    }
    return folder
  }

  @Test("Every good picture is done, every odd one is reported, and the exit code is 1")
  func oddEntries() throws {
    let batch = try BatchFixture()
    let folder = try make(in: batch)
    let result = try ProcessRunner.run(
      Command.path, ["batch", "in", "out", "-m", Command.quickModel, "--json"],
      in: batch.folder.url)
    #expect(result.exitCode == 1, "\(result.standardError)")
    let events = result.standardError.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
    func inputs(_ status: String) -> [String] {
      events.filter { $0["status"] as? String == status }.compactMap { $0["input"] as? String }
    }

    for name in folder.good {
      let path =
        name == "jpeg-called.png"
        ? "jpeg-called.jpg" : name == "no-extension" ? name + ".png" : name
      #expect(FileManager.default.fileExists(atPath: batch.folder.path("out/" + path)), "\(name)")
    }
    for (name, reason) in folder.failed {
      let event = events.first {
        $0["status"] as? String == "failed" && $0["input"] as? String == "in/" + name
      }
      let message = try #require(event?["message"] as? String, "\(name)")
      #expect(message.contains(reason), "\(name): \(message)")
    }
    for name in folder.skipped where !name.hasPrefix(".upscale") {
      #expect(inputs("skipped").contains("in/" + name), "\(name)")
    }
    // One more than Foundation can read, whose JSON knows no name that is not UTF-8.
    let doneCount = folder.good.count + 1
    #expect(inputs("done").count == folder.good.count)
    let listed = try ProcessRunner.shell(
      #"cd out && ls -b | grep -c 'b\\377\\376.png'"#, environment: ["LC_ALL": "C"],
      in: batch.folder.url)
    #expect(listed.outputText == "1\n")
    #expect(result.standardError.contains(#""input":"in/b\udcff\udcfe.png""#))
    #expect(inputs("failed").count == folder.failed.count)

    let last = try #require(events.last)
    #expect(last["event"] as? String == "done")
    #expect(last["done"] as? Int == doneCount)
    #expect(last["failed"] as? Int == folder.failed.count)
    // Of upscale's own files only the journal is left, and no input has changed.
    #expect(!batch.folder.names.contains { $0.hasPrefix(".upscale") })
    #expect(FileManager.default.fileExists(atPath: batch.folder.path("in/.upscale-1-x.part")))

    let again = try batch.run()
    #expect(again.exitCode == 1)
    #expect(
      again.standardError.contains("0 done, \(doneCount) done before"), "\(again.standardError)")
  }

  @Test(
    "A folder or file that may not be read is reported, and the rest is done",
    .enabled(if: Unprivileged.isPossible))
  func unreadable() throws {
    let batch = try BatchFixture()
    chmod(batch.folder.url.path, 0o777)
    try batch.add(Samples.grayPNG(width: 8, height: 8), "good.png")
    chmod(try batch.add(Samples.grayPNG(width: 9, height: 8), "locked.png"), 0)
    try batch.add(Samples.grayPNG(width: 10, height: 8), "closed/in.png")
    chmod(batch.folder.path("in/closed"), 0)
    defer { chmod(batch.folder.path("in/closed"), 0o700) }
    let result = try Unprivileged.run(
      ["batch", batch.folder.path("in"), batch.folder.path("out"), "-m", Command.quickModel])
    #expect(result.exitCode == 1, "\(result.standardError)")
    #expect(result.standardError.contains("1 done, 0 skipped, 2 failed"), "\(result.standardError)")
    #expect(result.standardError.contains("locked.png' cannot be read: permission denied"))
    #expect(result.standardError.contains("closed' cannot be read: permission denied"))
  }

  @Test("A file that grows meanwhile is reported, and done by the next run")
  func growing() throws {
    let batch = try BatchFixture()
    for index in 0..<8 {
      try batch.add(Samples.colour(.png, width: 96 + index, height: 96), "\(index).png")
    }
    // Small ones come last: by the time it is its turn, it has grown.
    let whole = try Samples.colour(.png, width: 6, height: 6)
    let path = try batch.add(Array(whole.dropLast(12)), "growing.png")
    let run = try ProcessRunner.start(
      Command.path, ["batch", "in", "out", "-m", Command.slowModel, "--json", "-t", "1"],
      in: batch.folder.url)
    #expect(run.wait(upTo: 600) { run.standardErrorSoFar.contains("\"start\"") })
    run.send(SIGSTOP)
    try Data(whole).write(to: URL(filePath: path))
    run.send(SIGCONT)
    let result = try run.finish()
    #expect(result.exitCode == 1, "\(result.standardError)")
    #expect(result.standardError.contains("growing.png' was being changed meanwhile"))
    let next = try ProcessRunner.run(
      Command.path, ["batch", "in", "out", "-m", Command.slowModel], in: batch.folder.url)
    #expect(next.standardError.contains("1 done, 8 done before"), "\(next.standardError)")
    #expect(try batch.outputs()["growing.png"] != nil)
  }

  @Test("The folder of outputs inside that of inputs is not looked through")
  func outputInside() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.grayPNG(width: 8, height: 8), "a.png")
    #expect(try batch.run(to: "in/out").exitCode == 0)
    let second = try batch.run(to: "in/out")
    #expect(second.standardError.contains("0 done, 1 done before"), "\(second.standardError)")
    #expect(try batch.outputs("in/out").keys.sorted() == ["a.png"])
  }

  @Test("Outputs never take the place of inputs")
  func overInputs() throws {
    let batch = try BatchFixture()
    let picture = try Samples.grayPNG(width: 8, height: 8)
    try batch.add(picture, "sub/a.png")
    expectRefusal(try batch.run(to: "in"), 64, saying: "is the input 'in/sub/a.png'")
    symlink("in", batch.folder.path("alias"))
    expectRefusal(try batch.run(to: "alias"), 64, saying: "is the input 'in/sub/a.png'")
    // The folder of outputs contains a link to that of inputs.
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("out"), withIntermediateDirectories: false)
    symlink("../in/sub", batch.folder.path("out/sub"))
    expectRefusal(try batch.run(), 64, saying: "is the input 'in/sub/a.png'")
    #expect(try batch.folder.read("in/sub/a.png") == picture)
  }

  @Test("An output's name that is a link is replaced, and what it leads to stays")
  func linkedOutput() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.grayPNG(width: 8, height: 8), "a.png")
    let precious = Array("precious".utf8)
    try batch.folder.write(precious, as: "precious")
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("out"), withIntermediateDirectories: false)
    symlink("../precious", batch.folder.path("out/a.png"))
    #expect(try batch.run().exitCode == 0)
    #expect(try batch.folder.read("precious") == precious)
    var status = stat()
    #expect(
      lstat(batch.folder.path("out/a.png"), &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
  }
}
