import Synchronization
import Upscale

/// What all workers of a run share.
final class BatchContext: Sendable {
  let request: BatchRequest
  let items: [BatchPlan.Item]
  let journal: Journal
  let claims: Claims
  let folders = OutputFolders()
  let deduplicator: Deduplicator
  let fingerprint: String
  /// One for each thread that may compute at a time.
  let permits: Shared<Int>
  let isStopping = Atomic<Bool>(false)
  let news = Shared(News())

  /// What workers have to say to the main thread.
  struct News {
    var events: [BatchEvent] = []
    /// Input pixels of what is done or failed, and of what is being computed, a number a worker.
    var pixelsBehind = 0.0
    var pixelsUnderWay: [Double] = []
    var busyWorkers = 0
    /// Why the run cannot go on.
    var halt: UpscaleError?
  }

  init(
    _ request: BatchRequest, items: [BatchPlan.Item], journal: Journal, claims: Claims
  ) {
    self.request = request
    self.items = items
    self.journal = journal
    self.claims = claims
    deduplicator = Deduplicator(items)
    fingerprint = request.settings.fingerprint
    permits = Shared(request.threads)
  }

  /// Says that a picture is behind, and how.
  func tell(_ event: BatchEvent, _ source: SourcePicture) {
    news.update {
      $0.events.append(event)
      $0.pixelsBehind += Double(source.pixels)
    }
  }

  /// Puts new names on the disk; a broken one ends the run.
  func syncNames() {
    do throws(UpscaleError) { try folders.syncNames() } catch { halt(error) }
  }

  func halt(_ error: UpscaleError) {
    isStopping.store(true, ordering: .relaxed)
    news.update { $0.halt = $0.halt ?? error }
  }
}
