import Foundation
import Glibc
import TestSupport
import Testing
import Upscale

@testable import BatchMode

@Suite struct ReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func report(_ entries: [JournalEntry], seconds: Double = 60) -> BatchReport {
    BatchReport(
      title: "Holiday", model: "tiny", settings: [("Scale", "4")],
      rows: entries.map { JournalMerge.Item(folder: BytePath(folder.url.path), entry: $0) },
      started: 1_764_000_000, seconds: seconds)
  }

  private func page(_ report: BatchReport) throws -> String {
    var report = report
    report.meaning = { "what \($0) means" }
    try report.write(to: folder.path("report.html"))
    return String(decoding: try folder.read("report.html"), as: UTF8.self)
  }

  private func done(
    _ input: BytePath, output: BytePath = BytePath("output.png"), width: Int = 0, height: Int = 0,
    bytes: Int = 0, seconds: Double = 0, damage: String? = nil
  ) -> JournalEntry {
    var written = JournalOutput()
    (written.width, written.height, written.bytes) = (width, height, bytes)
    written.damage = damage
    var entry = JournalEntry(.done(written), input: input, output: output)
    entry.seconds = seconds
    return entry
  }

  private func failed(_ input: String, code: Int = 0, reason: String = "") -> JournalEntry {
    JournalEntry(.failed(BatchFailure(code: code, reason: reason)), input: BytePath(input))
  }

  private func skipped(_ input: String, _ reason: SkipReason = .noPicture) -> JournalEntry {
    JournalEntry(.skipped(reason), input: BytePath(input))
  }

  /// An entry with pictures on disk: waves, and the same enlarged.
  private func pair(
    _ name: String, width: Int = 40, height: Int = 30, layout: Picture.Layout = .rgb,
    scale: Int = 4, format: PictureFormat = .png, damage: String? = nil
  ) throws -> JournalEntry {
    let input = Picture.waves(width: width, height: height, layout: layout)
    let output = input.resized(width: width * scale, height: height * scale)
    let inputBytes = try PictureEncoder.encode(input, as: .png)
    let outputBytes = try PictureEncoder.encode(output, as: format)
    try folder.write(outputBytes, as: "out-" + name)
    var entry = done(
      BytePath(try folder.write(inputBytes, as: "in-" + name)), output: BytePath("out-" + name),
      width: width * scale, height: height * scale, bytes: outputBytes.count, seconds: 1.5,
      damage: damage)
    (entry.width, entry.height, entry.inputBytes) = (width, height, inputBytes.count)
    return entry
  }

  /// What lies between two texts, each time.
  private func parts(of page: String, from start: String, to end: String) -> [String] {
    page.components(separatedBy: start).dropFirst().compactMap {
      $0.components(separatedBy: end).first
    }
  }

  private func pictures(of page: String) throws -> [Picture] {
    try parts(of: page, from: "data:image/webp;base64,", to: "\"").map {
      let data = try #require(Data(base64Encoded: $0))
      return try PictureDecoder.decode([UInt8](data)).picture
    }
  }

  // MARK: Texts

  static let hostileNames = [
    "<script>alert(1)</script>.png", "a\" onload=\"alert(1).png", "a' onload='alert(1).png",
    "</title></style><img src=x onerror=alert(1)>.jpg", "&lt;b&gt;.png", "<!-- .png", "]]>.png",
    "javascript:alert(1)", "\\u003cscript>",
  ]

  @Test(arguments: hostileNames) func namesAreTextsWhereverTheyAreShown(name: String) throws {
    var whole = report([
      try pair("plain.png"),
      done(BytePath(name), output: BytePath(name + "2"), damage: name + "3"),
      failed(name, code: 65, reason: name),
      skipped(name, .foreign(name)),
    ])
    let innocent = try page(report([]))
    (whole.title, whole.model, whole.settings) = (name, name, [(name, name)])
    let text = try page(whole)

    #expect(parts(of: text, from: "<script", to: ">").count == 1)
    #expect(parts(of: text, from: "<style", to: ">").count == 1)
    #expect(parts(of: text, from: "<title", to: ">").count == 1)
    #expect(parts(of: text, from: "<img", to: ">").count == 2)
    #expect(!text.contains("<!--"))
    let escaped = name.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;").replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    // Title twice, model, a setting's name and value, three inputs, output 2, three reasons.
    #expect(text.components(separatedBy: escaped).count - 1 == 12)
    if escaped != name {
      let raw = text.components(separatedBy: name).count
      #expect(raw == innocent.components(separatedBy: name).count)
    }
  }

  @Test func unseenCharactersAreShown() throws {
    let broken = String(decoding: [0x61, 0xFF, 0xC0, 0x2E, 0x70] as [UInt8], as: UTF8.self)
    let text = try page(
      report([
        failed("a", reason: "line\nfeed\ttab\0nul\u{7F}"),
        failed("b", reason: "\u{202E}gpj.exe\u{2066}\u{85}"),
        failed("c", reason: broken),
        failed("Grüße 日本 👩‍👩‍👧.png"),
      ]))
    #expect(text.contains("<bdi>line↵feed⇥tab\u{FFFD}nul\u{FFFD}</bdi>"))
    #expect(text.contains("<bdi>\u{FFFD}gpj.exe\u{FFFD}\u{FFFD}</bdi>"))
    #expect(text.contains("<bdi>a\u{FFFD}\u{FFFD}.p</bdi>"))
    #expect(text.contains("<bdi>Grüße 日本 👩‍👩‍👧.png</bdi>"))
  }

  @Test func numbersReadWell() {
    #expect(ReportNumbers.grouped(0) == "0")
    #expect(ReportNumbers.grouped(-1_234_567) == "-1,234,567")
    #expect(ReportNumbers.grouped(999) == "999")
    #expect(ReportNumbers.decimal(3.999, digits: 1) == "4")
    #expect(ReportNumbers.decimal(3.05, digits: 2) == "3.05")
    #expect(ReportNumbers.brief(0.314) == "0.31")
    #expect(ReportNumbers.brief(1234.4) == "1,234")
    #expect(ReportNumbers.decimal(.nan, digits: 1) == "–")
    #expect(ReportNumbers.duration(0.0002) == "< 1 ms")
    #expect(ReportNumbers.duration(0.34) == "340 ms")
    #expect(ReportNumbers.duration(0.9999) == "1 s")
    #expect(ReportNumbers.duration(59.96) == "1 min 0 s")
    #expect(ReportNumbers.duration(3599.7) == "1 h 0 min")
    #expect(ReportNumbers.duration(12_000) == "3 h 20 min")
    #expect(ReportNumbers.duration(-1) == "–")
    #expect(ReportNumbers.duration(.infinity) == "–")
    #expect(ReportNumbers.pixels(1_500_000_000) == ("1.5", "Gpx"))
  }

  // MARK: The page

  @Test func figuresAreThoseOfTheEntries() throws {
    var entries = (0..<1200).map {
      done(BytePath("\($0).png"), width: 1000, height: 500, seconds: 0.1)
    }
    entries += (0..<7).map { failed("bad\($0)", code: 65) }
    entries += (0..<31).map { skipped("old\($0)") }
    let text = try page(report(entries, seconds: 600))
    #expect(text.contains("<dt>Done</dt><dd>1,200</dd>"))
    #expect(text.contains("<dt>Failed</dt><dd>7</dd>"))
    #expect(text.contains("<dt>Skipped</dt><dd>31</dd>"))
    #expect(text.contains("<dt>Pixels made</dt><dd>600 <small>Mpx</small></dd>"))
    #expect(text.contains("<dt>Time</dt><dd>10 min 0 s</dd>"))
    #expect(text.contains("<dt>Pictures a minute</dt><dd>120</dd>"))
    #expect(text.contains("All <b>1,238</b>"))
    for (status, count) in [("done", 1200), ("failed", 7), ("skipped", 31)] {
      #expect(text.components(separatedBy: "data-status=\"\(status)\"").count - 1 == count)
    }
  }

  @Test func failuresComeFirstWithReasonAndCode() throws {
    let text = try page(
      report([
        done(BytePath("good.png")),
        failed("bad.png", code: 65, reason: "the file is empty"),
        failed("odd.png"),
      ]))
    let bad = try #require(text.range(of: "bad.png"))
    let good = try #require(text.range(of: "good.png"))
    #expect(bad.lowerBound < good.lowerBound)
    #expect(text.contains("the file is empty"))
    #expect(text.contains("exit code <b>65</b> <span>what 65 means</span>"))
    #expect(text.contains("no reason is known"))
    #expect(parts(of: text, from: "exit code <b>", to: "<") == ["65"])
  }

  @Test func nothingIsLoadedFromAnywhere() throws {
    let text = try page(
      report([try pair("a.png"), failed("b", code: 74)]))
    var rest = text
    for picture in parts(of: text, from: "data:image/webp;base64,", to: "\"") {
      rest = rest.replacing(picture, with: "")
    }
    #expect(rest.contains("http-equiv=\"Content-Security-Policy\""))
    #expect(!rest.replacing("http-equiv", with: "").contains("http"))
    #expect(!rest.contains("url("))
    #expect(!rest.contains("@import"))
    let sources =
      parts(of: rest, from: "src=\"", to: "\"") + parts(of: rest, from: "href=\"", to: "\"")
    #expect(sources.sorted() == ["data:,", "data:image/webp;base64,", "data:image/webp;base64,"])
    // The policy would forbid handlers and styles in attributes: there must be none.
    #expect(!rest.contains(" style="))
    #expect(rest.firstMatch(of: /<[a-z][^>]* on[a-z]+=/) == nil)
  }

  @Test func policyAllowsJustTheStyleAndTheScriptOfThePage() throws {
    let text = try page(report([]))
    let policy = try #require(
      parts(of: text, from: "Content-Security-Policy\" content=\"", to: "\"").first?
        .replacing("&#39;", with: "'"))
    #expect(policy.hasPrefix("default-src 'none'; "))
    #expect(!policy.contains("unsafe"))
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
      let content = try #require(parts(of: text, from: "<\(element)>", to: "</\(element)>").first)
      try folder.write(Array(content.utf8), as: element)
      let digest = try ProcessRunner.shell(
        "sha256sum \"$1\" | cut -c 1-64", [folder.path(element)])
      let hexadecimal = digest.outputText.trimmingCharacters(in: .whitespacesAndNewlines)
      let bytes = stride(from: 0, to: hexadecimal.count, by: 2).compactMap {
        UInt8(hexadecimal.dropFirst($0).prefix(2), radix: 16)
      }
      #expect(bytes.count == 32)
      #expect(policy.contains("\(directive) 'sha256-\(Data(bytes).base64EncodedString())'"))
    }
  }

  @Test func entriesWithoutFilesAreListed() throws {
    try #require(mkfifo(folder.path("fifo"), 0o600) == 0)
    try folder.write(Array("no picture".utf8), as: "text.png")
    let good = try pair("good.png")
    var entries = [done(BytePath("none.png"))]
    for name in ["missing.png", "fifo", "text.png", ""] {
      entries.append(done(BytePath(folder.path(name)), output: good.output))
      entries.append(done(good.input, output: BytePath(name)))
    }
    let text = try page(report(entries))
    #expect(!text.contains("<img"))
    #expect(text.components(separatedBy: "<tr class=\"item\"").count - 1 == 9)
    #expect(try page(report(entries + [good])).components(separatedBy: "<img").count == 3)
  }

  @Test func picturesWhoseNamesAreNotTextAreCompared() throws {
    var entry = try pair("good.png")
    let input = entry.input
    let odd = input.folder.appending([0x66, 0xFF, 0xFE])
    try #require(input.withCString { from in odd.withCString { rename(from, $0) } } == 0)
    entry.input = odd
    #expect(try page(report([entry])).components(separatedBy: "<img").count == 3)
  }

  @Test func noEntriesAreSaid() throws {
    let text = try page(report([], seconds: 0))
    #expect(text.contains("There were no files to work on."))
    #expect(text.contains("<dt>Pictures a minute</dt><dd>–</dd>"))
    #expect(text.hasSuffix("</html>\n"))
  }

  @Test func aPageThatCannotBeWrittenLeavesNothing() throws {
    let error = #expect(throws: UpscaleError.self) {
      try report([]).write(to: folder.path("missing/report.html"))
    }
    #expect(error?.cause == .cannotCreate)
    let full = #expect(throws: UpscaleError.self) { try report([]).write(to: "/dev/full") }
    #expect(full?.cause == .diskFull)
    #expect(folder.names.isEmpty)
  }

  // MARK: Comparisons

  @Test(arguments: Picture.Layout.allCases, PictureFormat.allCases)
  func picturesOfAllKindsAreCompared(layout: Picture.Layout, format: PictureFormat) throws {
    let text = try page(
      report([try pair("a", width: 200, height: 150, layout: layout, format: format)]))
    let shown = try pictures(of: text)
    try #require(shown.count == 2)
    #expect(shown.allSatisfy { ($0.width, $0.height) == (480, 360) })
    // The same place: bicubic and Lanczos, from which the result was made, hardly differ on waves.
    #expect(PictureDifference(shown[0], shown[1]).psnr > 25)
  }

  @Test func comparisonIsOfTheRichestPart() throws {
    // Gray but for a noisy square whose place in the result is (1200, 80) to (1400, 280).
    var input = Picture(
      width: 400, height: 300, layout: .gray, bytes: [UInt8](repeating: 128, count: 120_000))
    var random = SeededRandom(seed: 3)
    for y in 20..<70 {
      for x in 300..<350 { input.bytes[y * 400 + x] = UInt8.random(in: 0...255, using: &random) }
    }
    let output = input.resized(width: 1600, height: 1200)
    let inputPath = try folder.write(try PictureEncoder.encode(input, as: .png), as: "i.png")
    let outputPath = try folder.write(try PictureEncoder.encode(output, as: .png), as: "o.png")
    let preview = try ReportPreview(
      inputPath: BytePath(inputPath), outputPath: BytePath(outputPath), memory: 512 << 20)
    for bytes in [preview.before, preview.after] {
      let picture = try PictureDecoder.decode(bytes).picture
      let samples = (0..<picture.height * picture.width).map { Int(picture.bytes[3 * $0]) }
      let noisy = samples.count { abs($0 - 128) > 24 }
      // Nearly all of the square must be in the picture: four fifths of its pixels are that far off.
      #expect(noisy > 200 * 200 * 6 / 10)
    }
  }

  @Test(arguments: [(30, 20, 120, 80), (100, 80, 250, 200), (97, 61, 40, 25), (5, 7, 1, 1)])
  func bicubicPartEqualsThatOfTheWhole(
    width: Int, height: Int, newWidth: Int, newHeight: Int
  ) throws {
    let source = Picture.waves(width: width, height: height)
    let sizes = (from: (width, height), to: (newWidth, newHeight))
    let whole = CubicCrop(
      from: sizes.from, to: sizes.to, columns: 0..<newWidth, rows: 0..<newHeight)
    #expect(whole.sourceColumns.upperBound <= width && whole.sourceRows.upperBound <= height)
    let all = whole.resized(
      part(of: source, columns: whole.sourceColumns, rows: whole.sourceRows))
    let columns = newWidth / 3..<newWidth - newWidth / 4
    let rows = newHeight / 4..<newHeight
    let crop = CubicCrop(from: sizes.from, to: sizes.to, columns: columns, rows: rows)
    let result = crop.resized(part(of: source, columns: crop.sourceColumns, rows: crop.sourceRows))
    #expect(result == part(of: all, columns: columns, rows: rows))
    // Lanczos is another kernel, but a smooth picture must come out at the same place.
    let other = source.resized(width: newWidth, height: newHeight)
    #expect(PictureDifference(all, other).psnr > 28)
  }

  private func part(of picture: Picture, columns: Range<Int>, rows: Range<Int>) -> Picture {
    let channels = picture.layout.rawValue
    let samples = rows.flatMap { y in
      picture.bytes[
        (y * picture.width + columns.lowerBound)
          * channels..<(y * picture.width
          + columns.upperBound) * channels]
    }
    return Picture(
      width: columns.count, height: rows.count, layout: picture.layout, bytes: samples)
  }

  @Test func transparentPixelsAreShownOverWhite() throws {
    let clear = Picture(
      width: 8, height: 8, layout: .rgba, depth: .sixteen,
      bytes: [UInt8](repeating: 0, count: 512))
    let path = try folder.write(try PictureEncoder.encode(clear, as: .png), as: "clear.png")
    let preview = try ReportPreview(
      inputPath: BytePath(path), outputPath: BytePath(path), memory: 512 << 20)
    for bytes in [preview.before, preview.after] {
      #expect(try PictureDecoder.decode(bytes).picture.bytes.allSatisfy { $0 >= 254 })
    }
    #expect(preview.zoom == 45)
  }

  @Test func pagesWithManyComparisonsStaySmallAndSaySo() throws {
    // Noise is the worst that there is to compress.
    let noise = Picture.noise(width: 160, height: 120)
    let input = try folder.write(try PictureEncoder.encode(noise, as: .png), as: "i.png")
    try folder.write(
      try PictureEncoder.encode(Picture.noise(width: 640, height: 480), as: .png), as: "o.png")
    let entries = (0..<60).map { _ in done(BytePath(input), output: BytePath("o.png")) }
    var many = report(entries)
    many.comparisonCharacters = 2 << 20
    let text = try page(many)
    let spent = parts(of: text, from: "base64,", to: "\"").map(\.utf8.count)
    // The last pair may begin within the limit and end beyond it.
    #expect(spent.dropLast(2).reduce(0, +) < 2 << 20)
    #expect(spent.reduce(0, +) >= 2 << 20)
    #expect(text.utf8.count < 3 << 20)
    let shown = text.components(separatedBy: "<article").count - 1
    #expect(shown * 2 == spent.count && shown > 4)
    #expect(text.contains("\(shown) of 60"))
    #expect(text.components(separatedBy: "<tr class=\"item\"").count - 1 == 60 - shown)

    many.comparisonLimit = 3
    #expect(try page(many).contains("3 of 60"))
    many.comparisonLimit = 200
    many.comparisonMemory = 1000
    #expect(!(try page(many).contains("<article")))
  }

  @Test func resultsOfPicturesThatWereNotWholeAreComparedFirst() throws {
    let text = try page(
      report([try pair("whole.png"), try pair("cut.png", damage: "the file ends early")]))
    let order = parts(of: text, from: "<article class=\"item card\" data-status=\"", to: "\"")
    #expect(order == ["damaged", "done"])
  }

  @Test func tenThousandEntriesMakeAPageOfMegabytes() throws {
    let entries = (0..<10_000).map { number in
      let input = BytePath("folder/of/holiday pictures/picture & number \(number).jpg")
      guard number % 100 > 0 else {
        return failed(input.encoded, code: 65, reason: "the JPEG is damaged")
      }
      var entry = done(
        input, output: BytePath("\(number).png"), width: 2560, height: 1920, bytes: 4_567_890,
        seconds: 0.25)
      (entry.width, entry.height, entry.inputBytes) = (640, 480, 123_456)
      return entry
    }
    let text = try page(report(entries))
    #expect(text.components(separatedBy: "class=\"item\"").count - 1 == 10_000)
    #expect(text.utf8.count < 6 << 20)
  }
}
