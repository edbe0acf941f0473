import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Several runs on one folder, one after the other, at a time, or in parts.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct BatchManyTests {
  /// Thirty small pictures, two of them equal.
  private static func inputs() throws -> BatchFixture {
    let batch = try BatchFixture()
    for index in 0..<28 {
      let picture = try Samples.colour(.png, width: 10 + index, height: 20 + index % 3)
      try batch.add(picture, "\(index % 4)/\(index).png")
    }
    try batch.add(Samples.photo, "cat.jpg")
    try batch.add(Samples.photo, "twin.jpg")
    try batch.add(Array("torn".utf8), "torn.png")
    return batch
  }

  /// The outputs of one run.
  private static let whole = Result {
    let batch = try inputs()
    #expect(try batch.run().exitCode == 1)
    return try batch.outputs()
  }

  @Test("Pictures of the same bytes are computed once")
  func twins() throws {
    let batch = try Self.inputs()
    let result = try batch.run()
    #expect(
      result.standardError.contains(
        "30 done (1 of them copies of equal pictures), 0 skipped, 1 failed"),
      "\(result.standardError)")
    let outputs = try batch.outputs()
    #expect(outputs["cat.jpg"] != nil && outputs["cat.jpg"] == outputs["twin.jpg"])
    #expect(try batch.journal().count { $0["copy"] as? Int == 1 } == 1)
  }

  @Test("Four parts equal one run, and their journals join", arguments: [true, false])
  func shards(sharesFolder: Bool) throws {
    let batch = try Self.inputs()
    let whole = try Self.whole.get()
    var joined: [String: Data] = [:]
    var counts: [Int] = []
    for part in 1...4 {
      let output = sharesFolder ? "parts" : "part-\(part)"
      _ = try batch.run("--shard", "\(part)/4", to: output)
      let outputs = try batch.outputs(output)
      counts.append(outputs.count)
      joined.merge(outputs) { $1 }
    }
    #expect(joined == whole)
    if !sharesFolder { #expect(counts.reduce(0, +) == 30 && !counts.contains(0), "\(counts)") }
    let folders = sharesFolder ? ["parts"] : (1...4).map { "part-\($0)" }
    let merged = try ProcessRunner.run(
      Command.path, ["batch", "--merge-report"] + folders, in: batch.folder.url)
    #expect(merged.exitCode == 1)
    #expect(merged.standardError == "30 done, 1 failed\n")
    #expect(merged.outputText.split(separator: "\n").count == 31)
  }

  @Test("What a scheduler says is the part that is done")
  func automaticShard() throws {
    let batch = try Self.inputs()
    let slurm = try ProcessRunner.run(
      Command.path, ["batch", "in", "slurm", "-m", Command.quickModel, "--shard", "auto"],
      environment: [
        "SLURM_ARRAY_TASK_ID": "6", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_COUNT": "5",
      ], in: batch.folder.url)
    let kubernetes = try ProcessRunner.run(
      Command.path, ["batch", "in", "kube", "-m", Command.quickModel, "--shard", "auto"],
      environment: ["JOB_COMPLETION_INDEX": "2", "JOB_COMPLETIONS": "5"], in: batch.folder.url)
    _ = try batch.run("--shard", "3/5", to: "named")
    #expect(slurm.exitCode != 64 && kubernetes.exitCode != 64)
    let named = try batch.outputs("named")
    #expect(!named.isEmpty && named.count < 30)
    #expect(try batch.outputs("slurm") == named)
    #expect(try batch.outputs("kube") == named)
    expectRefusal(try batch.run("--shard", "auto"), 64, saying: "is set; say --shard I/N")
    expectRefusal(try batch.run("--shard", "5/4"), 64, saying: "--shard must be I/N")
  }

  @Test("Two runs at a time on one folder equal one run, and do nothing twice")
  func concurrent() throws {
    let batch = try Self.inputs()
    let whole = try Self.whole.get()
    let runs = try (0..<3).map { _ in
      try ProcessRunner.start(
        Command.path, ["batch", "in", "out", "-m", Command.quickModel, "--json"],
        in: batch.folder.url)
    }
    var done = 0
    for run in runs {
      let result = try run.finish()
      #expect(result.exitCode == 1, "\(result.standardError)")
      let last = try #require(
        result.standardError.split(separator: "\n").last.flatMap {
          (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        })
      #expect(last["left"] as? Int == 0)
      done += try #require(last["done"] as? Int)
    }
    #expect(try batch.outputs() == whole)
    #expect(done == 30)
    #expect(try batch.journal().count { $0["status"] as? String == "done" } == 30)
  }

  @Test(
    "Killed at any moment, a second run completes the folder and does nothing twice",
    arguments: 0..<6)
  func killed(round: Int) throws {
    let batch = try Self.inputs()
    let whole = try Self.whole.get()
    let run = try ProcessRunner.start(
      Command.path, ["batch", "in", "out", "-m", Command.quickModel], in: batch.folder.url)
    usleep(UInt32(round) * 50_000)
    run.send(SIGKILL)
    _ = try run.finish()
    let before = try batch.identities().filter { !$0.key.contains(".upscale-") }
    #expect(try batch.run().exitCode == 1)
    #expect(try batch.outputs() == whole)
    let after = try batch.identities()
    for (name, identity) in before { #expect(after[name] == identity, "\(name)") }
  }

  @Test("A torn or foreign line in the journal costs that line and no more")
  func tornJournal() throws {
    let batch = try Self.inputs()
    #expect(try batch.run().exitCode == 1)
    let path = batch.folder.path("out/.upscale-batch.jsonl")
    var text = try Data(contentsOf: URL(filePath: path))
    text.insert(contentsOf: Data("{\"half\": \n".utf8), at: 0)
    text.removeLast(40)
    try text.write(to: URL(filePath: path))
    let second = try batch.run()
    let complaint = "damaged lines of the journal"
    #expect(second.standardError.contains(complaint), "\(second.standardError)")
    let third = try batch.run()
    #expect(third.standardError.contains("0 done, 30 done before"), "\(third.standardError)")
  }

  @Test("--no-clobber keeps what is there and somebody else made")
  func noClobber() throws {
    let batch = try Self.inputs()
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("out"), withIntermediateDirectories: false)
    let old = Array("somebody's".utf8)
    try batch.folder.write(old, as: "out/cat.jpg")
    let result = try batch.run("--no-clobber")
    #expect(
      result.standardError.contains("1 picture whose output was there already"),
      "\(result.standardError)")
    #expect(try batch.folder.read("out/cat.jpg") == old)
    #expect(try batch.outputs().count == 30)
    #expect(try batch.run().standardError.contains("1 done, 29 done before"))
    #expect(try batch.folder.read("out/cat.jpg") != old)
  }

  @Test(
    "SIGINT ends the run, by the signal, with a summary and nothing half",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let batch = try BatchFixture()
    // Far more than one thread can do before the signal arrives.
    for index in 0..<60 {
      try batch.add(Samples.colour(.png, width: 90 + index, height: 90), "\(index).png")
    }
    let run = try ProcessRunner.start(
      Command.path, ["batch", "in", "out", "-m", Command.slowModel, "-v", "-t", "1"],
      in: batch.folder.url)
    #expect(run.wait(upTo: 600) { run.standardErrorSoFar.contains(".png ->") })
    run.send(signal)
    // A program that does not end by the signal is killed, which is another signal.
    let result = try run.finish()
    #expect(result.signal == signal)
    #expect(result.standardError.contains(" left, in "), "\(result.standardError)")
    // A worker that is slow to stop leaves its claim to the next run.
    let outputs = try batch.outputs().keys.filter { !$0.hasPrefix(".upscale-claims/") }
    #expect(!outputs.isEmpty && outputs.count < 60)
    for name in outputs {
      let inspected = try Command.run("inspect", batch.folder.path("out/" + name))
      #expect(inspected.exitCode == 0, "\(name): \(inspected.standardError)")
    }
  }

  @Test("A full disk stops the run at once with 74", .enabled(if: FullDisk.isPossible))
  func fullDisk() throws {
    let batch = try BatchFixture()
    for index in 0..<40 {
      try batch.add(
        PictureEncoder.encode(
          .noise(width: 40, height: 40, seed: UInt64(index)), as: .png), "\(index).png")
    }
    let result = try ProcessRunner.shell(
      FullDisk.enter + #"""
         bash -c '
          mkdir out && mount -t tmpfs -o size=256k tmpfs out || exit 99
          "$1" batch in out -m "$2"
          code=$?
          ls -A out
          exit $code' bash "$@"
        """#, [Command.path, Command.quickModel], in: batch.folder.url)
    #expect(result.exitCode == 74, "\(result.standardError)")
    #expect(result.standardError.contains("the disk is full"), "\(result.standardError)")
    let names = result.outputText.split(separator: "\n")
    #expect(names.count < 20 && names.contains(".upscale-batch.jsonl"))
    #expect(!names.contains { $0.hasSuffix(".part") })
  }

  @Test("A read-only folder is refused before the work", .enabled(if: FullDisk.isPossible))
  func readOnly() throws {
    let batch = try Self.inputs()
    let result = try ProcessRunner.shell(
      FullDisk.enter + #"""
         bash -c '
          mkdir out && mount -t tmpfs -o ro tmpfs out || exit 99
          exec "$1" batch in out -m "$2"' bash "$@"
        """#, [Command.path, Command.quickModel], in: batch.folder.url)
    #expect(result.exitCode == 73, "\(result.standardError)")
    #expect(result.standardError.contains("read-only"), "\(result.standardError)")
  }

  @Test("A promise of memory holds for the whole run, and changes no picture")
  func memory() throws {
    let batch = try BatchFixture()
    for index in 0..<12 {
      try batch.add(Samples.colour(.png, width: 100 + 20 * index, height: 90), "\(index).png")
    }
    try batch.add(Samples.colour(.png, width: 1200, height: 900), "large.png")
    #expect(try batch.run(to: "free").exitCode == 0)
    let result = try batch.run("--max-memory", "150M", "--json", to: "bound")
    #expect(result.exitCode == 0, "\(result.standardError)")
    let last = try #require(
      result.standardError.split(separator: "\n").last.flatMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      })
    #expect(try #require(last["peak_memory"] as? Int) <= 150_000_000)
    #expect(try batch.outputs("bound") == batch.outputs("free"))
  }

  @Test("A picture that cannot fit in memory alone fails with 75, and the others are done")
  func tooLarge() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.grayPNG(width: 16, height: 16), "small.png")
    try batch.add(Samples.colour(.webp, width: 900, height: 900), "large.webp")
    let result = try batch.run("--max-memory", "100M", "--json")
    #expect(result.exitCode == 1, "\(result.standardError)")
    #expect(try batch.outputs().keys.sorted() == ["small.png"])
    #expect(result.standardError.contains("\"exit_code\":75"), "\(result.standardError)")
    #expect(result.standardError.contains("raise --max-memory"), "\(result.standardError)")
  }

  @Test("--watch does what comes later, when it is complete, until stopped")
  func watch() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.grayPNG(width: 8, height: 8), "first.png")
    let run = try ProcessRunner.start(
      Command.path, ["batch", "in", "out", "-m", Command.quickModel, "--watch", "--json"],
      in: batch.folder.url)
    func isThere(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: batch.folder.path("out/" + name))
    }
    #expect(run.wait(upTo: 600) { isThere("first.png") })
    let whole = try Samples.colour(.png, width: 30, height: 30)
    let start = Date.now
    try batch.add(Array(whole[..<100]), "later/second.png")
    usleep(1_000_000)
    #expect(!isThere("later/second.png"))
    try batch.add(whole, "later/second.png")
    let pause = Date.now.timeIntervalSince(start)
    #expect(run.wait(upTo: 600) { isThere("later/second.png") })
    run.send(SIGTERM)
    let result = try run.finish()
    #expect(result.signal == SIGTERM)
    // A file that rests for two seconds is tried; on a busy machine the half one may have.
    if pause < 2 {
      #expect(
        !result.standardError.contains("\"failed\",\"input\""), "\(result.standardError)")
    }
    #expect(try batch.outputs().count == 2)
  }

  @Test("A list of names, by lines or NUL, from a file or a pipe")
  func lists() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.grayPNG(width: 8, height: 8), "a.png")
    try batch.add(Samples.grayPNG(width: 9, height: 8), "sub/b\nc.png")
    try batch.add(Samples.grayPNG(width: 10, height: 8), "not-listed.png")
    let piped = try ProcessRunner.shell(
      #"cd in && printf 'a.png\0sub/b\nc.png\0' | "$1" batch --files-from - -0 ../out -m "$2""#,
      [Command.path, Command.quickModel], in: batch.folder.url)
    #expect(piped.exitCode == 0, "\(piped.standardError)")
    #expect(try batch.outputs().keys.sorted() == ["a.png", "sub/b\nc.png"])
    try batch.folder.write(Array("a.png\ngone.png\n".utf8), as: "list")
    let listed = try batch.run("--files-from", "list", to: "listed")
    #expect(listed.exitCode == 1)
    #expect(listed.standardError.contains("'in/gone.png' does not exist"))
    #expect(try batch.outputs("listed").keys.sorted() == ["a.png"])
  }

  @Test("Several inputs, patterns, --flat, --no-recursive and --dry-run")
  func selection() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.grayPNG(width: 8, height: 8), "a.png")
    try batch.add(Samples.grayPNG(width: 9, height: 8), "raw/b.png")
    try batch.add(Samples.colour(.jpeg), "raw/c.jpg")
    func run(_ arguments: String...) throws -> ProcessRunner.Result {
      try ProcessRunner.run(
        Command.path, ["batch", "-m", Command.quickModel, "--dry-run"] + arguments,
        in: batch.folder.url)
    }
    func lines(_ result: ProcessRunner.Result) -> [String] {
      result.outputText.split(separator: "\n").map(String.init).sorted()
    }
    #expect(
      lines(try run("in", "in/raw/c.jpg", "out", "--flat", "--include", "*.png")) == [
        "in/a.png -> out/a.png", "in/raw/b.png -> out/b.png", "in/raw/c.jpg -> out/c.jpg",
      ])
    #expect(lines(try run("in", "out", "--no-recursive")) == ["in/a.png -> out/a.png"])
    #expect(lines(try run("in", "out", "--exclude", "raw")) == ["in/a.png -> out/a.png"])
    #expect(
      lines(try run("in", "in/raw", "out", "--exclude", "a*", "--include", "*.jpg")) == [
        "in/raw/c.jpg -> out/in/raw/c.jpg", "in/raw/c.jpg -> out/raw/c.jpg",
      ])
    #expect(
      lines(try run("in/raw", "out", "--name", "{stem}_{scale}x.{ext}", "-s", "2.5")) == [
        "in/raw/b.png -> out/b_2.5x.png", "in/raw/c.jpg -> out/c_2.5x.jpg",
      ])
    #expect(!FileManager.default.fileExists(atPath: batch.folder.path("out")))
  }
}
