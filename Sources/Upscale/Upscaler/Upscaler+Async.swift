public import Pictures
public import SystemSupport

extension Upscaler {
  /// Enlarges a picture as `upscale` does, on a thread of its own, so that no thread of the caller's is
  /// blocked.
  ///
  /// When the task is cancelled the work stops within a layer of a tile.
  ///
  /// - Parameters:
  ///   - picture: of any layout and depth.
  ///   - scale: nil for the model's own factor.
  ///   - depth: bits of the result's samples.
  ///   - progress: takes the share of the work done, 0…1, now and then, on the thread of the work.
  /// - Returns: the picture in the same layout, with its ICC profile.
  /// - Throws: `.cancelled` when the task is cancelled, `.noThread`, and what `upscale` throws.
  public func upscaled(
    _ picture: Picture, scale: Double? = nil, depth: Picture.Depth = .eight,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) async throws(UpscaleError) -> Picture {
    typealias Outcome = Result<Picture, UpscaleError>
    let isCancelled = Shared(false)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
        do throws(UpscaleError) {
          let thread = try Workers(count: 1) { [self] _ in
            let outcome = Outcome { () throws(UpscaleError) in
              try upscale(
                picture, scale: scale, depth: depth,
                observer: WorkObserver(
                  progress: progress, isCancelled: { isCancelled.read { $0 } }))
            }
            continuation.resume(returning: outcome)
          }
          thread.detach()
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    } onCancel: {
      isCancelled.note { $0 = true }
    }
    return try outcome.get()
  }
}
