import SystemSupport
import TestSupport
import Testing

@testable import Upscale

@Suite("The result gets the colours of the input")
struct ColorFixStageTests {
  /// What the stage makes of a result, for an input.
  private func fixed(
    _ result: Picture, like input: Picture, rowsAtOnce: Int = 1
  ) throws -> Picture {
    let from = RowFormat(
      width: input.width, height: input.height, layout: input.layout, depth: input.depth)
    let to = RowFormat(
      width: result.width, height: result.height, layout: result.layout, depth: .sixteen)
    var bytes: [UInt8] = []
    let stage = try ColorFixStage(from: from, to: to) { bytes += Array($0) }
    let inputRows = try buffer(input.bytes)
    stage.takeInput(UnsafeRawBufferPointer(inputRows.bytes), rowByteCount: from.rowByteCount)
    let rows = try buffer(result.bytes)
    let size = rowsAtOnce * to.rowByteCount
    for start in stride(from: 0, to: rows.bytes.count, by: size) {
      let end = min(rows.bytes.count, start + size)
      try stage.take(UnsafeRawBufferPointer(rebasing: rows.bytes[start..<end]))
    }
    return Picture(
      width: to.width, height: to.height, layout: to.layout, depth: .sixteen, bytes: bytes)
  }

  private func buffer(_ bytes: [UInt8]) throws -> ByteBuffer {
    let buffer = try ByteBuffer(count: bytes.count, for: "rows")
    buffer.bytes.copyBytes(from: bytes)
    return buffer
  }

  private func flat(_ levels: [Int], width: Int, height: Int, layout: Picture.Layout = .rgb)
    -> Picture
  {
    Picture(
      width: width, height: height, layout: layout, depth: .sixteen,
      samples: (0..<width * height).flatMap { _ in levels })
  }

  @Test(
    "A shift of all colours is undone, in any size", arguments: [1, 7, 8, 9, 40], [0.3, 1, 1.7, 4])
  func shift(side: Int, scale: Double) throws {
    let wanted = [20000, 30000, 40000]
    let width = max(1, Int(Double(side) * scale))
    let height = max(1, Int(Double(side + 3) * scale))
    let result = try fixed(
      flat([21000, 29500, 40000], width: width, height: height),
      like: flat(wanted, width: side, height: side + 3))
    let corners = [
      result.pixel(0, 0), result.pixel(width - 1, 0), result.pixel(0, height - 1),
      result.pixel(width - 1, height - 1),
    ]
    for corner in corners { #expect(Self.isNear(corner, wanted), "\(corner)") }
  }

  private static func isNear(_ pixel: [Int], _ wanted: [Int]) -> Bool {
    pixel.indices.allSatisfy { abs(pixel[$0] - wanted[$0]) <= 3 }
  }

  @Test("Detail stays: what differs between neighbours alone is not touched")
  func detail() throws {
    let input = flat([30000, 30000, 30000], width: 64, height: 64)
    var samples: [Int] = []
    for y in 0..<256 {
      for x in 0..<256 { samples += [Int](repeating: (x + y) % 2 == 0 ? 20000 : 40000, count: 3) }
    }
    let result = Picture(width: 256, height: 256, layout: .rgb, depth: .sixteen, samples: samples)
    let corrected = try fixed(result, like: input)
    #expect(corrected.bytes.count == result.bytes.count)
    #expect(
      abs(corrected.pixel(100, 100)[0] - 20000) <= 4
        && abs(corrected.pixel(101, 100)[0] - 40000) <= 4)
  }

  @Test("A gradient is followed where scale and cells do not divide")
  func gradient() throws {
    func ramp(_ width: Int, _ height: Int, shift: Int) -> Picture {
      Picture(
        width: width, height: height, layout: .gray, depth: .sixteen,
        samples: (0..<width * height).map {
          let (x, y) = (Double($0 % width) + 0.5, Double($0 / width) + 0.5)
          return Int(10000 + 30000 * x / Double(width) + 15000 * y / Double(height)) + shift
        })
    }
    let wanted = ramp(251, 173, shift: 0)
    let corrected = try fixed(ramp(251, 173, shift: 1500), like: ramp(91, 63, shift: 0))
    for (x, y) in [(125, 80), (40, 120), (200, 30)] {
      #expect(abs(corrected.pixel(x, y)[0] - wanted.pixel(x, y)[0]) < 60)
    }
  }

  @Test("Invisible colours have no say, and alpha stays")
  func transparency() throws {
    func half(_ width: Int, visible: Int, hidden: Int) -> Picture {
      Picture(
        width: width, height: width, layout: .grayAlpha, depth: .sixteen,
        samples: (0..<width * width).flatMap {
          $0 % width < width / 2 ? [visible, 65535] : [hidden, 0]
        })
    }
    let corrected = try fixed(
      half(128, visible: 31000, hidden: 0), like: half(32, visible: 30000, hidden: 65535))
    #expect(
      abs(corrected.pixel(20, 64)[0] - 30000) <= 4 && abs(corrected.pixel(60, 64)[0] - 30000) <= 4)
    #expect(corrected.pixel(20, 64)[1] == 65535 && corrected.pixel(120, 64)[1] == 0)
  }

  @Test("The rows may come in any pieces")
  func pieces() throws {
    let input = Picture.waves(width: 50, height: 41, depth: .sixteen)
    let result = Picture.waves(width: 170, height: 139, depth: .sixteen, seed: 2)
    let one = try fixed(result, like: input)
    for rows in [2, 17, 139] { #expect(try fixed(result, like: input, rowsAtOnce: rows) == one) }
  }

  @Test("The memory that is planned is enough for what waits", arguments: [1, 5, 64, 300])
  func memory(height: Int) throws {
    // More rows than planned would be a fault.
    let input = Picture.waves(width: 9, height: height)
    for factor in [1, 2, 3, 4] {
      let result = Picture.waves(width: 9 * factor, height: height * factor, depth: .sixteen)
      #expect(try fixed(result, like: input).height == height * factor)
    }
  }
}
