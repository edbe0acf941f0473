import Foundation
import TestSupport
import TestTraits
import Testing

/// Inputs that cannot be enlarged: one clear sentence, the documented code, nothing left behind.
@Suite(.waiting) struct BadInputTests {
  struct Bad: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) {
      testDescription = name
      self.bytes = bytes
    }
  }

  @Test(
    "A bad picture exits 65, by name and through a pipe, and inspect agrees",
    arguments: [
      Bad("empty", []),
      Bad("one byte", [0x89]),
      Bad("text", Array("This is not a picture, whatever its name says.\n".utf8)),
      Bad("HTML", Array("<!DOCTYPE html><html><body>404</body></html>".utf8)),
      Bad("GIF", Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0, 0x3B]),
      Bad("zeros", [UInt8](repeating: 0, count: 100_000)),
      Bad("JPEG cut in its header", Array(Samples.photo.prefix(100))),
      Bad("PNG signature alone", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
      Bad("PNG of 2147483647 a side", Samples.claimingPNG(width: .max >> 1, height: .max >> 1)),
      Bad("PNG of 65000 a side", Samples.claimingPNG(width: 65_000, height: 65_000)),
      Bad("PNG without width", Samples.claimingPNG(width: 0, height: 100)),
      Bad("PNG without data", Samples.claimingPNG(width: 100, height: 100)),
      Bad(
        "WebP cut after its header",
        Array("RIFF".utf8) + [0xFF, 0xFF, 0, 0] + Array("WEBPVP8 ".utf8)),
    ])
  func badPicture(_ bad: Bad) throws {
    let folder = try TemporaryFolder()
    try folder.write(bad.bytes, as: "bad.png")
    expectRefusal(
      try Command.run("image", "bad.png", "out.png", in: folder), 65, saying: "'bad.png'")
    expectRefusal(
      try Command.run("image", "-", "-", input: bad.bytes, in: folder), 65,
      saying: "standard input")
    expectRefusal(try Command.run("inspect", "bad.png", in: folder), 65, saying: "'bad.png'")
    #expect(folder.names == ["bad.png"])
  }

  @Test("A picture cut short is refused or warned about, never a crash", arguments: 1..<16)
  func truncated(sixteenths: Int) throws {
    let folder = try TemporaryFolder()
    let photo = Samples.photo
    try folder.write(Array(photo.prefix(photo.count * sixteenths / 16)), as: "cut.jpg")
    let result = try Command.run("inspect", "cut.jpg", in: folder)
    #expect([2, 65].contains(result.exitCode), "\(result.standardError)")
    if result.exitCode == 2 { #expect(result.outputText.contains("not whole")) }
  }

  @Test("A picture beyond a limit exits 65 and names the option that raises it")
  func limits() throws {
    let folder = try TemporaryFolder()
    for (option, value) in [
      ("--max-pixels", "19199"), ("--max-side", "159"), ("--max-file-size", "1000"),
    ] {
      expectRefusal(
        try Command.run("image", Command.photo, "out.png", option, value, in: folder), 65,
        saying: option)
    }
    #expect(folder.names.isEmpty)
  }

  @Test("A missing input exits 66")
  func missing() throws {
    let folder = try TemporaryFolder()
    expectRefusal(
      try Command.run("image", "none.png", "out.png", in: folder), 66,
      saying: "'none.png' does not exist")
    expectRefusal(
      try Command.run("inspect", "none/none.png", in: folder), 66, saying: "does not exist")
    #expect(folder.names.isEmpty)
  }

  @Test("A folder is no input")
  func directory() throws {
    let folder = try TemporaryFolder()
    expectRefusal(try Command.run("image", ".", "out.png", in: folder), 66, saying: "is a folder")
    expectRefusal(try Command.run("inspect", "/", in: folder), 66, saying: "is a folder")
  }

  @Test("An endless device ends by itself")
  func endless() throws {
    expectRefusal(try Command.run("inspect", "/dev/zero"), 65, saying: "'/dev/zero'")
    expectRefusal(try Command.run("inspect", "/dev/null"), 65, saying: "is empty")
  }

  @Test("A process substitution is an input like any other")
  func processSubstitution() throws {
    let result = try ProcessRunner.shell(
      #""$1" inspect <(cat "$2")"#, [Command.path, Command.photo])
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.outputText.contains("160 × 120"))
  }

  @Test("An input that may not be read exits 77", .enabled(if: Unprivileged.isPossible))
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.photo, as: "secret.jpg")
    chmod(path, 0)
    chmod(folder.url.path, 0o755)
    let result = try Unprivileged.run(["inspect", path])
    expectRefusal(result, 77, saying: "permission denied")
  }

  @Test("Control characters in a name do not reach the terminal")
  func controlCharacters() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run("inspect", "a\u{1B}[31mred\u{7}.png", in: folder)
    #expect(result.exitCode == 66)
    #expect(!result.standardError.contains("\u{1B}"))
    #expect(!result.standardError.contains("\u{7}"))
    #expect(result.standardError.contains(#"'a\x1b[31mred\x07.png' does not exist"#))
  }
}
