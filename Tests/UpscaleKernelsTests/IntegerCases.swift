import Testing
import UpscaleKernels

@testable import Upscale

/// Levels whose integer kernels this machine runs.
let integerLevels = levels.filter(\.isFastWithIntegers)

/// The value of memory that a kernel must not write to.
private let untouched: Float = -12345

extension AlignedBuffer {
  /// Filled with what a kernel must not write over.
  static func untouched(_ count: Int) throws -> AlignedBuffer {
    let buffer = try AlignedBuffer(count: count)
    buffer.pointer.update(repeating: UpscaleKernelsTests.untouched, count: count)
    return buffer
  }

  /// The low half of an element for lanes below 16, the high one for others.
  func half(_ lane: Int, of element: Int) -> Int {
    let bits = pointer[element].bitPattern
    return Int(Int16(truncatingIfNeeded: lane < channelBlock ? bits : bits >> 16))
  }

  func isUntouched(_ range: Range<Int>) -> Bool {
    range.allSatisfy { pointer[$0] == UpscaleKernelsTests.untouched }
  }
}

/// A pair of 16-bit integers as kernels read it.
func pair(_ low: Int16, _ high: Int16) -> Float {
  Float(bitPattern: UInt32(UInt16(bitPattern: low)) | UInt32(UInt16(bitPattern: high)) << 16)
}

/// The limits of integers, within which no sum of their products overflows: 16 bits for each, and a norm for
/// the 32 of a group.
struct IntegerLimits {
  /// The largest norms: their product is less than 2^31.
  static let inputNorm = 38_025
  static let weightNorm = 56_335

  let norm: Int
  /// How many of the largest values may be taken for one.
  let taken: Int
  private var largestSquare = 0
  private var largest = 0
  /// The largest ratio of a unit to the smallest that the limits allow.
  private var coarsest = 0.0
  private var isPositive = true

  static var inputs: IntegerLimits { IntegerLimits(norm: inputNorm, taken: 8) }
  static var weights: IntegerLimits { IntegerLimits(norm: weightNorm, taken: 1) }

  private init(norm: Int, taken: Int) {
    self.norm = norm
    self.taken = taken
  }

  mutating func check(_ integers: [Int], unit: Double, values: [Double]) {
    largestSquare = max(largestSquare, integers.reduce(0) { $0 + $1 * $1 })
    largest = max(largest, integers.map(abs).max() ?? 0)
    let squares = values.map { $0 * $0 }.sorted(by: >)
    let whole = squares.reduce(0, +).squareRoot()
    let part = squares.prefix(taken).reduce(0, +).squareRoot()
    // No unit is below 1e-18.
    let finest = max(1e-18, whole / Double(norm), part / 32767)
    // But for what an approximate root, and the room left for it, may cost.
    coarsest = max(coarsest, unit / (finest * 1.001_5))
    isPositive = isPositive && unit > 0 && unit.isFinite
  }

  var areKept: Bool { isPositive && largestSquare <= norm * norm && largest <= 32767 }
  var areUsed: Bool { coarsest <= 1 }
}
