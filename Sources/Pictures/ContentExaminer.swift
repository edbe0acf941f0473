/// Finds out what a picture's samples are like, from rows that come from the top on.
///
/// All sums are of whole numbers, so that they do not depend on how many rows come at a time.
package struct ContentExaminer {
  private let format: RowFormat
  private var isGray = true
  private var isVisiblyGray = true
  private var alphas: ClosedRange<Int>?
  /// Sums of colour times alpha, and of alpha.
  private var colors = SIMD3<Double>.zero
  private var weight = 0.0
  /// Sums of alpha's differences between neighbours: of all, and of those that are steps.
  private var changes = 0.0
  private var steps = 0.0
  /// Alpha of the row above.
  private var above: [Int] = []

  /// The least difference between neighbours that counts as a step, as a share of full intensity. A mask that
  /// was smoothed by antialiasing alone has larger ones; a blur of a standard deviation of 2 pixels has none.
  private static let step = 0.25

  /// - Parameter format: the picture's size, layout and depth.
  package init(_ format: RowFormat) {
    self.format = format
  }

  /// Whether no further row can change what is found.
  package var isSettled: Bool { !format.layout.hasAlpha && (format.layout.isGray || !isGray) }

  /// What was found in the rows so far.
  package var content: PictureContent {
    var content = PictureContent()
    content.isGray = isGray
    content.isVisiblyGray = isVisiblyGray
    content.constantAlpha = alphas.flatMap { $0.count == 1 ? $0.lowerBound : nil }
    if weight > 0 {
      content.visibleColor = SIMD3<Float>(colors / (weight * Double(format.depth.maximum)))
    }
    content.alphaHardness = changes > 0 ? steps / changes : 0
    return content
  }

  /// Takes the next rows.
  package mutating func take(_ rows: UnsafeRawBufferPointer) {
    guard !isSettled else { return }
    for start in stride(from: 0, to: rows.count, by: format.rowByteCount) {
      let row = UnsafeRawBufferPointer(rebasing: rows[start..<start + format.rowByteCount])
      switch format.depth {
      case .eight: take(row, of: UInt8.self)
      case .sixteen: take(row, of: UInt16.self)
      }
    }
  }

  @inline(__always)
  private mutating func take<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeRawBufferPointer, of: Sample.Type
  ) {
    let samples = row.assumingMemoryBound(to: Sample.self)
    if format.layout.hasAlpha {
      takeWithAlpha(samples)
    } else {
      for start in stride(from: 0, to: samples.count, by: 3) {
        if samples[start] != samples[start + 1] || samples[start] != samples[start + 2] {
          (isGray, isVisiblyGray) = (false, false)
          return
        }
      }
    }
  }

  @inline(__always)
  private mutating func takeWithAlpha<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ samples: UnsafeBufferPointer<Sample>
  ) {
    let channels = format.layout.rawValue
    let (green, blue) = format.layout.isGray ? (0, 0) : (1, 2)
    let step = Int((Double(format.depth.maximum) * Self.step).rounded())
    var (rowColors, rowWeight) = (SIMD3<Int>.zero, 0)
    var (rowChanges, rowSteps) = (0, 0)
    var (least, greatest) = (Int.max, 0)
    let isFirst = above.isEmpty
    if isFirst { above = [Int](repeating: 0, count: format.width) }
    var left = Int(samples[channels - 1])
    for x in 0..<format.width {
      let pixel = x * channels
      let color = SIMD3(
        Int(samples[pixel]), Int(samples[pixel + green]), Int(samples[pixel + blue]))
      let alpha = Int(samples[pixel + channels - 1])
      if color.x != color.y || color.x != color.z {
        isGray = false
        if alpha > 0 { isVisiblyGray = false }
      }
      rowColors &+= color &* alpha
      rowWeight += alpha
      least = min(least, alpha)
      greatest = max(greatest, alpha)
      let across = abs(alpha - left)
      let down = isFirst ? 0 : abs(alpha - above[x])
      rowChanges += across + down
      rowSteps += (across >= step ? across : 0) + (down >= step ? down : 0)
      left = alpha
      above[x] = alpha
    }
    colors += SIMD3<Double>(rowColors)
    weight += Double(rowWeight)
    changes += Double(rowChanges)
    steps += Double(rowSteps)
    alphas = min(alphas?.lowerBound ?? .max, least)...max(alphas?.upperBound ?? 0, greatest)
  }
}
