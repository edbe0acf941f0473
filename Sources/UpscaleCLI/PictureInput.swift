import Upscale

/// Reads and decodes the picture of an INPUT argument.
enum PictureInput {
  /// How messages name an input or output argument.
  static func name(_ path: String, standard: String) -> String {
    path == "-" ? standard : "'\(BytePath(path).text)'"
  }

  /// Decodes the picture without keeping it.
  static func check(
    _ path: String, limits: PictureLimits, budget: MemoryBudget
  ) throws(UpscaleError) -> CheckedPicture {
    let bytes = try read(path, limits: limits, memory: budget.free)
    do {
      return try PictureDecoder.check(bytes, limits: limits, budget: budget)
    } catch {
      throw error.prefixed(name(path, standard: "standard input"))
    }
  }

  /// The contents of the file.
  ///
  /// - Parameters:
  ///   - path: as typed.
  ///   - limits: what is too large.
  ///   - memory: bytes that may be held.
  /// - Returns: all bytes, or the first ones of a stream that is no picture.
  /// - Throws: as `InputFile.read`.
  static func read(
    _ path: String, limits: PictureLimits, memory: Int
  ) throws(UpscaleError) -> [UInt8] {
    let isPicture = { (bytes: [UInt8]) in PictureFormat.detect(bytes) != nil }
    guard path == "-" else {
      return try InputFile.read(
        path: path, limit: limits.fileBytes, memory: memory, isPlausible: isPicture)
    }
    guard !StandardStream.input.isTerminal else {
      throw UpscaleError(
        .usage, "standard input is a terminal; pipe a picture into it or name a file")
    }
    return try InputFile.readStandardInput(
      limit: limits.fileBytes, memory: memory, isPlausible: isPicture)
  }
}
