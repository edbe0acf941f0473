import Foundation
public import Testing

/// For tests that mostly wait for other programs: each has a thread of its own meanwhile.
///
/// Tests share as many threads as there are cores; whoever blocks one of them keeps another test from
/// running, and a machine of two cores does nothing but wait. Beside a thread of its own, a test still
/// is the task that issues are recorded for.
public struct WaitingTrait: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(ThreadExecutor.shared) { try await function() }
  }
}

extension Trait where Self == WaitingTrait {
  /// The test mostly waits for other programs.
  public static var waits: Self { WaitingTrait() }
}

/// Runs each piece of a task on a new thread.
private final class ThreadExecutor: TaskExecutor {
  static let shared = ThreadExecutor()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
