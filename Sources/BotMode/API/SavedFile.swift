import Upscale

/// The file of a download. It must be a regular file, since it is removed after a failure.
final class SavedFile {
  private let path: String
  private let file: OpenFile
  /// Bytes so far.
  private(set) var byteCount = 0

  /// - Throws: `.cannotCreate` and what opening can end in.
  init(_ path: String) throws(UpscaleError) {
    do throws(SystemFailure) {
      file = try OpenFile(
        BytePath(path), [.writing, .creating, .emptying, .refusingLinks, .withoutWaiting],
        permissions: 0o600)
    } catch {
      throw error.creating(path, in: BytePath(path).folder.text)
    }
    guard let status = try? file.status(), status.isRegular else {
      throw UpscaleError(.cannotCreate, "'\(path)' is not a regular file")
    }
    self.path = path
  }

  /// - Throws: `.inputOutput` (a full disk, most often).
  func write(_ bytes: UnsafeRawBufferPointer) throws(UpscaleError) {
    try file.withDescriptor { (descriptor) throws(UpscaleError) in
      try OutputFile.writeAll(bytes, to: descriptor, named: "'\(path)'")
    }
    byteCount += bytes.count
  }

  /// - Throws: as `write`: some network file systems report a full disk only at the end.
  func finish() throws(UpscaleError) {
    do throws(SystemFailure) {
      try file.flush()
    } catch {
      throw error.writing("'\(path)'")
    }
  }

  func discard() { BytePath(path).remove() }
}
