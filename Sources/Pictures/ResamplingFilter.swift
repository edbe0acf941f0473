import SystemSupport

/// For each sample of a resized row or column: which source samples it is made of, and how much.
///
/// The filter is Lanczos with three lobes: of the common windowed sincs the one that keeps most
/// detail without visible ringing, and the one with which the reference scripts of Real-ESRGAN reach
/// factors that the network does not have. When shrinking, it is widened by the factor, so that detail
/// too fine for the result is averaged and not aliased.
struct ResamplingFilter {
  /// The first source sample of each output sample. It never decreases.
  let starts: [Int]
  /// How many source samples the widest output sample needs.
  let tapCount: Int
  /// `tapCount` weights for each output sample, zero after its last; they sum to 1.
  let weights: [Float]

  init(from source: Int, to target: Int) {
    let step = Double(source) / Double(target)
    let stretch = max(step, 1)
    let radius = ResamplingFilter.lobes * stretch
    let capacity = min(Int((2 * radius).rounded(.up)) + 1, source)
    var starts: [Int] = []
    var weights = [Float](repeating: 0, count: capacity * target)
    starts.reserveCapacity(target)
    var taps = [Double](repeating: 0, count: capacity)
    for index in 0..<target {
      // Sample centres lie at half integers; sample i of the source covers i to i + 1.
      let center = (Double(index) + 0.5) * step
      let first = max(Int((center - radius).rounded(.down)), 0)
      let start = min(first, source - capacity)
      var sum = 0.0
      for tap in 0..<capacity {
        taps[tap] = ResamplingFilter.lanczos((Double(start + tap) + 0.5 - center) / stretch)
        sum += taps[tap]
      }
      for tap in 0..<capacity {
        weights[index * capacity + tap] = Float(taps[tap] / sum)
      }
      starts.append(start)
    }
    self.starts = starts
    self.weights = weights
    tapCount = capacity
  }

  private static let lobes = 3.0

  private static func lanczos(_ x: Double) -> Double {
    guard abs(x) < lobes else { return 0 }
    guard abs(x) > 1e-9 else { return 1 }
    let angle = Double.pi * x
    return lobes * sine(angle) * sine(angle / lobes) / (angle * angle)
  }
}
