import Foundation
import TestSupport
import Testing
import Upscale

@testable import BatchMode

@Suite struct CubicCropTests {
  /// What Pillow makes of them, see Tests/Reference/make_resampling_goldens.py.
  @Test(
    "is at most one level from Pillow's BICUBIC", arguments: ["photo", "hard", "gray", "spot"])
  func pillow(name: String) throws {
    let folder = Checkout.path("Tests/Golden/resampling")
    func picture(_ name: String) throws -> Picture {
      try PictureDecoder.decode(
        InputFile.read(path: "\(folder)/\(name)", limit: 1 << 20)
      ).picture
    }
    let source = try picture("\(name).png")
    let goldens = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix("\(name)-bicubic-")
    }
    #expect(goldens.count >= 3)
    for golden in goldens {
      let expected = try picture(golden)
      let crop = CubicCrop(
        from: (source.width, source.height), to: (expected.width, expected.height),
        columns: 0..<expected.width, rows: 0..<expected.height)
      let part = Picture(
        width: crop.sourceColumns.count, height: crop.sourceRows.count, layout: source.layout,
        bytes: source.bytes)
      #expect(PictureDifference(crop.resized(part), expected).maximum <= 1, "\(golden)")
    }
  }
}
