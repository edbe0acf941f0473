package import Upscale

/// The record of what was done, one JSON object a line, in `.upscale-batch.jsonl` of the folder of outputs.
///
/// Lines are only appended, each by one write, under a lock that other runs on the same folder take too.
/// A killed run or a crash can leave one incomplete line, which is skipped when the file is read.
///
/// A line is written when its output is complete on the disk and before the file gets its name. So every
/// named output has a record; a record without its output is recognised by the stale claim that its run
/// left, see `Claims`.
///
/// Used from any thread.
package final class Journal: Sendable {
  package static let fileName = ".upscale-batch.jsonl"

  /// What the journal says of an output.
  package struct Known: Sendable, Equatable {
    package let status: JournalEntry.Status
    package let inputBytes: Int
    package let inputTime: Int
    package let settings: String
    package let outputBytes: Int
    package let outputTime: Int
    package let code: Int
    package let reason: String
    package let damage: String?
    /// Whether another run wrote it while this run was working.
    package let isRecent: Bool

    init(_ entry: JournalEntry, isRecent: Bool) {
      status = entry.status
      inputBytes = entry.inputBytes
      inputTime = entry.inputTime
      settings = entry.settings
      outputBytes = entry.outputBytes
      outputTime = entry.outputTime
      code = entry.code
      reason = entry.reason
      damage = entry.damage
      self.isRecent = isRecent
    }

    /// Whether a file can be the output that was recorded: a regular one of its size.
    func isSize(of status: FileStatus) -> Bool { status.isRegular && status.size == outputBytes }

    /// Whether it was made of this input, in the way that is asked for.
    package func fits(_ source: SourcePicture, settings: String) -> Bool {
      inputBytes == source.size && inputTime == source.modified && self.settings == settings
    }
  }

  package let path: BytePath
  /// The name of this run, which its lines carry.
  package let run: String
  private let file: OpenFile
  private let state = Shared(State())

  private struct State {
    var known: [BytePath: Known] = [:]
    /// The offset up to which the file was read.
    var offset = 0
    /// The beginning of a line whose end is not there yet.
    var partial: [UInt8] = []
    var damagedLines = 0
    var isOpen = false
  }

  /// Opens the journal, or makes it.
  ///
  /// - Parameters:
  ///   - folder: of the outputs.
  ///   - run: a name for this run, different from all others'.
  ///   - isReadOnly: for looking only; there must be one.
  /// - Throws: `.cannotCreate`, `.permission`, `.inputOutput`.
  package init(
    in folder: BytePath, run: String, isReadOnly: Bool = false
  ) throws(UpscaleError) {
    path = folder.appending(Self.fileName)
    self.run = run
    do throws(SystemFailure) {
      file = try OpenFile(
        path,
        isReadOnly
          ? [.reading, .refusingLinks]
          : [.reading, .writing, .creating, .appending, .refusingLinks])
      // For reading only, the system would open a folder as well.
      if (try? file.status())?.isFolder == true { throw SystemFailure.isFolder }
    } catch {
      throw Self.cannotOpen(error, path, in: folder)
    }
    try refresh()
    state.update { $0.isOpen = true }
  }

  private static func cannotOpen(
    _ failure: SystemFailure, _ path: BytePath, in folder: BytePath
  ) -> UpscaleError {
    switch failure.cause {
    case .isFolder, .symbolicLink:
      UpscaleError(
        .cannotCreate,
        "'\(path.text)' is the name of the journal and is no file; move it away, or choose another "
          + "folder for the outputs")
    case .denied where path.status() != nil:
      UpscaleError(
        .permission,
        "the journal '\(path.text)' cannot be written: permission denied; change its permissions, or "
          + "choose another folder for the outputs")
    default: failure.creating(path.text, in: folder.text)
    }
  }

  /// What is known of an output.
  package subscript(output: BytePath) -> Known? { state.read { $0.known[output] } }

  /// Lines that could not be understood.
  package var damagedLines: Int { state.read { $0.damagedLines } }

  /// Runs `body` while no other thread or process does so with this journal.
  package func locked<Result>(_ body: () throws(UpscaleError) -> Result) throws(UpscaleError)
    -> Result
  {
    let outcome = state.update { _ in
      withFileLock { () -> Swift.Result<Result, UpscaleError> in
        do throws(UpscaleError) { return .success(try body()) } catch { return .failure(error) }
      }
    }
    return try outcome.get()
  }

  private func withFileLock<Result>(_ body: () -> Result) -> Result {
    // On file systems without locks, O_APPEND alone keeps lines apart.
    file.lock()
    defer { file.unlock() }
    return body()
  }

  /// Adds a line.
  ///
  /// - Throws: `.inputOutput`, of a full disk most often.
  package func append(_ line: JSONLine) throws(UpscaleError) {
    let bytes = Array((line.text + "\n").utf8)
    let outcome = state.update { _ in
      withFileLock {
        // After an incomplete line, this one must start on a line of its own.
        let size = (try? file.status())?.size ?? 0
        let last = size > 0 ? (try? file.bytes(at: size - 1, count: 1))?.first : nil
        return Result { () throws(SystemFailure) in
          try file.writeAll(last ?? 0x0A == 0x0A ? bytes : [0x0A] + bytes)
        }
      }
    }
    do throws(SystemFailure) {
      try outcome.get()
    } catch {
      throw error.writing("'\(path.text)'")
    }
  }

  /// Reads what other runs have written since the last call.
  ///
  /// - Throws: `.inputOutput`.
  package func refresh() throws(UpscaleError) {
    let outcome = state.update { state in
      Result { () throws(SystemFailure) in
        let size = try file.status().size
        let unread = max(1, size - state.offset)
        while state.offset < size {
          let chunk = try file.bytes(at: state.offset, count: min(unread, 1 << 18))
          guard !chunk.isEmpty else { break }
          state.offset += chunk.count
          take(chunk[...], into: &state)
        }
      }
    }
    do throws(SystemFailure) {
      try outcome.get()
    } catch {
      throw error.reading("'\(path.text)'")
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>, into state: inout State) {
    var rest = bytes
    while let end = rest.firstIndex(of: 0x0A) {
      let line = state.partial.isEmpty ? Array(rest[..<end]) : state.partial + rest[..<end]
      state.partial = []
      rest = rest[(end + 1)...]
      guard !line.isEmpty else { continue }
      guard let object = JSONLine(parsing: line) else {
        state.damagedLines += 1
        continue
      }
      // A run does not keep its own lines in memory: it needs none of them, and there are as many as
      // pictures.
      guard let entry = JournalEntry(object), entry.run != run else { continue }
      state.known[entry.output] = Known(entry, isRecent: state.isOpen)
    }
    state.partial += rest
  }
}
