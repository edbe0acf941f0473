import Foundation
public import Upscale

/// How close two pictures are.
public struct PictureDifference: Sendable {
  /// Peak signal to noise ratio in dB, infinite for equal pictures.
  public let psnr: Double
  /// The largest difference of two samples, in levels.
  public let maximum: Int
  /// The share of samples that differ at all.
  public let differingShare: Double

  /// - Precondition: Both are of the same size, layout and depth.
  public init(_ first: Picture, _ second: Picture) {
    precondition(
      first.width == second.width && first.height == second.height
        && first.layout == second.layout && first.depth == second.depth,
      "only pictures of one shape can be compared")
    let (left, right) = (first.samples, second.samples)
    var squares = 0.0
    var maximum = 0
    var differing = 0
    for index in left.indices {
      let difference = abs(left[index] - right[index])
      squares += Double(difference * difference)
      maximum = max(maximum, difference)
      differing += difference == 0 ? 0 : 1
    }
    let peak = Double(first.depth.maximum)
    psnr = squares == 0 ? .infinity : 10 * log10(peak * peak * Double(left.count) / squares)
    self.maximum = maximum
    differingShare = Double(differing) / Double(left.count)
  }
}

extension Picture {
  /// All samples as numbers, whatever the depth.
  public var samples: [Int] {
    switch depth {
    case .eight: bytes.map(Int.init)
    case .sixteen:
      bytes.withUnsafeBytes { raw in
        stride(from: 0, to: raw.count, by: 2).map {
          Int(raw.loadUnaligned(fromByteOffset: $0, as: UInt16.self))
        }
      }
    }
  }

  /// A picture of given samples.
  public init(
    width: Int, height: Int, layout: Layout, depth: Depth, samples: [Int],
    iccProfile: [UInt8]? = nil
  ) {
    var bytes: [UInt8] = []
    switch depth {
    case .eight: bytes = samples.map { UInt8($0) }
    case .sixteen:
      bytes.reserveCapacity(samples.count * 2)
      for sample in samples {
        withUnsafeBytes(of: UInt16(sample)) { bytes.append(contentsOf: $0) }
      }
    }
    self.init(
      width: width, height: height, layout: layout, depth: depth, bytes: bytes,
      iccProfile: iccProfile)
  }
}
