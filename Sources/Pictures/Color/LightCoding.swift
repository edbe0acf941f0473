import SystemSupport

/// Brings samples of 16 bits that are proportional to light to the curve of sRGB, and back.
///
/// Networks were trained on such samples, and 8 bits of them make no bands.
package final class LightCoding {
  /// What the colours are with the curve of sRGB.
  let result: ColorDescription

  private let encoded: [UInt16]
  private let decoded: [UInt16]
  private let layout: Picture.Layout

  /// Bytes that it takes.
  static let byteCount = 2 * 65536 * 2

  /// - Parameters:
  ///   - color: what the colours are.
  ///   - layout: the channels of the rows.
  ///   - depth: their bits of a sample.
  ///
  /// nil for samples that are not proportional to light, or have 8 bits.
  init?(_ color: ColorDescription, layout: Picture.Layout, depth: Picture.Depth) {
    guard depth == .sixteen, case .space(let name, let primaries, let transfer) = color.meaning,
      transfer.isLinear
    else { return nil }
    self.layout = layout
    var result = ColorDescription()
    if primaries == .srgb || layout.isGray {
      result.png.renderingIntent = 1
    } else {
      result.iccProfile = ProfileBuilder.rgb(
        name: "\(name) with the curve of sRGB", primaries: primaries, transfer: .srgb)
    }
    self.result = result
    func table(_ curve: (Double) -> Double) -> [UInt16] {
      (0...65535).map { UInt16((min(max(curve(Double($0) / 65535), 0), 1) * 65535).rounded()) }
    }
    let srgb = TransferFunction.srgb
    encoded = table { srgb.sample(ofLight: transfer.light(ofSample: $0)) }
    decoded = table { transfer.sample(ofLight: srgb.light(ofSample: $0)) }
  }

  /// Brings rows to the curve of sRGB, in their place.
  func encode(_ rows: UnsafeMutableRawBufferPointer) {
    map(UnsafeRawBufferPointer(rows), into: rows, through: encoded, layout)
  }

  /// Brings rows back to where they are proportional to light.
  ///
  /// - Parameters:
  ///   - rows: of 16 bits a sample.
  ///   - layout: their channels.
  ///   - target: as many bytes.
  package func decode(
    _ rows: UnsafeRawBufferPointer, layout: Picture.Layout,
    into target: UnsafeMutableRawBufferPointer
  ) {
    map(rows, into: target, through: decoded, layout)
  }

  private func map(
    _ rows: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    through table: [UInt16], _ layout: Picture.Layout
  ) {
    let source = rows.assumingMemoryBound(to: UInt16.self)
    let samples = target.assumingMemoryBound(to: UInt16.self)
    let (channels, colors) = (layout.rawValue, layout.colorCount)
    table.withUnsafeBufferPointer { table in
      for pixel in stride(from: 0, to: source.count, by: channels) {
        for index in pixel..<pixel + colors { samples[index] = table[Int(source[index])] }
        if channels > colors { samples[pixel + colors] = source[pixel + colors] }
      }
    }
  }
}
