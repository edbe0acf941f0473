import SystemSupport
import TestSupport
import Testing

@testable import Upscale

@Suite("16 bits become 8")
struct DepthStageTests {
  private func converted(
    _ samples: [UInt16], width: Int, isDithered: Bool, rowsAtOnce: Int = 1
  ) throws -> [UInt8] {
    var result: [UInt8] = []
    let format = RowFormat(
      width: width, height: samples.count / width, layout: .gray, depth: .eight)
    let stage = try DepthStage(to: format, isDithered: isDithered) { result += Array($0) }
    let buffer = try ByteBuffer(count: 2 * samples.count, for: "rows")
    for (index, sample) in samples.enumerated() {
      buffer.bytes.storeBytes(of: sample, toByteOffset: 2 * index, as: UInt16.self)
    }
    let size = 2 * width * rowsAtOnce
    for start in stride(from: 0, to: buffer.bytes.count, by: size) {
      let end = min(buffer.bytes.count, start + size)
      try stage.take(UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<end]))
    }
    return result
  }

  @Test("Whole levels stay as they are, and black and white too")
  func wholeLevels() throws {
    let samples = (0...255).flatMap { [UInt16](repeating: UInt16($0 * 257), count: 16) }
    for isDithered in [false, true] {
      let result = try converted(samples, width: 64, isDithered: isDithered)
      #expect(result == samples.map { UInt8($0 / 257) })
    }
  }

  @Test("Every value keeps its mean when it is dithered, and is rounded when it is not")
  func mean() throws {
    for value in stride(from: 3, to: 65535, by: 977) {
      let samples = [UInt16](repeating: UInt16(value), count: 256)
      let sum = try converted(samples, width: 16, isDithered: true).reduce(0) { $0 + Int($1) }
      #expect(abs(Double(sum) / 256 - Double(value) / 257) <= 1.0 / 256)
      let rounded = try converted([UInt16(value)], width: 1, isDithered: false)
      #expect(rounded == [UInt8((value + 128) / 257)])
    }
  }

  @Test("A gradient has no bands: small areas have its mean")
  func gradient() throws {
    let width = 4096
    // Two levels of 8 bits over the whole width.
    let row = (0..<width).map { UInt16(20000 + 514 * $0 / width) }
    let samples = (0..<16).flatMap { _ in row }
    /// How far the mean of 16 x 16 pixels is off at most, in levels.
    func farthest(_ result: [UInt8]) -> Double {
      stride(from: 0, to: width, by: 16).map { left in
        var (given, wanted) = (0.0, 0.0)
        for y in 0..<16 {
          for x in left..<left + 16 {
            given += Double(result[y * width + x]) / 256
            wanted += Double(samples[y * width + x]) / 257 / 256
          }
        }
        return abs(given - wanted)
      }.max() ?? 1
    }
    #expect(farthest(try converted(samples, width: width, isDithered: false)) > 0.4)
    #expect(farthest(try converted(samples, width: width, isDithered: true)) < 0.05)
    // It does not depend on how many rows come at a time.
    #expect(
      try converted(samples, width: width, isDithered: true, rowsAtOnce: 5)
        == converted(samples, width: width, isDithered: true))
  }
}
