package import Upscale

/// A picture's file that the worker made.
package struct EncodedFile: Codable, Sendable, Equatable {
  package var path: String
  package let format: PictureFormat
  package let width: Int
  package let height: Int
  package let bytes: Int

  package init(path: String, format: PictureFormat, width: Int, height: Int, bytes: Int) {
    self.path = path
    self.format = format
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// The file's name without its folder.
  package var name: String { String(path.split(separator: "/").last ?? "") }
}
