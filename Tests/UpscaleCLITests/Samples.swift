import Foundation
import Upscale

/// Pictures for the tests, good and bad.
enum Samples {
  static let photo: [UInt8] = {
    (try? Data(contentsOf: URL(filePath: Command.photo))).map { [UInt8]($0) } ?? []
  }()

  /// A gray gradient.
  static func grayPNG(width: Int, height: Int) throws -> [UInt8] {
    let samples = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 % width + $0 / width) }
    return try PictureEncoder.encode(
      Picture(width: width, height: height, layout: .gray, bytes: samples), as: .png)
  }

  /// A colour gradient in a format.
  static func colour(
    _ format: PictureFormat, width: Int = 24, height: Int = 16, depth: Picture.Depth = .eight
  ) throws -> [UInt8] {
    let count = width * height * 3 * depth.byteCount
    let samples = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 / 5) }
    return try PictureEncoder.encode(
      Picture(width: width, height: height, layout: .rgb, depth: depth, bytes: samples),
      as: format)
  }

  /// A PNG whose header claims a size and whose data is missing.
  static func claimingPNG(width: UInt32, height: UInt32) -> [UInt8] {
    var chunk = Array("IHDR".utf8)
    for value in [width, height] { chunk += bigEndian(value) }
    chunk += [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bigEndian(13) + chunk
      + bigEndian(crc32(chunk)) + bigEndian(0) + Array("IDAT".utf8)
      + bigEndian(crc32(Array("IDAT".utf8)))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
