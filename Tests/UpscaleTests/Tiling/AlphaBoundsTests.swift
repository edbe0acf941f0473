import TestSupport
import Testing

@testable import Upscale

@Suite("Bounds of alpha")
struct AlphaBoundsTests {
  @Test(
    "agree with the naive twin", arguments: Picture.Depth.allCases, Picture.Depth.allCases)
  func twin(depth: Picture.Depth, resultDepth: Picture.Depth) throws {
    let scale = 3
    let input = Picture.waves(width: 9, height: 7, layout: .rgba, depth: depth, noise: 0.3)
    let output = Picture.noise(width: 27, height: 21, layout: .rgba, depth: resultDepth)
    let bounds = AlphaBounds(
      input: RowFormat(width: 9, height: 7, layout: .rgba, depth: depth),
      output: RowFormat(width: 27, height: 21, layout: .rgba, depth: resultDepth), scale: scale)
    var result = output
    let engine = Engine(level: try CPULevel.current(), threads: 2)
    input.bytes.withUnsafeBytes { source in
      let window = PictureRows(format: bounds.input, rows: 0..<7, bytes: source)
      result.bytes.withUnsafeMutableBytes { target in
        // Two calls, as for two rows of tiles.
        let cut = 9 * bounds.output.rowByteCount
        bounds.apply(
          to: UnsafeMutableRawBufferPointer(rebasing: target[..<cut]), rows: 0..<9, from: window,
          on: engine.pool)
        bounds.apply(
          to: UnsafeMutableRawBufferPointer(rebasing: target[cut...]), rows: 9..<21, from: window,
          on: engine.pool)
      }
    }
    let source = input.converted(to: resultDepth)
    for y in 0..<21 {
      for x in 0..<27 {
        var around: [Int] = []
        for row in max(0, y / scale - 1)...min(6, y / scale + 1) {
          for column in max(0, x / scale - 1)...min(8, x / scale + 1) {
            around.append(source.pixel(column, row)[3])
          }
        }
        let (before, after) = (output.pixel(x, y), result.pixel(x, y))
        #expect(before[..<3] == after[..<3])
        #expect(after[3] == min(max(before[3], around.min() ?? 0), around.max() ?? 0))
      }
    }
  }
}
