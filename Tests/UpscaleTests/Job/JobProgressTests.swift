import Testing

@testable import Upscale

@Suite("The progress of a job is a share of its time")
struct JobProgressTests {
  /// Simulates a job whose parts take so many seconds, in alternating steps of a hundredth, and checks the
  /// estimates on the way.
  ///
  /// - Returns: the largest relative error of the estimated whole time after the first tenth.
  private func worstError(
    usual: (Double, Double, Double), actual: (read: Double, network: Double, write: Double),
    setUp: Double = 0, bands: Int
  ) -> Double {
    var progress = JobProgress(usual: (usual.0, usual.1, usual.2))
    progress.setUpSeconds = setUp
    let total = setUp + actual.read + actual.network + actual.write
    var now = setUp
    var worst = 0.0
    func look() {
      guard now > total / 10 else { return }
      worst = max(worst, abs(now + progress.remaining - total) / total)
    }
    for band in 0..<bands {
      let parts: [(JobProgress.Part, Double)] = [
        (.read, actual.read), (.network, actual.network), (.write, actual.write),
      ]
      for (part, seconds) in parts {
        for step in 1...100 {
          let share = (Double(band) + Double(step) / 100) / Double(bands)
          now += seconds / Double(bands) / 100
          progress.note(part, seconds: share * seconds, share: share)
          look()
        }
      }
    }
    #expect(abs(progress.fraction - 1) < 1e-9)
    #expect(abs(progress.remaining) < 1e-9)
    return worst
  }

  @Test("Where all is as usual it is exact", arguments: [1, 7])
  func asUsual(bands: Int) {
    #expect(worstError(usual: (1, 10, 5), actual: (1, 10, 5), bands: bands) < 0.01)
  }

  @Test("A slower machine shows in the network", arguments: [1, 7])
  func slower(bands: Int) {
    #expect(worstError(usual: (0.1, 10, 5), actual: (0.4, 40, 20), bands: bands) < 0.12)
  }

  @Test("What was done once does not count for the rest")
  func setUp() {
    #expect(worstError(usual: (0.1, 10, 1), actual: (0.1, 10, 1), setUp: 8, bands: 1) < 0.01)
  }

  @Test("It never goes back while a part goes on evenly")
  func rises() {
    var progress = JobProgress(usual: (0, 10, 5))
    var last = 0.0
    for step in 1...100 {
      progress.note(.network, seconds: Double(step) * 0.2, share: Double(step) / 100)
      #expect(progress.fraction >= last || step < 4)
      last = progress.fraction
    }
  }
}
