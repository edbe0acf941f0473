import TestSupport
import Testing
import Upscale

@testable import BatchMode

@Suite struct NameTemplateTests {
  @Test(
    "Placeholders stand for what they say",
    arguments: [
      ("{stem}.{ext}", "a/b/cat.JPG", PictureFormat.jpeg, "cat.JPG"),
      ("{stem}.{ext}", "cat.JPG", .png, "cat.png"), ("{stem}.{ext}", "cat.png", .jpeg, "cat.jpg"),
      ("{stem}_{scale}x.{ext}", "cat.jpeg", .jpeg, "cat_4x.jpeg"),
      ("{name}.{ext}", "cat.jpg", .webp, "cat.jpg.webp"),
      ("{stem}.webp", "cat.png", .webp, "cat.webp"),
      ("{dir}_{stem}.{ext}", "a/b/cat.png", .png, "a_b_cat.png"),
      ("{dir}{stem}.{ext}", "cat.png", .png, "cat.png"),
      ("{stem}.{ext}", ".hidden", .png, ".hidden.png"),
      ("{stem}.{ext}", "no-dot", .png, "no-dot.png"),
      ("{stem}.{ext}", "two.dots.png", .png, "two.dots.png"),
    ])
  func names(template: String, source: String, format: PictureFormat, expected: String) throws {
    let name = try NameTemplate(template).name(for: BytePath(source), format: format, scale: "4")
    #expect(String(decoding: name, as: UTF8.self) == expected)
  }

  @Test("Bytes that are no UTF-8 stay as they are")
  func bytes() {
    let name = NameTemplate.standard.name(
      for: BytePath(bytes: [0xFF, 0x2E, 0x70, 0x6E, 0x67]), format: .webp, scale: "4")
    #expect(name == [0xFF] + Array(".webp".utf8))
  }

  @Test(
    "Templates that cannot work are refused",
    arguments: [
      ("same.png", "gives all pictures one name"), ("{stem}", "must end in"),
      ("{stem}.gif", "must end in"), ("{stem.{ext}", "'{stem.{ext}'"), ("{}.{ext}", "'{}'"),
      ("x}.{ext}", "without its other half"), ("{stem}/{name}.{ext}", "has a slash"),
      ("{index}.{ext}", "'{index}'"),
    ])
  func refused(template: String, reason: String) {
    let error = #expect(throws: UpscaleError.self) { try NameTemplate(template) }
    #expect(error?.cause == .usage)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test("The format may be in the template")
  func format() throws {
    #expect(try NameTemplate("{stem}-big.jpg").format == .jpeg)
    #expect(try NameTemplate("{stem}.{ext}").format == nil)
  }

  @Test("Factors are written in as few digits as they need")
  func scales() {
    #expect(NameTemplate.text(ofScale: 4) == "4")
    #expect(NameTemplate.text(ofScale: 2.5) == "2.5")
  }
}
