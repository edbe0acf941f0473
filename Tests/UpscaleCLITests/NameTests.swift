import Foundation
import TestSupport
import Testing

/// Names are bytes: those that are not UTF-8 name the right file, and messages show any name in one line.
@Suite struct NameTests {
  /// "café" in Latin-1: é is the byte 0xE9. The shell makes it, since a Swift string cannot hold it.
  private func shell(
    _ line: String, in folder: TemporaryFolder, environment: [String: String] = [:]
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.shell(
      "upscale() { \"$1\" \"${@:2}\"; }; U=\"$1\"; P=\"$2\"; M=\"$3\"; N=$'caf\\xe9'; " + line,
      [Command.path, Command.photo, Command.quickModel], environment: environment, in: folder.url)
  }

  @Test("An output that is not UTF-8 gets the name it was given, and no other file is touched")
  func output() throws {
    let folder = try TemporaryFolder()
    // What a repaired name would be.
    try folder.write([1, 2, 3], as: "caf\u{FFFD}.png")
    let result = try shell(
      #"cp "$P" "$N.jpg"; "$U" image "$N.jpg" "$N.png" -m "$M" && test -s "$N.png" && "$U" inspect "$N.png""#,
      in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.outputText.contains(#"caf\xe9.png"#) && result.outputText.contains("640 × 480"))
    #expect(try folder.read("caf\u{FFFD}.png") == [1, 2, 3])
    let listed = try shell("ls -1 | wc -l", in: folder)
    #expect(listed.outputText.contains("3"))
  }

  @Test("Input and output that are one file of such a name are recognised")
  func sameFile() throws {
    let folder = try TemporaryFolder()
    let result = try shell(
      #"cp "$P" "$N.jpg"; "$U" image "$N.jpg" "./$N.jpg" -m "$M""#, in: folder)
    expectRefusal(result, 64, saying: #"same file ('./caf\xe9.jpg')"#)
  }

  @Test("Folders, lists, patterns, templates, reports and journals take such names")
  func batch() throws {
    let folder = try TemporaryFolder()
    let result = try shell(
      #"""
      mkdir "$N-in"; cp "$P" "$N-in/$N.jpg"; cp "$P" "$N-in/other.jpg"
      "$U" batch "$N-in" "$N-out" -m "$M" --include "$N*" --name "$N-{stem}.{ext}" \
        --report "$N.html" --json || exit 1
      test -s "$N-out/$N-$N.jpg" && test -s "$N.html" && test ! -e "$N-out/$N-other.jpg" || exit 2
      printf '%s\0' "$N.jpg" > "$N.list"
      "$U" batch --files-from "$N.list" -0 "$N-in" "$N-2" -m "$M" || exit 3
      test -s "$N-2/$N.jpg" || exit 4
      "$U" batch --merge-report "$N-out" "$N-2/.upscale-batch.jsonl" --report "$N-merged.html" || exit 5
      test -s "$N-merged.html" || exit 6
      """#, in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    // JSON has such bytes as lone surrogates.
    #expect(result.outputText.contains(#"\udce9"#) && !result.outputText.contains("\u{FFFD}"))
    let names = try shell(#"ls -1 | LC_ALL=C grep -c $'\xe9'"#, in: folder)
    #expect(names.outputText.contains("6"), "\(names.outputText)")
  }

  @Test("Weight files, converted and used, take such names")
  func models() throws {
    let folder = try TemporaryFolder()
    let weights = Checkout.url.appending(path: "weights/\(Command.quickModel).safetensors")
    let result = try ProcessRunner.shell(
      #"""
      N=$'caf\xe9'; cp "$3" "$N.safetensors"
      "$1" model info "$N.safetensors" && "$1" model convert "$N.safetensors" "$N-2.safetensors" &&
        "$1" image "$2" "$N.png" -m "$N-2.safetensors" -v &&
        "$1" batch "$2" "$N-out" -m "./$N-2.safetensors" && test -s "$N-out/cat.jpg"
      """#, [Command.path, Command.photo, weights.path], in: folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.outputText.contains(#"caf\xe9"#))
    #expect(result.standardError.contains(#"caf\xe9-2.safetensors"#))
  }

  @Test("Refusals show such names, and never another one")
  func refusals() throws {
    let folder = try TemporaryFolder()
    for (line, code, part) in [
      (#""$U" image "$N.png" out.png"#, 66, #"'caf\xe9.png' does not exist"#),
      (#""$U" image "$P" "$N/out.png""#, 73, #"output folder 'caf\xe9' does not exist"#),
      (#""$U" inspect "$N""#, 66, #"'caf\xe9' does not exist"#),
      (#""$U" model info "$N.safetensors""#, 78, #"caf\xe9.safetensors"#),
      (#""$U" batch "$N" out"#, 66, #"'caf\xe9' does not exist"#),
    ] as [(String, Int32, String)] {
      expectRefusal(try shell(line, in: folder), code, saying: part)
    }
    let parser = try shell(#""$U" image "--$N" a b"#, in: folder)
    #expect(parser.exitCode == 64 && parser.standardError.contains(#"--caf\xe9"#))
  }

  @Test(
    "Whatever a name holds, a message about it is one line",
    arguments: [
      ("a\nb.png", #"a\nb.png"#), ("a\rb\t.png", #"a\rb\t.png"#),
      ("\u{1B}[2J.png", #"\x1b[2J.png"#), ("a\u{85}b.png", #"a\u0085b.png"#),
      ("a\u{202E}gnp.exe", #"a\u202egnp.exe"#), ("a\u{2028}b", #"a\u2028b"#),
    ])
  func oneLine(name: String, shown: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(
      try Command.run("image", name, "out.png", in: folder), 66, saying: "'\(shown)'")
    expectRefusal(try Command.run("inspect", name, in: folder), 66, saying: "'\(shown)'")
    expectRefusal(
      try Command.run("batch", name, "out", "-m", Command.quickModel, in: folder), 66,
      saying: "'\(shown)'")
    expectRefusal(try Command.run("model", "info", name, in: folder), 78, saying: shown)
    // And what is no refusal.
    try folder.write(Samples.photo, as: name)
    let batch = try ProcessRunner.run(
      Command.path, ["batch", name, "out", "-m", Command.quickModel, "--format", "webp", "-v"],
      in: folder.url)
    #expect(batch.exitCode == 0, "\(batch.standardError)")
    #expect(batch.standardError.contains(shown))
    let inspect = try Command.run("inspect", name, in: folder)
    #expect(inspect.outputText.split(separator: "\n")[0].hasSuffix(shown), "\(inspect.outputText)")
    for text in [batch.standardError, inspect.outputText] {
      #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\u{85}"))
    }
  }
}
