package import Upscale

/// A picture that was found: where it is, and what is known before it is read.
package struct SourcePicture: Sendable {
  /// Where it is opened.
  package let path: BytePath
  /// Its place below the folder that was asked for, which the output mirrors.
  package let relative: BytePath
  package let identity: FileIdentity
  /// What messages call it.
  package var name: String { "'\(path.text)'" }
  /// Size in bytes.
  package let size: Int
  /// When it changed last, in nanoseconds since 1970.
  package let modified: Int
  package let format: PictureFormat
  /// From its header; 0 where that does not contain it. Only progress and order depend on it, so it may
  /// be wrong.
  package let width: Int
  package let height: Int

  /// The header's size, or one pixel where that is not plausible: for all estimates before the picture is
  /// read.
  package var likelySize: (width: Int, height: Int) {
    let sides = 1...PictureFormat.jpeg.maximumSide
    return sides.contains(width) && sides.contains(height) ? (width, height) : (1, 1)
  }

  package var pixels: Int { likelySize.width * likelySize.height }
}
