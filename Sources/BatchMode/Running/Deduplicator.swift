import Upscale

/// Finds pictures of the same bytes: the first one is computed, the others get copies of its output.
///
/// Used from any thread.
final class Deduplicator: Sendable {
  /// What is to be done about a picture.
  enum Verdict {
    case compute
    /// The first file's output is there.
    case copy(JournalEntry)
    /// The first file is being computed; its worker returns this one to the queue afterwards.
    case wait
  }

  private enum State {
    case underWay(waiting: [Int])
    case done(JournalEntry)
  }

  private struct Table {
    /// Sizes of files that more than one picture has.
    var sizes: Set<Int> = []
    var states: [String: State] = [:]
  }

  private let table = Shared(Table())

  /// - Parameter items: all that may be done in this run.
  init(_ items: [BatchPlan.Item]) {
    var seen: Set<Int> = []
    var sizes: Set<Int> = []
    for item in items where !seen.insert(item.source.size).inserted {
      sizes.insert(item.source.size)
    }
    table.update { $0.sizes = sizes }
  }

  /// The digest of a file whose bytes another one may have, too; nil where no other has its size.
  func digest(_ bytes: [UInt8]) -> String? {
    guard table.read({ $0.sizes.contains(bytes.count) }) else { return nil }
    return bytes.withUnsafeBytes { SHA256.hexDigest($0) }
  }

  func verdict(_ digest: String, item: Int) -> Verdict {
    table.update { table in
      switch table.states[digest] {
      case nil:
        table.states[digest] = .underWay(waiting: [])
        return .compute
      case .underWay(let waiting):
        table.states[digest] = .underWay(waiting: waiting + [item])
        return .wait
      case .done(let entry): return .copy(entry)
      }
    }
  }

  /// Records the outcome of a picture that was to be computed.
  ///
  /// - Parameters:
  ///   - digest: of the picture's file.
  ///   - entry: nil when it has no output.
  /// - Returns: items that waited for it.
  func settle(_ digest: String, _ entry: JournalEntry?) -> [Int] {
    table.update { table in
      guard case .underWay(let waiting) = table.states[digest] else { return [] }
      table.states[digest] = entry.map { .done($0) }
      return waiting
    }
  }

  /// Forgets an output that was to be copied and has changed.
  func forget(_ digest: String) {
    table.update { $0.states[digest] = nil }
  }
}
