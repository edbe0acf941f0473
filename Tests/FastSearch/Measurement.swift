import Foundation
import TestSupport
import Upscale

/// How far fast is from exact on one picture.
struct Measurement {
  var text: String
  var picture: Picture
  /// Of the 16-bit results, in dB.
  var psnr: Double
  /// The largest difference of the 8-bit results, in levels.
  var levels: Int
  /// The largest difference of the 16-bit results, in 8-bit levels.
  var error: Double

  init(_ text: String, _ picture: Picture, exact: Upscaler, fast: Upscaler) throws {
    let results = try [exact, fast].map { try $0.upscale(picture, depth: .sixteen) }
    let difference = PictureDifference(results[0], results[1])
    self.text = text
    self.picture = picture
    psnr = difference.psnr
    error = Double(difference.maximum) / 257
    levels = zip(results[0].samples, results[1].samples).reduce(0) {
      max($0, abs(($1.0 + 128) / 257 - ($1.1 + 128) / 257))
    }
  }

  var line: String {
    String(format: "%.1f dB, %d levels (%.2f)", psnr, levels, error) + ": \(text)"
  }
}
