public import Foundation

/// Expected texts in files, recorded on demand.
public enum Golden {
  /// Compares `text` with the file `name` in `folder`.
  ///
  /// A missing file, or any when `RECORD_GOLDEN` is set, is recorded and then reported as a difference, so
  /// that a test never passes by recording.
  ///
  /// - Parameters:
  ///   - text: The actual text.
  ///   - name: The file's name.
  ///   - folder: The folder of expected texts, in the sources.
  /// - Returns: What is wrong, or nil.
  public static func difference(_ text: String, name: String, in folder: URL) -> String? {
    let file = folder.appending(path: name)
    let expected = try? String(contentsOf: file, encoding: .utf8)
    guard let expected, ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == nil else {
      try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      do {
        try text.write(to: file, atomically: true, encoding: .utf8)
      } catch {
        return "\(name) could not be recorded: \(error)"
      }
      return "\(name) was recorded; read it, then run again"
    }
    guard expected != text else { return nil }
    return "\(name) differs; RECORD_GOLDEN=1 records what is now:\n\(text)"
  }
}
