/// Actions to try in a worker, to show what the sandbox allows: for tests and for operators.
package struct WorkerProbe: Codable, Sendable, Equatable {
  /// Files to open for reading.
  package var reading: [String] = []
  /// Files to create.
  package var writing: [String] = []
  /// Bytes of memory to allocate and to write to.
  package var allocating = 0
  /// Seconds in which the worker neither reads nor writes.
  package var silence = 0.0
  /// Whether to compute until the kernel's limit on processor time, set to a second, ends the process.
  package var spinning = false

  package init() {}
}
