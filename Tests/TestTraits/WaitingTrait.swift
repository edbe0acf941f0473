public import Testing

/// Runs tests that mostly wait on threads of their own; see `WaitingExecutor`.
public struct WaitingTrait: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(WaitingExecutor.shared) { try await body() }
  }
}

extension Trait where Self == WaitingTrait {
  /// For tests that wait for programs or servers rather than compute.
  public static var waiting: Self { WaitingTrait() }
}
