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
    let goldens = try ResamplingGoldens(name, filter: "bicubic")
    let source = goldens.source
    for (golden, expected) in goldens.results {
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
