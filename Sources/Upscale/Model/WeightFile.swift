package import SystemSupport

/// A regular file that is read in pieces, from any place; closed when the last owner lets go.
///
/// It is read and not mapped: a file that is cut short while it is mapped ends the process with
/// SIGBUS, and pages of a mapping count as memory that is held. Bytes are read straight to where they are
/// needed, so the file is never whole in memory.
///
/// Safe to share between threads: nothing changes after `init`.
package final class WeightFile: Sendable {
  /// The path as given, for messages.
  package let path: String
  /// The number of bytes in the file when it was opened.
  package let count: Int
  private let file: OpenFile
  private let modificationTime: Int

  /// Bytes of a piece: few enough to stay in the cache between being read and being looked at.
  private static let pieceSize = 1 << 16

  /// Opens the file at `path`.
  ///
  /// - Throws: `.badModel` when there is no such file or it is not a regular file, `.permission`
  ///   when it may not be read, `.inputOutput` and `.memory` when the system fails. The message
  ///   does not name the file: callers prefix it.
  package init(path: String) throws(UpscaleError) {
    let status: FileStatus
    do throws(SystemFailure) {
      // Opening a FIFO must not wait for a writer.
      file = try OpenFile(BytePath(path), [.reading, .withoutWaiting])
    } catch {
      throw Self.failure(error, to: "opened")
    }
    do throws(SystemFailure) {
      status = try file.status()
    } catch {
      throw Self.failure(error, to: "examined")
    }
    guard status.isRegular else {
      throw UpscaleError(.badModel, "is not a regular file, so it cannot be a model")
    }
    self.path = path
    count = status.size
    modificationTime = status.modificationTime
  }

  /// Fills `target` with the file's bytes from `offset` on.
  ///
  /// - Throws: `.badModel` if there are no longer as many, `.inputOutput` or `.memory` when the
  ///   system fails.
  package func read(
    at offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(UpscaleError) {
    precondition(offset >= 0 && target.count <= count - offset, "range outside the file")
    var done = 0
    while done < target.count {
      let part: Int
      do throws(SystemFailure) {
        part = try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: target[done...]), at: offset + done)
      } catch {
        throw Self.failure(error, to: "read")
      }
      guard part > 0 else { throw Self.changed }
      done += part
    }
  }

  /// Calls `body` with the bytes in `range`, a piece at a time; pieces but the last are a multiple of
  /// 8 bytes long.
  ///
  /// - Throws: as `read`, and what `body` throws.
  package func forEachPiece(
    of range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    let size = min(range.count, Self.pieceSize)
    try withUnsafeTemporaryAllocation(byteCount: size, alignment: 64) {
      buffer throws(UpscaleError) in
      for start in stride(from: range.lowerBound, to: range.upperBound, by: max(1, size)) {
        let piece = UnsafeMutableRawBufferPointer(
          rebasing: buffer[..<min(size, range.upperBound - start)])
        try read(at: start, into: piece)
        try body(UnsafeRawBufferPointer(piece))
      }
    }
  }

  /// A copy of the bytes in `range`, which must lie inside the file: for short ones.
  package func copy(_ range: Range<Int>) throws(UpscaleError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    try forEachPiece(of: range) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The SHA-256 of the whole file in lower-case hexadecimal.
  ///
  /// - Throws: as `read`.
  package func hexDigest() throws(UpscaleError) -> String {
    var failure: UpscaleError?
    let digest = SHA256.digest { feed in
      do throws(UpscaleError) {
        try forEachPiece(of: 0..<count) { feed($0) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return SHA256.hexadecimal(digest)
  }

  /// Refuses a file that was written to since it was opened: parts of two versions make no model.
  ///
  /// - Throws: `.badModel`.
  package func checkIsUnchanged() throws(UpscaleError) {
    guard let status = try? file.status(), status.size == count,
      status.modificationTime == modificationTime
    else { throw Self.changed }
  }

  private static let changed = UpscaleError(
    .badModel, "was changed while it was read; use it when it is complete")

  private static func failure(_ failure: SystemFailure, to verb: String) -> UpscaleError {
    switch failure.cause {
    case .noSuchFile, .notFolder: UpscaleError(.badModel, "no such model file")
    case .denied, .notPermitted: UpscaleError(.permission, "may not be read: permission denied")
    case .noMemory: UpscaleError(.memory(), "cannot be \(verb): not enough memory")
    case .tooManyOpenFiles:
      UpscaleError(
        .tooManyOpenFiles, "cannot be \(verb): too many files are open; raise the limit (ulimit -n)"
      )
    default:
      UpscaleError(.inputOutput, "cannot be \(verb): \(failure.reason)")
    }
  }
}
