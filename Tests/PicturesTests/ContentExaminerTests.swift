import Pictures
import TestSupport
import Testing

@Suite("What samples are like")
struct ContentExaminerTests {
  private func picture(
    _ layout: Picture.Layout, _ depth: Picture.Depth = .eight, _ pixel: (Int, Int) -> [Int]
  ) -> Picture {
    let (width, height) = (20, 12)
    let samples = (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(x, y) } }
    return Picture(width: width, height: height, layout: layout, depth: depth, samples: samples)
  }

  @Test("Gray is gray in every pixel that is seen", arguments: Picture.Depth.allCases)
  func gray(depth: Picture.Depth) {
    let peak = depth.maximum
    #expect(picture(.rgb, depth) { x, y in [x, x, x] }.content.isGray)
    #expect(!picture(.rgb, depth) { x, y in [x, x, (x, y) == (19, 11) ? 1 : x] }.content.isGray)
    #expect(!picture(.rgb, depth) { x, y in [x, (x, y) == (0, 11) ? 1 : x, x] }.content.isGray)
    let hidden = picture(.rgba, depth) { x, y in x < 10 ? [peak, 0, 0, 0] : [9, 9, 9, peak] }
      .content
    #expect(hidden.isVisiblyGray && !hidden.isGray)
    let faint = picture(.rgba, depth) { x, y in x < 10 ? [peak, 0, 0, 1] : [9, 9, 9, peak] }.content
    #expect(!faint.isVisiblyGray && !faint.isGray)
    #expect(picture(.grayAlpha, depth) { x, y in [x, y] }.content.isGray)
  }

  @Test("Constant alpha is known", arguments: [Picture.Layout.grayAlpha, .rgba])
  func constant(layout: Picture.Layout) {
    func content(_ alpha: @escaping (Int, Int) -> Int) -> PictureContent {
      picture(layout) { x, y in
        [Int](repeating: x, count: layout.colorCount) + [alpha(x, y)]
      }.content
    }
    #expect(content { _, _ in 255 }.constantAlpha == 255)
    #expect(content { _, _ in 0 }.constantAlpha == 0)
    #expect(content { _, _ in 77 }.constantAlpha == 77)
    #expect(content { x, y in (x, y) == (19, 11) ? 254 : 255 }.constantAlpha == nil)
    #expect(picture(.rgb) { _, _ in [1, 2, 3] }.content.constantAlpha == nil)
  }

  @Test("The mean colour is that of what is seen")
  func mean() {
    let content = picture(.rgba) { x, _ in
      x < 5 ? [0, 255, 0, 0] : x < 10 ? [255, 0, 51, 85] : [0, 0, 51, 255]
    }.content
    // 5 columns of a third, 10 of one.
    let share: Float = 5.0 / 3 / (5.0 / 3 + 10)
    #expect(abs(content.visibleColor.x - share) < 1e-6)
    #expect(content.visibleColor.y == 0)
    #expect(abs(content.visibleColor.z - 0.2) < 1e-6)
    #expect(picture(.rgba) { _, _ in [1, 2, 3, 0] }.content.visibleColor == .zero)
  }

  @Test("Masks are hard, gradients soft")
  func hardness() {
    #expect(picture(.grayAlpha) { x, _ in [0, x < 9 ? 0 : 255] }.content.alphaHardness == 1)
    // An edge smoothed by antialiasing.
    #expect(
      picture(.grayAlpha) { x, _ in [0, x < 9 ? 0 : x == 9 ? 100 : 255] }.content.alphaHardness == 1
    )
    #expect(picture(.grayAlpha) { x, y in [0, x * 10 + y] }.content.alphaHardness == 0)
    #expect(picture(.grayAlpha) { _, _ in [0, 9] }.content.alphaHardness == 0)
  }

  @Test("Rows may come in any number at a time", arguments: Picture.Layout.allCases)
  func chunks(layout: Picture.Layout) {
    let picture = Picture.waves(width: 31, height: 23, layout: layout, depth: .sixteen)
    let format = RowFormat(width: 31, height: 23, layout: layout, depth: .sixteen)
    for rows in [1, 2, 5, 23] {
      var examiner = ContentExaminer(format)
      picture.bytes.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: rows * format.rowByteCount) {
          examiner.take(
            UnsafeRawBufferPointer(
              rebasing: bytes[start..<min(bytes.count, start + rows * format.rowByteCount)]))
        }
      }
      #expect(examiner.content == picture.content)
    }
  }
}
