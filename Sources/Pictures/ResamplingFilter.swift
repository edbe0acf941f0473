import SystemSupport

/// For each sample of a resized row or column: which source samples it is made of, and how much.
///
/// Sample centres lie at half integers. When shrinking, the kernel is widened by the factor, so that detail
/// too fine for the result is averaged and not aliased. At the edge of the picture, the weights of samples
/// beyond it are given to those within. Pillow's `resize` is the same but for its rounding.
package struct ResamplingFilter {
  /// The first source sample of each output sample. It never decreases.
  package let starts: [Int]
  /// How many source samples the widest output sample needs.
  package let tapCount: Int
  /// `tapCount` weights for each output sample, zero after its last; they sum to 1.
  package let weights: [Float]

  /// - Parameters:
  ///   - source: samples of the source.
  ///   - target: samples when resized.
  ///   - kernel: the curve of weights.
  ///   - range: the samples that are wanted of the target; nil for all.
  package init(
    from source: Int, to target: Int, kernel: ResamplingKernel = .lanczos,
    range: Range<Int>? = nil
  ) {
    let range = range ?? 0..<target
    let step = Double(source) / Double(target)
    let stretch = max(step, 1)
    let radius = kernel.radius * stretch
    let capacity = min(Int((2 * radius).rounded(.up)) + 1, source)
    var starts: [Int] = []
    var weights = [Float](repeating: 0, count: capacity * range.count)
    starts.reserveCapacity(range.count)
    var taps = [Double](repeating: 0, count: capacity)
    for index in range {
      let center = (Double(index) + 0.5) * step
      let first = max(Int((center - radius).rounded(.down)), 0)
      let start = min(first, source - capacity)
      var sum = 0.0
      for tap in 0..<capacity {
        taps[tap] = kernel.weight(at: (Double(start + tap) + 0.5 - center) / stretch)
        sum += taps[tap]
      }
      for tap in 0..<capacity {
        weights[(index - range.lowerBound) * capacity + tap] = Float(taps[tap] / sum)
      }
      starts.append(start)
    }
    self.starts = starts
    self.weights = weights
    tapCount = capacity
  }
}
