import BatchMode
import Foundation
import Glibc
import Testing
import Upscale

/// Writes a report of pictures that lie on disk, to be looked at: Scripts/report-in-browser.sh.
///
/// `REPORT_OUTPUT` is the page, `REPORT_PAIRS` a file with an input and an output on each line,
/// separated by a tab.
@Suite struct ReportSample {
  private static let environment = ProcessInfo.processInfo.environment

  @Test(.enabled(if: environment["REPORT_OUTPUT"] != nil)) func write() throws {
    let output = try #require(Self.environment["REPORT_OUTPUT"])
    let pairs = try String(
      contentsOfFile: try #require(Self.environment["REPORT_PAIRS"]), encoding: .utf8)
    var entries: [BatchReport.Entry] = []
    for line in pairs.split(separator: "\n") {
      let paths = line.split(separator: "\t").map(String.init)
      try #require(paths.count == 2)
      let (input, result) = (
        try PictureDecoder.decode(try bytes(paths[0])),
        try PictureDecoder.decode(try bytes(paths[1]))
      )
      entries.append(
        BatchReport.Entry(
          input: name(paths[0]), output: name(paths[1]), status: .done,
          width: input.picture.width, height: input.picture.height,
          outputWidth: result.picture.width, outputHeight: result.picture.height,
          bytesIn: try bytes(paths[0]).count, bytesOut: try bytes(paths[1]).count,
          seconds: Double(input.picture.width * input.picture.height) * 2.1e-4,
          inputPath: paths[0], outputPath: paths[1]))
    }
    let worked = entries.map(\.seconds).reduce(0, +)
    entries += Self.odd
    let report = BatchReport(
      title: "Holiday scans", model: "realesrgan-x4plus",
      settings: [("Scale", "4"), ("Precision", "exact"), ("Format", "PNG")], entries: entries,
      started: 1_764_000_000, seconds: worked)
    try report.write(to: output)
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    try InputFile.read(path: path, limit: 512 << 20)
  }

  private func name(_ path: String) -> String {
    path.split(separator: "/").suffix(2).joined(separator: "/")
  }

  private static let odd: [BatchReport.Entry] = [
    .init(
      input: "scans/1987/IMG_0042.jpg", status: .failed, code: 65,
      reason: "the JPEG picture is cut short or damaged: get a fresh copy of it"),
    .init(
      input: "scans/<script>document.title='taken over'</script>.png", status: .failed, code: 65,
      reason: "the file is not a picture: PNG, JPEG and WebP can be read"),
    .init(
      input: "private/letter.png", status: .failed, code: 77,
      reason: "'private/letter.png' cannot be read: permission denied"),
    .init(
      input: "scans/1987/IMG_0043.jpg", output: "scans/1987/IMG_0043.png", status: .skipped,
      reason: "done by an earlier run", width: 640, height: 480, outputWidth: 2560,
      outputHeight: 1920, bytesIn: 91_341, bytesOut: 7_213_401),
    .init(
      input: "scans/1987/line\nfeed \u{202E}gpj.exe", output: "scans/1987/line.png",
      status: .done, width: 24, height: 24, outputWidth: 96, outputHeight: 96, bytesIn: 1191,
      bytesOut: 17_202, seconds: 0.12),
    .init(input: "notes.txt", status: .skipped, reason: "not a picture", bytesIn: 412),
    .init(input: "Thumbs.db", status: .skipped, reason: "not a picture", bytesIn: 40_960),
  ]
}
