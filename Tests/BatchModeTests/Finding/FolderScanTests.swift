import Foundation
import TestSupport
import Testing
import Upscale

@testable import BatchMode

@Suite struct FolderScanTests {
  private static let picture = PNGBuilder.file(
    header: PNGBuilder.header(3, 2), raw: [UInt8](repeating: 0, count: 20))

  private static func add(_ name: String, to folder: TemporaryFolder) throws {
    let path = URL(filePath: folder.path(name))
    try FileManager.default.createDirectory(
      at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(picture).write(to: path)
  }

  private static func scan(
    _ folder: TemporaryFolder, _ scan: FolderScan = FolderScan()
  ) throws -> Findings {
    var findings = Findings()
    try scan.scan(BytePath(folder.url.path), into: &findings)
    return findings
  }

  @Test("Links to folders are followed once, after the folders themselves; circles end")
  func links() throws {
    let folder = try TemporaryFolder()
    let elsewhere = try TemporaryFolder()
    try Self.add("outside.png", to: elsewhere)
    try Self.add("b/real.png", to: folder)
    symlink("b", folder.path("a-link-to-b"))
    symlink(folder.url.path, folder.path("b/circle"))
    symlink(elsewhere.url.path, folder.path("first"))
    symlink(elsewhere.url.path, folder.path("second"))
    let findings = try Self.scan(folder)
    #expect(findings.pictures.map(\.relative.text).sorted() == ["b/real.png", "first/outside.png"])
    #expect(findings.failed.isEmpty)
    #expect(findings.skipped.count { $0.reason == .scannedAlready } == 3)
  }

  @Test("Links that multiply do not multiply the work")
  func linkBomb() throws {
    let folder = try TemporaryFolder()
    try Self.add("0/x.png", to: folder)
    for level in 1...30 {
      try Self.add("\(level)/x.png", to: folder)
      symlink("../\(level - 1)", folder.path("\(level)/one"))
      symlink("../\(level - 1)", folder.path("\(level)/two"))
    }
    #expect(try Self.scan(folder).pictures.count == 31)
  }

  @Test("Sizes come from the headers of each format")
  func sizes() throws {
    let folder = try TemporaryFolder()
    for format in PictureFormat.allCases {
      let bytes = try PictureEncoder.encode(.waves(width: 31, height: 17), as: format)
      try folder.write(bytes, as: "lossy.\(format.rawValue)")
    }
    let lossless = try PictureEncoder.encode(
      .waves(width: 31, height: 17), as: .webp, options: EncodingOptions(lossless: true))
    try folder.write(lossless, as: "lossless.webp")
    let alpha = try PictureEncoder.encode(.waves(width: 31, height: 17, layout: .rgba), as: .webp)
    try folder.write(alpha, as: "extended.webp")
    let findings = try Self.scan(folder)
    #expect(findings.pictures.count == 5)
    for picture in findings.pictures {
      #expect(picture.width == 31 && picture.height == 17, "\(picture.path.text)")
    }
  }

  @Test("A header that lies costs nothing: one pixel is reckoned with")
  func hostileHeader() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      PNGBuilder.signature + PNGBuilder.header(0x7FFF_FFFF, 0x7FFF_FFFF), as: "huge.png")
    try folder.write(PNGBuilder.signature, as: "none.png")
    for picture in try Self.scan(folder).pictures { #expect(picture.pixels == 1) }
  }

  @Test("A file that changed since it was found is refused, not read half")
  func changed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.picture, as: "a.png")
    let found = try #require(try Self.scan(folder).pictures.first)
    #expect(try SourceFile.read(found, limit: 1 << 20) == Self.picture)
    #expect(throws: UpscaleError.self) { try SourceFile.read(found, limit: 10) }
    try Data(Self.picture + [0]).write(to: URL(filePath: path))
    let error = #expect(throws: UpscaleError.self) { try SourceFile.read(found, limit: 1 << 20) }
    #expect(error?.cause == .changed)
    try FileManager.default.removeItem(atPath: path)
    mkfifo(path, 0o600)
    #expect(throws: UpscaleError.self) { try SourceFile.read(found, limit: 1 << 20) }
  }

  @Test("Paths of a list keep their folders, and never lead out of the outputs")
  func places() {
    let places = [
      "a/b.png": "a/b.png", "./a//b.png": "a/b.png", "/abs/b.png": "abs/b.png",
      "../../b.png": "b.png", "a/../../b.png": "b.png", "a/./b/../c.png": "a/c.png",
    ]
    for (path, place) in places { #expect(FileList.place(of: BytePath(path)).text == place) }
  }

  @Test("Lists by lines and by NUL")
  func lists() {
    func parse(_ text: String, nul: Bool) -> [String] {
      FileList.parse(Array(text.utf8), isNULSeparated: nul).map(\.text)
    }
    #expect(parse("a\nb c\r\n\n-d", nul: false) == ["a", "b c", "-d"])
    #expect(parse("a\nb\0c\0", nul: true) == [#"a\nb"#, "c"])
  }
}
