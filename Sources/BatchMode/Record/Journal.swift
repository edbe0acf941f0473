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

  package let path: BytePath
  /// The name of this run, which its lines carry.
  package let run: String
  private let file: OpenFile
  private let state = Shared(State())

  private struct State {
    /// The last entry of each output.
    var entries: [BytePath: JournalEntry] = [:]
    /// Outputs whose entries other runs wrote while this one was at work.
    var recent: Set<BytePath> = []
    /// The settings of the last entry: most entries of a journal share one text.
    var settings = ""
    /// The offset up to which the file was read.
    var offset = 0
    /// The beginning of a line whose end is not there yet.
    var partial: [UInt8] = []
    var damagedLines = 0
    var isOpen = false
    /// The sizes in bytes that each output has had, by whatever run; nil unless asked for.
    var outputSizes: [BytePath: Set<Int>]?
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

  /// The last entry of an output.
  package subscript(output: BytePath) -> JournalEntry? { state.read { $0.entries[output] } }

  /// Whether another run wrote the entry while this one was at work.
  package func isRecent(_ output: BytePath) -> Bool { state.read { $0.recent.contains(output) } }

  /// Remembers from now on which outputs any run has written, this one too: only needed where outputs lie
  /// among inputs, since it takes memory for each.
  ///
  /// - Throws: as `refresh`.
  package func rememberOutputs() throws(UpscaleError) {
    state.update { state in
      guard state.outputSizes == nil else { return }
      let recent = state.recent
      state = State()
      (state.recent, state.outputSizes) = (recent, [:])
    }
    try refresh()
    state.update { $0.isOpen = true }
  }

  /// All outputs that any run has written, as far as `rememberOutputs` was called.
  package var outputs: [BytePath] { state.read { Array($0.outputSizes?.keys ?? [:].keys) } }

  /// Whether a file that has an output's name can be what a run has written: it has such a size.
  package func isOutput(_ output: BytePath, _ status: FileStatus) -> Bool {
    state.read { status.isRegular && $0.outputSizes?[output]?.contains(status.size) == true }
  }

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
      guard var entry = JournalEntry(object) else { continue }
      if let written = entry.written {
        state.outputSizes?[entry.output, default: []].insert(written.bytes)
      }
      // A run does not keep its own lines in memory: it needs none of them, and there are as many as
      // pictures.
      guard entry.run != run else { continue }
      if entry.settings == state.settings {
        entry.settings = state.settings
      } else {
        state.settings = entry.settings
      }
      // A run looks up outputs and has the inputs itself: their names would be a third of the memory.
      entry.input = BytePath("")
      state.entries[entry.output] = entry
      if state.isOpen { state.recent.insert(entry.output) }
    }
    state.partial += rest
  }
}
