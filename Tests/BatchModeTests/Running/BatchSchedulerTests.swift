import Testing

@testable import BatchMode

@Suite("The order of a batch") struct BatchSchedulerTests {
  private static func scheduler(
    _ pictures: [(pixels: Int, multiplyAdds: Double)], threads: Int = 2, perPixel: Double = 1e6
  ) -> BatchScheduler {
    BatchScheduler(
      pictures.map { .init(pixels: $0.pixels, multiplyAdds: $0.multiplyAdds) }, threads: threads,
      multiplyAddsPerOutputPixel: perPixel)
  }

  @Test("Large pictures come first; a size class keeps the order of its names") func order() {
    let scheduler = Self.scheduler([100, 120, 5000, 64, 127, 9000].map { ($0, 1) })
    // 4096...8191 and 8192...16383 are classes of their own; 64...127 is one.
    #expect(scheduler.order == [5, 2, 0, 1, 3, 4])
    #expect(Self.scheduler([]).order.isEmpty)
    #expect(Self.scheduler([(0, 0)]).order == [0])
  }

  @Test("One thread computes one picture after the other") func oneThread() {
    let scheduler = Self.scheduler([(10, 1), (10, 1e15)], threads: 1)
    let phases = scheduler.phases(of: [1, 0])
    #expect(phases.small == [1, 0])
    #expect(phases.large.isEmpty)
  }

  @Test("A picture that others would wait for at the end has all threads") func straggler() {
    let scheduler = Self.scheduler((0..<16).map { ($0, 1e9) } + [(99, 40e9)])
    let phases = scheduler.phases(of: [16] + Array(0..<16))
    #expect(phases.large == [16])
    #expect(phases.small == Array(0..<16))
  }

  @Test("Of what is left, not of the whole batch, a share is large") func remainder() {
    let scheduler = Self.scheduler(Array(repeating: (1, 1e9), count: 16))
    #expect(scheduler.phases(of: Array(0..<16)).large.isEmpty)
    #expect(scheduler.phases(of: [3, 5]).large == [3, 5])
    #expect(scheduler.phases(of: [3, 5]).small.isEmpty)
    #expect(scheduler.phases(of: []).small.isEmpty)
    #expect(scheduler.phases(of: []).large.isEmpty)
  }

  @Test(
    "A picture that fills every thread is large, unless encoding takes as long as the network",
    arguments: [(1e6, true), (BatchScheduler.multiplyAddsOfEncoding, false)])
  func fullThreads(perPixel: Double, isLarge: Bool) {
    let work = BatchScheduler.multiplyAddsOfThread * 2 + 1
    let scheduler = Self.scheduler(Array(repeating: (1, work), count: 64), perPixel: perPixel)
    #expect(scheduler.phases(of: Array(0..<64)).large.isEmpty != isLarge)
  }

  @Test("No picture is lost or computed twice", arguments: [1, 2, 3, 8])
  func permutation(threads: Int) {
    let pictures = (0..<200).map {
      (pixels: $0 * 7919 % 1009, multiplyAdds: Double($0 % 13) * 3e10)
    }
    let scheduler = Self.scheduler(pictures, threads: threads)
    #expect(scheduler.order.sorted() == Array(0..<200))
    let phases = scheduler.phases(of: scheduler.order)
    #expect((phases.small + phases.large).sorted() == Array(0..<200))
  }
}
