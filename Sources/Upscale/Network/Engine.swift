import UpscaleKernels

/// What a network computes with: the kernels of one CPU level and the threads to run them on.
package final class Engine: Sendable {
  package let level: CPULevel
  package let pool: ThreadPool
  let convolveRow: @Sendable (UnsafePointer<ConvolutionRow>) -> Void

  package init(level: CPULevel, threads: Int) {
    self.level = level
    pool = ThreadPool(count: threads)
    convolveRow = level.convolveRow
  }
}
