import Foundation
import TestSupport
import Testing

/// Folders for outputs that cannot be made or written into: the message names the cause, and a dry run gives
/// it as well.
@Suite struct RefusedFolderTests {
  private static let dry: [[String]] = [[], ["--dry-run"]]

  @Test(
    "A folder below one without the right to write exits 77",
    .enabled(if: Unprivileged.isPossible), arguments: dry)
  func parent(options: [String]) throws {
    let batch = try BatchFixture()
    try batch.add(Samples.photo, "a.jpg")
    chmod(batch.folder.url.path, 0o755)
    let closed = batch.folder.path("closed")
    try FileManager.default.createDirectory(atPath: closed, withIntermediateDirectories: false)
    chmod(closed, 0o555)
    for output in ["closed/out", "closed/deep/out", "closed"] {
      let result = try Unprivileged.run(
        ["batch", "in", output, "-m", Command.quickModel] + options, in: batch.folder)
      expectRefusal(result, 77, saying: "no permission to write into folder 'closed'")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: closed).isEmpty)
  }

  @Test("Files where folders are needed exit 73", arguments: dry)
  func files(options: [String]) throws {
    let batch = try BatchFixture()
    try batch.add(Samples.photo, "a.jpg")
    try batch.folder.write([1], as: "file")
    symlink("nowhere", batch.folder.path("dangling"))
    symlink("circle", batch.folder.path("circle"))
    for (output, part) in [
      ("file", "'file' is not a folder"), ("file/out", "'file' is not a folder"),
      ("file/deep/out", "not a folder"), ("dangling", "a file has its name"),
      ("circle/out", "go in a circle"), (String(repeating: "x", count: 300), "too long"),
    ] {
      let result = try ProcessRunner.run(
        Command.path, ["batch", "in", output, "-m", Command.quickModel] + options,
        in: batch.folder.url)
      expectRefusal(result, 73, saying: part)
    }
    #expect(batch.folder.names == ["circle", "dangling", "file", "in"])
  }

  @Test(
    "A read-only file system exits 73 and is called so", .enabled(if: FullDisk.isPossible),
    arguments: dry)
  func readOnly(options: [String]) throws {
    let batch = try BatchFixture()
    try batch.add(Samples.photo, "a.jpg")
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("disk"), withIntermediateDirectories: false)
    for command in [
      ["batch", "in", "disk/out", "-m", Command.quickModel] + options,
      ["batch", "in", "disk", "-m", Command.quickModel] + options,
      ["image", "in/a.jpg", "disk/out.png", "-m", Command.quickModel] + options,
    ] {
      let result = try ProcessRunner.shell(
        FullDisk.enter + #" bash -c 'mount -t tmpfs -o ro tmpfs disk && exec "$@"' bash "$@""#,
        [Command.path] + command, in: batch.folder.url)
      expectRefusal(result, 73, saying: "read-only file system")
    }
  }

  @Test(
    "A folder or file in the place of the run's own files is told as what it is", arguments: dry)
  func ownFiles(options: [String]) throws {
    let batch = try BatchFixture()
    try batch.add(Samples.photo, "a.jpg")
    try FileManager.default.createDirectory(
      atPath: batch.folder.path("out/.upscale-batch.jsonl"), withIntermediateDirectories: true)
    let result = try ProcessRunner.run(
      Command.path, ["batch", "in", "out", "-m", Command.quickModel] + options,
      in: batch.folder.url)
    expectRefusal(result, 73, saying: "is the name of the journal and is no file")
    expectRefusal(
      try ProcessRunner.run(
        Command.path, ["batch", "-", "out", "-m", Command.quickModel] + options,
        in: batch.folder.url), 64, saying: "--files-from -")
  }

  @Test("An output that is a folder, and more than two names, get a sentence about that")
  func image() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.photo, as: "in.jpg")
    try FileManager.default.createDirectory(
      atPath: folder.path("out"), withIntermediateDirectories: false)
    for output in ["out", "out/", "new/"] {
      expectRefusal(try Command.run("image", "in.jpg", output, in: folder), 73, saying: "a folder")
    }
    expectRefusal(
      try Command.run("image", "in.jpg", "in.jpg", "out", in: folder), 64, saying: "upscale batch")
    expectRefusal(
      try Command.run("image", "in.jpg", "a.png", "b.png", "--scale", "2", in: folder), 64,
      saying: "not 3 names")
    expectRefusal(
      try Command.run("image", "", "a.png", in: folder), 64, saying: "name of the input is empty")
    expectRefusal(
      try Command.run("batch", "in.jpg", "out", "--report", "-", in: folder), 64, saying: "--report"
    )
    #expect(folder.names == ["in.jpg", "out"])
  }
}
