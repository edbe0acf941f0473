import Upscale

/// Estimates of durations from the measured speeds.
extension Memory {
  /// Seconds that a megapixel of a picture takes.
  func secondsPerMegapixel(for wish: Wish) -> Double {
    // A cautious guess where no speed was measured yet: four cores of some years ago.
    let pace = paces[wish.look.rawValue] ?? ([.fast, .clean].contains(wish.look) ? 5 : 40)
    return pace * applications(for: wish)
  }

  /// Seconds that enlarging a picture will take.
  func expectedSeconds(of job: Job) -> Double {
    job.megapixels * secondsPerMegapixel(for: job.wish)
  }

  /// Seconds that sending a result will take.
  func secondsToSend(_ picture: FinishedPicture) -> Double {
    max(1, Double(picture.file.bytes) / 1e6 * (sendingPace ?? 0.25))
  }

  /// Updates the speed of a network from a computed picture.
  mutating func learn(_ job: Job, seconds: Double) {
    // For small pictures the time to start dominates that of computing.
    guard !job.isGuess, job.megapixels >= 0.02 else { return }
    let measured = seconds / job.megapixels / applications(for: job.wish)
    guard measured.isFinite, measured < 1e5 else { return }
    let look = job.wish.look.rawValue
    paces[look] = paces[look].map { 0.6 * $0 + 0.4 * measured } ?? measured
  }

  /// Updates the speed of sending from a result.
  mutating func learnSending(bytes: Int, seconds: Double) {
    // For a small file, waiting for the server's answer dominates.
    guard bytes >= 1_000_000, seconds.isFinite, seconds > 0 else { return }
    let measured = seconds / (Double(bytes) / 1e6)
    sendingPace = sendingPace.map { 0.6 * $0 + 0.4 * measured } ?? measured
  }

  private func applications(for wish: Wish) -> Double {
    Architecture.applications(
      factor: factors?[wish.look.rawValue] ?? 4, toReach: Double(wish.scale))
  }
}
