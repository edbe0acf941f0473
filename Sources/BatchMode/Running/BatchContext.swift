import Synchronization
import Upscale

/// What all workers of a run share.
final class BatchContext: Sendable {
  let request: BatchRequest
  let items: [BatchPlan.Item]
  let journal: Journal
  let claims: Claims
  /// Whether outputs lie among inputs.
  let isMixed: Bool
  let folders = OutputFolders()
  let deduplicator: Deduplicator
  let fingerprint: String
  /// One for each thread that may compute at a time.
  let permits: Shared<Int>
  let isStopping = Atomic<Bool>(false)
  let news = Shared(News())

  /// What workers report to the main thread.
  struct News {
    var events: [BatchEvent] = []
    /// Input pixels of finished pictures (done or failed), and those of the pictures being computed, one
    /// number for each worker.
    var pixelsBehind = 0.0
    var pixelsUnderWay: [Double] = []
    var busyWorkers = 0
    /// The error for which the whole run stops.
    var halt: UpscaleError?
  }

  init(
    _ request: BatchRequest, items: [BatchPlan.Item], journal: Journal, claims: Claims,
    isMixed: Bool
  ) {
    self.request = request
    self.items = items
    self.journal = journal
    self.claims = claims
    self.isMixed = isMixed
    deduplicator = Deduplicator(items)
    fingerprint = request.settings.fingerprint
    permits = Shared(request.threads)
  }

  /// Reports that a picture is finished, and its outcome.
  func tell(_ event: BatchEvent, _ source: SourcePicture) {
    news.update {
      $0.events.append(event)
      $0.pixelsBehind += Double(source.pixels)
    }
  }

  /// Syncs new names to the disk; a broken disk ends the run.
  func syncNames() {
    do throws(UpscaleError) { try folders.syncNames() } catch { halt(error) }
  }

  func halt(_ error: UpscaleError) {
    isStopping.store(true, ordering: .relaxed)
    news.update { $0.halt = $0.halt ?? error }
  }
}
