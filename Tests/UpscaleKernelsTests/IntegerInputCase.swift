import Testing
import UpscaleKernels

@testable import Upscale

/// A row of tiles of up to 32 channels.
struct IntegerInputCase: CustomTestStringConvertible, Sendable {
  let tiles: Int
  let isEnlarged: Bool
  let hasSecond: Bool

  static let all = [1, 2, 7].flatMap { tiles in
    [false, true].flatMap { isEnlarged in
      [false, true].map {
        IntegerInputCase(tiles: tiles, isEnlarged: isEnlarged, hasSecond: $0)
      }
    }
  }

  var testDescription: String {
    "\(tiles) tiles of \(lanes) channels\(isEnlarged ? ", enlarged" : "")"
  }

  var lanes: Int { hasSecond ? 2 * channelBlock : channelBlock }
  /// Pixels of a row, and rows; enlarged ones are pointed to twice.
  var pixels: Int { isEnlarged ? 2 * tiles + 2 : 4 * tiles + 2 }
  var rows: Int { isEnlarged ? 4 : 6 }
  /// Floats of 16 channels: `[row][pixel][16]`.
  var blockFloats: Int { rows * pixels * channelBlock }

  /// Where a window's line comes from: enlarged ones start with the second half of a pixel.
  private func source(_ line: Int) -> Int { isEnlarged ? (line + 1) / 2 : line }

  /// The 6x6 window of a tile in one of 32 channels.
  func window(_ values: [Float], tile: Int, lane: Int) -> [[Double]] {
    let block = lane / channelBlock * blockFloats
    let first = tile * (isEnlarged ? 2 : 4)
    return (0..<6).map { y in
      (0..<6).map { x in
        let pixel = source(y) * pixels + first + source(x)
        return Double(values[block + pixel * channelBlock + lane % channelBlock])
      }
    }
  }

  /// What the kernel makes of values `[block][row][pixel][16]`.
  func computed(_ values: [Float], _ kernels: IntegerKernels) throws -> IntegerInputResult {
    let result = IntegerInputResult(
      tiles: tiles, output: try .untouched(Winograd.positions * (tiles + 1) * channelBlock),
      scales: try .untouched(tiles * Winograd.positions + channelBlock))
    let scratch = try AlignedBuffer(count: integerScratch)
    let input = try AlignedBuffer(count: 2 * blockFloats)
    input.pointer.update(from: values, count: 2 * blockFloats)
    let zeros = try AlignedBuffer(count: pixels * channelBlock)
    let lines = (0..<12).map { line in
      line < 6 || hasSecond
        ? UnsafePointer(
          input.pointer + line / 6 * blockFloats + source(line % 6) * pixels * channelBlock)
        : UnsafePointer(zeros.pointer)
    }
    try lines.withUnsafeBufferPointer { lines in
      let lines = try #require(lines.baseAddress)
      var call = IntegerInput(
        first: lines, second: lines + 6, tiles: tiles, isEnlarged: isEnlarged,
        output: result.output.pointer, positionStride: result.positionStride,
        scales: result.scales.pointer, scratch: scratch.pointer)
      kernels.transformInput(&call)
    }
    withExtendedLifetime((input, zeros, scratch)) {}
    return result
  }
}

struct IntegerInputResult {
  let tiles: Int
  let output: AlignedBuffer
  let scales: AlignedBuffer

  /// With room for a tile more.
  var positionStride: Int { (tiles + 1) * channelBlock }

  func integer(tile: Int, position: Int, lane: Int) -> Int {
    output.half(lane, of: position * positionStride + tile * channelBlock + lane % channelBlock)
  }

  func scale(tile: Int, position: Int) -> Float {
    scales.pointer[tile * Winograd.positions + position]
  }

  /// Whether nothing was written where nothing belongs.
  var isConfined: Bool {
    let end = tiles * Winograd.positions
    return scales.isUntouched(end..<end + channelBlock)
      && (1...Winograd.positions).allSatisfy {
        output.isUntouched($0 * positionStride - channelBlock..<$0 * positionStride)
      }
  }
}

/// A window transformed by the definition, Bᵀ d B.
struct DoubleWindow {
  /// `[position]`, and what rounding to floats on the way may do to each.
  let values: [Double]
  let rounding: [Double]

  /// Bᵀ after Cook and Toom: the coefficients of the product of x - q over all points q but the
  /// row's own, with the last row for the point at infinity.
  private static let matrix: [[Double]] = {
    let points = [0, 0.625, -0.625, 1.5, -1.5]
    return (0...points.count).map { row in
      var coefficients = [1.0]
      for (index, point) in points.enumerated() where index != row {
        let shifted = [0] + coefficients
        coefficients = zip(shifted, coefficients + [0]).map { $0 - point * $1 }
      }
      return coefficients + Array(repeating: 0, count: 6 - coefficients.count)
    }
  }()

  init(_ window: [[Double]]) {
    values = Self.transformed(window) { $0 }
    // Two passes of up to four roundings each, relative to the magnitudes of all terms.
    rounding = Self.transformed(window, abs).map { $0 * 10 * 0x1p-24 }
  }

  private static func transformed(
    _ window: [[Double]], _ term: (Double) -> Double
  ) -> [Double] {
    (0..<Winograd.positions).map { position in
      var sum = 0.0
      for y in 0..<6 {
        for x in 0..<6 {
          sum += term(matrix[position / 6][y] * window[y][x] * matrix[position % 6][x])
        }
      }
      return sum
    }
  }
}
