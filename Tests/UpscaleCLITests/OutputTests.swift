import Foundation
import TestSupport
import Testing

/// Where the output goes: complete or not at all, and never over the input.
@Suite struct OutputTests {
  static let old = Array("what was here before".utf8)

  private func upscale(
    _ input: String, _ output: String, _ options: String..., in folder: TemporaryFolder
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.run(
      Command.path, ["image", input, output, "--model", Command.quickModel] + options,
      in: folder.url)
  }

  @Test("An existing output is replaced, keeps its mode, and nothing else appears")
  func replaces() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.old, as: "out.png")
    chmod(path, 0o640)
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    let result = try upscale("in.png", "out.png", in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.standardOutput.isEmpty && result.standardError.isEmpty)
    #expect(try folder.read("out.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(folder.names == ["in.png", "out.png"])
  }

  @Test("A new output has the mode that umask gives")
  func mode() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    let result = try ProcessRunner.shell(
      #"umask 027 && "$1" image in.png out.png -m "$2" && stat -c %a out.png"#,
      [Command.path, Command.quickModel], in: folder.url)
    #expect(result.outputText == "640\n", "\(result.standardError)")
  }

  @Test("A link to the output stays a link")
  func link() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    try folder.write(Self.old, as: "real.png")
    symlink("real.png", folder.path("link.png"))
    let result = try upscale("in.png", "link.png", in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(try folder.read("real.png") != Self.old)
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link.png"))
    #expect(target == "real.png")
    symlink("nowhere.png", folder.path("dangling.png"))
    expectRefusal(
      try upscale("in.png", "dangling.png", in: folder), 73, saying: "does not exist")
  }

  @Test("--no-clobber leaves an existing output alone and writes a new one")
  func noClobber() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    try folder.write(Self.old, as: "out.png")
    expectRefusal(
      try upscale("in.png", "out.png", "--no-clobber", in: folder), 73, saying: "exists")
    #expect(try folder.read("out.png") == Self.old)
    #expect(try upscale("in.png", "new.png", "--no-clobber", in: folder).exitCode == 0)
    #expect(folder.names == ["in.png", "new.png", "out.png"])
  }

  @Test(
    "The input is never written over, by whatever name",
    arguments: [
      "in.png", "./in.png", "hard.png", "soft.png",
    ])
  func sameFile(name: String) throws {
    let folder = try TemporaryFolder()
    let picture = try Samples.grayPNG(width: 8, height: 8)
    let path = try folder.write(picture, as: "in.png")
    Glibc.link(path, folder.path("hard.png"))
    symlink("in.png", folder.path("soft.png"))
    expectRefusal(try upscale("in.png", name, in: folder), 64, saying: "same file")
    #expect(try folder.read("in.png") == picture)
    let result = try ProcessRunner.shell(
      #""$1" image in.png - >> in.png"#, [Command.path], in: folder.url)
    #expect(result.exitCode == 64)
    #expect(try folder.read("in.png") == picture)
  }

  @Test("A missing folder, a folder as output and a file as folder exit 73")
  func noFolder() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    expectRefusal(
      try upscale("in.png", "none/out.png", in: folder), 73,
      saying: "output folder 'none' does not exist; create it first")
    expectRefusal(
      try upscale("in.png", ".", "--format", "png", in: folder), 73, saying: "is a folder")
    expectRefusal(
      try upscale("in.png", "in.png/out.png", in: folder), 73, saying: "not a folder")
    expectRefusal(
      try upscale("in.png", String(repeating: "x", count: 300) + ".png", in: folder), 73,
      saying: "too long")
    #expect(folder.names == ["in.png"])
  }

  @Test(
    "A folder or file without the right to write exits 77", .enabled(if: Unprivileged.isPossible))
  func noPermission() throws {
    let folder = try TemporaryFolder()
    chmod(folder.url.path, 0o555)
    expectRefusal(
      try Unprivileged.run(["image", Command.photo, folder.path("out.png")]), 77,
      saying: "no permission to write into folder")
    chmod(folder.url.path, 0o777)
    chmod(try folder.write(Self.old, as: "locked.png"), 0o444)
    expectRefusal(
      try Unprivileged.run(["image", Command.photo, folder.path("locked.png")]), 77,
      saying: "write-protected")
    #expect(folder.names == ["locked.png"])
  }

  @Test(
    "A limit on file sizes exits 74 and leaves the old output",
    arguments: [
      "out.png", "out.webp", "out.jpg",
    ])
  func fileSizeLimit(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.old, as: name)
    let result = try ProcessRunner.shell(
      #"ulimit -f 4 && exec "$1" image "$2" "$3" -m "$4" 2> >(cat)"#,
      [Command.path, Command.photo, name, Command.quickModel], in: folder.url)
    #expect(result.exitCode == 74, "\(result.standardError)")
    #expect(try folder.read(name) == Self.old)
    #expect(folder.names == [name])
  }

  @Test("A full standard output exits 74")
  func fullStandardOutput() throws {
    let result = try ProcessRunner.shell(
      #""$1" image "$2" - -m "$3" > /dev/full"#,
      [Command.path, Command.photo, Command.quickModel])
    expectRefusal(result, 74, saying: "the disk is full")
  }

  @Test("A reader that goes away exits 74, not by a signal")
  func closedPipe() throws {
    let result = try ProcessRunner.shell(
      #""$1" image "$2" - -m "$3" | true; exit "${PIPESTATUS[0]}""#,
      [Command.path, Command.photo, Command.quickModel])
    expectRefusal(result, 74, saying: "the reader closed it")
  }

  @Test(
    "A full disk exits 74 and leaves the old output", .enabled(if: FullDisk.isPossible),
    arguments: ["0k", "4k", "32k"], ["out.png", "out.jpg", "out.webp"])
  func fullDisk(size: String, name: String) throws {
    let folder = try TemporaryFolder()
    // A disk of 4 KiB for the old output, and `size` for the new one, which needs more.
    let blocks = 4 + (Int(size.dropLast()) ?? 0)
    let result = try ProcessRunner.shell(
      FullDisk.enter + #"""
         bash -c '
          mount -t tmpfs -o size="$1"k tmpfs . && cd "$PWD" && echo before > "$2" || exit 99
          "$3" image "$4" "$2" -m "$5" -s 4 $6
          code=$?
          cat "$2"; ls -A
          exit $code' bash "$@"
        """#,
      [
        "\(blocks)", name, Command.path, Command.photo, Command.quickModel,
        name.hasSuffix("png") ? "" : "-q 100",
      ], in: folder.url)
    #expect(result.exitCode == 74, "\(result.standardError)")
    #expect(result.standardError.contains("the disk is full"), "\(result.standardError)")
    #expect(result.outputText == "before\n\(name)\n")
  }

  @Test("A device is written straight and stays a device")
  func device() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    let result = try upscale("in.png", "/dev/null", "--format", "png", in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test("What a killed run left is swept by the next one; a living run's part is not")
  func sweep() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 8, height: 8), as: "in.png")
    let dead = try ProcessRunner.shell("echo $$").outputText.filter(\.isNumber)
    try folder.write([1], as: ".upscale-\(dead)-abc.part")
    try folder.write([1], as: ".upscale-\(getpid())-abc.part")
    try folder.write([1], as: ".upscale-note.part")
    // Numbers of processes are reused: this file's own has one, and has not been written to for long.
    try folder.write([1], as: ".upscale-\(getpid())-old.part")
    try folder.write([1], as: ".upscale-\(getpid())-held.part")
    for name in ["old", "held"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)],
        ofItemAtPath: folder.path(".upscale-\(getpid())-\(name).part"))
    }
    let held = open(folder.path(".upscale-\(getpid())-held.part"), O_RDONLY | O_CLOEXEC)
    defer { close(held) }
    #expect(held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0)
    // Names that no run makes.
    try folder.write([1], as: ".upscale-\(dead)-My Notes.part")
    #expect(try upscale("in.png", "out.png", in: folder).exitCode == 0)
    #expect(
      folder.names
        == [
          ".upscale-\(getpid())-abc.part", ".upscale-\(getpid())-held.part",
          ".upscale-\(dead)-My Notes.part", ".upscale-note.part", "in.png", "out.png",
        ].sorted())
  }
}

/// A file system that can be filled: a mount of the test's own.
enum FullDisk {
  static let enter = geteuid() == 0 ? "unshare --mount" : "unshare --user --map-root-user --mount"
  static let isPossible: Bool = {
    let result = try? ProcessRunner.shell("\(enter) mount -t tmpfs -o size=4k tmpfs /mnt")
    return result?.exitCode == 0
  }()
}
