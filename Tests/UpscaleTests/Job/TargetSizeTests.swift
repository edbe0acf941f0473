import TestSupport
import Testing

@testable import Upscale

/// Sizes as vips and ImageMagick read them; the expected ones are what ImageMagick's -resize gives.
@Suite struct TargetSizeTests {
  @Test(
    arguments: [
      ("800x600", 1000, 500, 800, 400), ("800x600", 500, 1000, 300, 600),
      ("800x600", 80, 60, 800, 600), ("800x600", 81, 60, 800, 593), ("800x", 1000, 333, 800, 266),
      ("x600", 333, 1000, 200, 600), ("100x100", 100, 100, 100, 100),
      ("100x100", 5000, 1, 100, 1), ("x1", 3, 1000, 1, 1),
      // Only smaller: the picture is larger on any side.
      ("800x600>", 1000, 500, 800, 400), ("800x600>", 700, 650, 646, 600),
      ("800x600>", 640, 480, 640, 480), ("800x600>", 800, 600, 800, 600),
      ("800x>", 700, 9000, 700, 9000), ("x600>", 9000, 601, 8985, 600),
      // Only larger: the picture fits into the size.
      ("800x600<", 400, 300, 800, 600), ("800x600<", 400, 700, 400, 700),
      ("800x600<", 1000, 700, 1000, 700), ("800x600<", 800, 100, 800, 100),
      ("x600<", 10, 300, 20, 600),
      // Just so.
      ("800x600!", 7, 9, 800, 600), ("1x1!", 100, 50, 1, 1),
    ])
  func sizes(text: String, width: Int, height: Int, newWidth: Int, newHeight: Int) throws {
    let target = try #require(TargetSize(text))
    let size = target.size(width: width, height: height)
    #expect(size == (newWidth, newHeight), "\(text) of \(width) x \(height)")
    #expect(target.text == text)
  }

  @Test(arguments: [
    "", "x", "800", "800x600x", "x800x", "800x600^", "800x600>>", "0x600", "800x0", "-1x5",
    "1000001x", "800x!", "x600!", "!", ">", "8e2x600", " 800x600", "800X600", "800×600", "٨x٨",
    "99999999999999999999x1", "800.5x600",
  ])
  func refused(text: String) {
    #expect(TargetSize(text) == nil)
  }

  @Test("The network computes what is enlarged, and nothing else") func network() throws {
    let upscaler = try Upscaler(model: SelfEnsembleTests.model("compact"), threads: 1)
    func passes(_ scale: Double?, _ text: String? = nil) throws -> Int {
      try upscaler.plan(
        width: 40, height: 30, channels: ChannelPlan(.rgb), inputDepth: .eight, scale: scale,
        target: text.flatMap { TargetSize($0) }, depth: .eight, memory: 1 << 30
      ).passes.count
    }
    #expect(upscaler.scale > 1)
    #expect(try passes(nil) == 1)
    #expect(try passes(1) == 1, "restoring at a factor of 1 was asked for")
    #expect(try passes(0.99) == 0)
    #expect(try passes(nil, "80x60") == 1)
    #expect(try passes(nil, "40x30") == 0)
    #expect(try passes(nil, "20x") == 0)
    #expect(try passes(nil, "100x100>") == 0)
    #expect(try passes(nil, "41x30!") == 1)
    #expect(try passes(nil, "20x31!") == 1, "one side is enlarged")
    #expect(try passes(nil, "4000x3000") > 1)
  }

  @Test("A smaller result is that of resampling alone", arguments: Picture.Layout.allCases)
  func plain(layout: Picture.Layout) throws {
    let picture = SelfEnsembleTests.picture(31, 22, layout)
    let upscaler = try Upscaler(model: SelfEnsembleTests.model("compact"), threads: 1)
    let result = try upscaler.upscale(picture, scale: 0.5)
    let expected = picture.resized(width: 16, height: 11)
    #expect(result.layout == expected.layout)
    #expect(PictureDifference(result, expected).maximum <= 1)
  }
}
