import Synchronization
import SystemSupport

/// Keeps the buffers of the last picture for the next one: taking and clearing some hundred
/// megabytes costs more than a small picture does.
final class WorkspaceCache: Sendable {
  /// A workspace and the largest tile it was made for.
  ///
  /// `@unchecked Sendable`: it is handed to one user at a time, under the lock.
  struct Entry: @unchecked Sendable {
    let workspace: any NetworkWorkspace
    let width: Int
    let height: Int
  }

  private let entry = Shared<Entry?>(nil)
  private let used = Atomic<Bool>(false)

  /// Whether there has been a picture before.
  var wasUsed: Bool { used.load(ordering: .relaxed) }

  /// The kept workspace, if it is large enough; a smaller one is let go.
  func take(width: Int, height: Int) -> Entry? {
    entry.update { entry in
      defer { entry = nil }
      guard let kept = entry, kept.width >= width, kept.height >= height else { return nil }
      return kept
    }
  }

  /// The largest tile that the kept workspace was made for.
  var keptSize: (width: Int, height: Int)? {
    entry.read { entry in entry.map { ($0.width, $0.height) } }
  }

  func keep(_ last: Entry) {
    used.store(true, ordering: .relaxed)
    entry.note { $0 = last }
  }
}
