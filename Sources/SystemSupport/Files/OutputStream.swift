import Glibc

/// An output that is written piece by piece: a file that appears complete at the end, or a stream.
///
/// Files are written as `OutputFile` describes. If the stream is freed without `finish`, the temporary file
/// is removed. Pipes and devices get the pieces as they come.
public final class OutputStream {
  private var part: PartFile?
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let name: String
  private let refusesExisting: Bool
  /// Bytes that have been written so far.
  public private(set) var byteCount = 0

  /// Opens an output.
  ///
  /// - Parameters:
  ///   - path: The name that the file gets.
  ///   - refusingExisting: Fail when the name exists, now or at the end, instead of replacing the
  ///     file.
  /// - Throws: `.cannotCreate`, `.outputExists` or `.permission`.
  public convenience init(path: String, refusingExisting: Bool = false) throws(UpscaleError) {
    let target = try OutputTarget(path: BytePath(path))
    if target.kind == .file { OutputFile.sweepAbandoned(in: target.directory) }
    try self.init(target, named: visible(path), refusingExisting: refusingExisting)
  }

  /// Opens an output whose name was not typed by a user: a link of that name is replaced and never
  /// followed, devices are refused, and removing abandoned temporary files is left to the caller.
  package convenience init(
    replacing path: BytePath, refusingExisting: Bool = false
  ) throws(UpscaleError) {
    let target = try OutputTarget(path: path, replacingLinks: true)
    try self.init(target, named: path.text, refusingExisting: refusingExisting)
  }

  private init(
    _ target: OutputTarget, named path: String, refusingExisting: Bool
  ) throws(UpscaleError) {
    if refusingExisting, target.exists { throw OutputFile.alreadyExists(path) }
    name = "'\(path)'"
    refusesExisting = refusingExisting
    switch target.kind {
    case .stream:
      do throws(SystemFailure) {
        descriptor = try target.path.call(retrying: true) {
          open($0, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        }
      } catch {
        throw error.creating(path, in: target.directory.text)
      }
      ownsDescriptor = true
    case .file:
      descriptor = -1
      ownsDescriptor = false
      part = try PartFile(for: target, named: path)
    }
  }

  private init(standard descriptor: Int32, named name: String) {
    self.descriptor = descriptor
    self.name = name
    ownsDescriptor = false
    refusesExisting = false
  }

  /// Standard output, which is not closed at the end.
  public static func standardOutput() -> OutputStream {
    OutputStream(standard: STDOUT_FILENO, named: "standard output")
  }

  deinit {
    if ownsDescriptor { close(descriptor) }
  }

  /// Appends bytes.
  ///
  /// - Throws: `.diskFull`, `.quotaExceeded` or `.inputOutput`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(UpscaleError) {
    if part != nil {
      try part?.append(bytes, written: byteCount)
    } else {
      try OutputFile.writeAll(bytes, to: descriptor, named: name)
    }
    byteCount += bytes.count
  }

  /// Waits until all bytes are on the disk, and gives the file its name.
  ///
  /// - Throws: as `write`, and `.outputExists`, `.cannotCreate` or `.permission` for the name.
  public func finish() throws(UpscaleError) {
    try finish { _ in }
  }

  /// The same, in steps.
  ///
  /// - Parameters:
  ///   - isLasting: whether the name is to outlive a power failure at once; otherwise the caller
  ///     sees to it, see `OutputFile.syncNames`.
  ///   - announce: called with the file's modification time (nanoseconds since 1970; 0 for a stream) when
  ///     all bytes are on the disk; if it throws, the file does not get its name.
  /// - Throws: as `write`, and what `announce` throws.
  package func finish(
    isLasting: Bool = true, announcing announce: (Int) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    try part?.sync(written: byteCount)
    try announce(part?.modificationTime() ?? 0)
    if let part = part.take() {
      try part.publish(refusingExisting: refusesExisting, isLasting: isLasting)
    }
  }
}
