import Glibc
import Upscale

/// Reads and decodes the picture of an INPUT argument.
enum PictureInput {
  /// How messages name an input or output argument.
  static func name(_ path: String, standard: String) -> String {
    path == "-" ? standard : "'\(BytePath(path).text)'"
  }

  static func decode(_ path: String, limits: PictureLimits) throws(UpscaleError) -> DecodedPicture {
    let bytes = try read(path, limits: limits)
    do {
      return try PictureDecoder.decode(bytes, limits: limits)
    } catch {
      throw error.prefixed(name(path, standard: "standard input"))
    }
  }

  /// The contents of the file.
  static func read(_ path: String, limits: PictureLimits) throws(UpscaleError) -> [UInt8] {
    let isPicture = { (bytes: [UInt8]) in PictureFormat.detect(bytes) != nil }
    guard path == "-" else {
      return try InputFile.read(path: path, limit: limits.fileBytes, isPlausible: isPicture)
    }
    guard isatty(STDIN_FILENO) == 0 else {
      throw UpscaleError(
        .usage, "standard input is a terminal; pipe a picture into it or name a file")
    }
    return try InputFile.readStandardInput(limit: limits.fileBytes, isPlausible: isPicture)
  }
}
