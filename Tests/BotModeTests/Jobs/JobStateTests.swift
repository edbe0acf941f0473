import Testing

@testable import BotMode

@Suite("States of jobs")
struct JobStateTests {
  private static let states: [JobState] = [
    .resting, .fetching, .fetched, .computing(0.5, 3), .fitting(2), .sending,
  ]

  @Test("The legal moves are these, and no others")
  func moves() {
    // A row a state, a column a next state, in the order above.
    let legal = [
      [false, true, false, false, true, true],
      [true, false, true, false, false, false],
      [false, false, false, true, true, false],
      [true, false, true, true, true, false],
      [true, false, true, false, true, false],
      [true, false, false, false, false, false],
    ]
    for (state, row) in zip(Self.states, legal) {
      for (next, isLegal) in zip(Self.states, row) {
        #expect(state.mayBecome(next) == isLegal, "\(state) to \(next)")
      }
    }
  }

  @Test("No move takes a job from a thread and gives it to another one")
  func oneThread() {
    func stage(_ state: JobState) -> Int {
      switch state {
      case .resting, .fetched: 0
      case .fetching: 1
      case .computing, .fitting: 2
      case .sending: 3
      }
    }
    for state in Self.states where state.isBusy {
      for next in Self.states where next.isBusy && state.mayBecome(next) {
        #expect(stage(state) == stage(next), "\(state) to \(next)")
      }
    }
  }

  @Test("An illegal move changes nothing, and resting jobs take no memory")
  func live() {
    var live = LiveState()
    var isRight = !live.move(1, to: .fetched)
    #expect(isRight)
    #expect(live.state(of: 1) == .resting)
    isRight = live.move(1, to: .fetching)
    #expect(isRight)
    isRight = !live.move(1, to: .sending)
    #expect(isRight)
    #expect(live.busyJobs == [1])
    isRight = live.move(1, to: .fetched)
    #expect(isRight)
    #expect(live.busyJobs.isEmpty)
    isRight = live.move(1, to: .computing(0, 9))
    #expect(isRight)
    isRight = live.move(1, to: .resting)
    #expect(isRight)
    #expect(live.states.isEmpty)
  }

  @Test("A job that is over stays with its thread until that has done with it")
  func over() {
    var live = LiveState()
    live.move(1, to: .fetching)
    live.forget(job: 1)
    live.prune(BotState(), at: 0)
    #expect(live.busyJobs == [1])
    let isRight = live.putBack(1, as: .fetched, in: BotState()) == .over
    #expect(isRight)
    #expect(live.states.isEmpty)
  }
}
