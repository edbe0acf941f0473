import Upscale

/// Reads a picture's file, and refuses it if another process still writes to it.
enum SourceFile {
  /// - Returns: the whole file.
  /// - Throws: as reading does; `.changed` for a file that is not as it was when it was found.
  static func read(_ source: SourcePicture, limit: Int) throws(UpscaleError) -> [UInt8] {
    let name = "'\(source.path.text)'"
    guard let (file, before) = try FileExamination.open(source.path) else {
      throw UpscaleError(.noInput, "\(name) is not a file any more")
    }
    guard before.size <= limit else {
      throw InputFile.tooLarge(name, limit, size: before.size)
    }
    // Not more than its size at the start: a file that grows is refused anyway.
    let bytes = try InputFile.readFile(file, named: name, size: before.size)
    guard let after = try? file.status(), bytes.count == source.size,
      after.size == source.size, after.modificationTime == source.modified
    else {
      throw UpscaleError(
        .changed, "\(name) was being changed meanwhile; run again when it is whole")
    }
    return bytes
  }
}
