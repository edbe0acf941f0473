import Upscale

/// A file to send, open while this lives.
final class SentFile: Sendable {
  let file: OpenFile
  let byteCount: Int

  /// - Throws: `.noInput` and what opening can end in.
  init(_ path: String) throws(UpscaleError) {
    let name = "'\(path)'"
    do throws(SystemFailure) {
      file = try OpenFile(BytePath(path), [.reading, .withoutWaiting])
    } catch {
      throw error.reading(name)
    }
    guard let status = try? file.status(), status.isRegular else {
      throw UpscaleError(.noInput, "\(name) is not a regular file")
    }
    byteCount = status.size
  }
}
