package import SystemSupport

/// What a network computes with: the kernels of one CPU level and the threads to run them on.
package final class Engine: Sendable {
  package let level: CPULevel
  package let pool: ThreadPool
  let kernels: Kernels

  package convenience init(level: CPULevel, threads: Int) {
    self.init(level: level, kernels: Kernels(level), threads: threads)
  }

  /// With kernels that need not be the level's own.
  init(level: CPULevel, kernels: Kernels, threads: Int) {
    self.level = level
    self.kernels = kernels
    pool = ThreadPool(count: threads)
  }
}
