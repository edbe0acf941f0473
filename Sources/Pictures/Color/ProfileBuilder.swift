/// Makes ICC profiles: version 4.3, for displays, with a matrix and parametric curves.
///
/// Same input, same bytes; about 500 of them.
enum ProfileBuilder {
  /// A profile for red, green and blue.
  ///
  /// - Parameters:
  ///   - name: what programs show.
  ///   - primaries: of the colour space.
  ///   - transfer: its curve.
  /// - Returns: nil for primaries that span no colours.
  static func rgb(
    name: String, primaries: Chromaticities, transfer: TransferFunction
  ) -> [UInt8]? {
    guard let colorants = primaries.colorants else { return nil }
    return rgb(name: name, colorants: colorants, curve: curve(transfer))
  }

  /// A profile for gray samples with a curve.
  static func gray(name: String, transfer: TransferFunction) -> [UInt8] {
    profile("GRAY", name: name, tags: [("kTRC", curve(transfer))])
  }

  /// A profile by which equal red, green and blue are the gray that a curve gives.
  ///
  /// - Parameters:
  ///   - name: what programs show.
  ///   - curve: the contents of a curve's tag.
  /// - Returns: the profile.
  static func rgb(name: String, grayCurve curve: [UInt8]) -> [UInt8]? {
    Chromaticities.srgb.colorants.map { rgb(name: name, colorants: $0, curve: curve) }
  }

  private static func rgb(name: String, colorants: Colorants, curve: [UInt8]) -> [UInt8] {
    profile(
      "RGB ", name: name,
      tags: [
        ("chad", type("sf32") + colorants.adaptation.flatMap(fixed)),
        ("rXYZ", xyz(colorants.red)), ("gXYZ", xyz(colorants.green)),
        ("bXYZ", xyz(colorants.blue)),
        ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
      ])
  }

  private static func profile(
    _ space: String, name: String, tags: [(name: String, contents: [UInt8])]
  ) -> [UInt8] {
    let all =
      [
        ("desc", text(name)), ("cprt", text("No copyright, use freely")),
        ("wtpt", xyz(Colorants.d50)),
      ] + tags
    var table = number(all.count)
    var contents: [UInt8] = []
    var places: [(contents: [UInt8], offset: Int)] = []
    let start = 128 + 4 + 12 * all.count
    for (name, bytes) in all {
      // Tags may share their contents.
      let known = places.first { $0.contents == bytes }?.offset
      let offset = known ?? start + contents.count
      if known == nil {
        places.append((bytes, offset))
        contents += bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
      }
      table += Array(name.utf8) + number(offset) + number(bytes.count)
    }
    var header = number(start + contents.count) + number(0) + [4, 0x30, 0, 0]
    header += Array("mntr\(space)XYZ ".utf8)
    // A date must be there; it is this format's.
    header += [2026, 1, 1, 0, 0, 0].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    header += Array("acsp".utf8) + [UInt8](repeating: 0, count: 28) + fixed(Colorants.d50)
    header += [UInt8](repeating: 0, count: 128 - header.count)
    return header + table + contents
  }

  /// The contents of a curve's tag.
  private static func curve(_ transfer: TransferFunction) -> [UInt8] {
    let values =
      transfer.isPower
      ? [transfer.exponent]
      : [
        transfer.exponent, transfer.scale, transfer.offset, transfer.slope, transfer.start,
      ]
    return type("para") + [0, transfer.isPower ? 0 : 3, 0, 0] + values.flatMap(fixed)
  }

  /// English text, as UTF-16.
  private static func text(_ text: String) -> [UInt8] {
    let units = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    return type("mluc") + number(1) + number(12) + Array("enUS".utf8) + number(units.count)
      + number(28) + units
  }

  private static func xyz(_ value: SIMD3<Double>) -> [UInt8] { type("XYZ ") + fixed(value) }

  private static func type(_ name: String) -> [UInt8] { Array(name.utf8) + number(0) }

  private static func fixed(_ vector: SIMD3<Double>) -> [UInt8] {
    (0..<3).flatMap { fixed(vector[$0]) }
  }

  /// A signed number with 16 bits behind the point.
  private static func fixed(_ value: Double) -> [UInt8] {
    number(Int((min(max(value, -32000), 32000) * 65536).rounded()))
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
