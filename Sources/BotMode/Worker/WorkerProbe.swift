/// Trials of what a worker may do: for tests, and for people who ask whether the sandbox is on.
package struct WorkerProbe: Codable, Sendable, Equatable {
  /// Files to open for reading.
  package var reading: [String] = []
  /// Files to make.
  package var writing: [String] = []
  /// Bytes of memory to take and to touch.
  package var allocating = 0
  /// Seconds to say nothing and to hear nothing.
  package var silence = 0.0
  /// Whether to compute until the kernel thinks that it is enough: a second.
  package var spinning = false

  package init() {}
}
