import Foundation
import Testing
package import Upscale

/// What Pillow makes of a picture at several sizes, see Tests/Reference/make_resampling_goldens.py.
package struct ResamplingGoldens {
  /// The picture that is resampled.
  package let source: Picture
  /// The names of the results, and the results.
  package let results: [(name: String, picture: Picture)]

  /// - Parameters:
  ///   - name: of the picture.
  ///   - filter: Pillow's name of the filter, in small letters.
  /// - Throws: where there are fewer than three results.
  package init(_ name: String, filter: String) throws {
    let folder = Checkout.path("Tests/Golden/resampling")
    func picture(_ name: String) throws -> Picture {
      try PictureDecoder.decode(
        InputFile.read(path: "\(folder)/\(name)", limit: 1 << 20)
      ).picture
    }
    source = try picture("\(name).png")
    results = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("\(name)-\(filter)-") }
      .map { try ($0, picture($0)) }
    try #require(results.count >= 3)
  }
}
