import Upscale

/// The progress of a run.
package struct BatchProgress: Sendable, Equatable {
  /// Pictures to do in this run, and how many are done, failed, or done by another run meanwhile.
  package var files = 0
  package var done = 0
  package var failed = 0
  package var elsewhere = 0
  /// Input pixels of all pictures to do, and of those that are finished.
  package var pixels = 0
  package var pixelsBehind = 0.0
  /// Seconds since the work began.
  package var seconds = 0.0

  package init() {}

  /// 0…1, by pixels.
  package var fraction: Double { pixels > 0 ? min(1, pixelsBehind / Double(pixels)) : 1 }
  package var filesBehind: Int { done + failed + elsewhere }
  package var picturesPerMinute: Double { seconds > 0 ? Double(filesBehind) / seconds * 60 : 0 }
  /// Seconds left, or nil when it is too early to tell.
  package var remaining: Double? {
    fraction > 0.002 && seconds > 1 ? seconds * (1 - fraction) / fraction : nil
  }
}
