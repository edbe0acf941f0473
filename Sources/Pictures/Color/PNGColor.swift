/// What a PNG's chunks say of its colours, beside an ICC profile: numbers that are sound.
package struct PNGColor: Sendable, Hashable {
  /// cICP.
  package var codePoints: CodePoints?
  /// sRGB: the rendering intent, 0…3.
  package var renderingIntent: UInt8?
  /// gAMA: samples are light to this power, times 100,000.
  package var gamma: Int?
  /// cHRM.
  package var chromaticities: Chromaticities?
  /// mDCV and cLLI, which tell about the display that the picture was made on; kept as they are.
  package var masteringDisplay: [UInt8]?
  package var lightLevel: [UInt8]?

  package init() {}

  /// The chunks, one after the other with their names and lengths, as they are written.
  var chunks: [(name: String, contents: [UInt8])] {
    var chunks: [(String, [UInt8])] = []
    if let codePoints {
      chunks.append(
        (
          "cICP",
          [
            UInt8(clamping: codePoints.primaries), UInt8(clamping: codePoints.transfer), 0,
            codePoints.isFullRange ? 1 : 0,
          ]
        ))
    }
    if let masteringDisplay { chunks.append(("mDCV", masteringDisplay)) }
    if let lightLevel { chunks.append(("cLLI", lightLevel)) }
    if let chromaticities {
      let points = [
        chromaticities.white, chromaticities.red, chromaticities.green, chromaticities.blue,
      ]
      chunks.append(
        ("cHRM", points.flatMap { Self.number($0.x * 100_000) + Self.number($0.y * 100_000) }))
    }
    if let gamma { chunks.append(("gAMA", Self.number(Double(gamma)))) }
    if let renderingIntent { chunks.append(("sRGB", [renderingIntent])) }
    return chunks
  }

  private static func number(_ value: Double) -> [UInt8] {
    let whole = Int(value.rounded())
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: whole >> $0) }
  }
}
