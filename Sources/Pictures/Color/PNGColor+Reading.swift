extension PNGColor {
  /// Reads the chunks in front of a PNG's pixels; the first of a name counts.
  ///
  /// - Parameters:
  ///   - warnings: gets a sentence for each chunk that cannot be used.
  ///   - bytes: gives so many bytes of the file from an offset on, or fewer at its end.
  init(warnings: inout [String], reading bytes: (_ offset: Int, _ count: Int) -> [UInt8]) {
    self.init()
    var seen: Set<String> = []
    var offset = 8
    for _ in 0..<Self.chunksToLookAt {
      let head = bytes(offset, 8)
      guard let length = head.number(at: 0, size: 4, bigEndian: true), head.count == 8,
        length < 1 << 31
      else { return }
      let name = String(decoding: head[4...], as: UTF8.self)
      if name == "IDAT" || name == "IEND" { return }
      if Self.names.contains(name), seen.insert(name).inserted {
        // No chunk of these is longer.
        let chunk = length <= 32 ? bytes(offset + 4, length + 8) : []
        let contents = Array(chunk.dropFirst(4).dropLast(4))
        let isIntact =
          chunk.count == length + 8
          && chunk.number(at: 4 + length, size: 4, bigEndian: true)
            == PNGChunks.checksum(chunk[..<(4 + length)])
        if !isIntact || !take(name, contents) {
          warnings.append("the PNG's colour chunk \(name) cannot be used and was left out")
        }
      }
      offset += 12 + length
    }
  }

  /// Files of empty chunks alone could hold millions.
  private static let chunksToLookAt = 10_000

  private static let names: Set<String> = ["cICP", "sRGB", "gAMA", "cHRM", "mDCV", "cLLI"]

  /// - Returns: whether the contents make sense.
  private mutating func take(_ name: String, _ contents: [UInt8]) -> Bool {
    switch name {
    case "cICP":
      // Red, green and blue have no matrix; 2 is "unspecified", which says nothing.
      guard contents.count == 4, contents[2] == 0, contents[3] <= 1 else { return false }
      codePoints = CodePoints(
        primaries: Int(contents[0]), transfer: Int(contents[1]), isFullRange: contents[3] == 1)
    case "sRGB":
      guard contents.count == 1, contents[0] <= 3 else { return false }
      renderingIntent = contents[0]
    case "gAMA":
      guard contents.count == 4,
        let value = contents.number(at: 0, size: 4, bigEndian: true),
        (1000...1_000_000).contains(value)
      else { return false }
      gamma = value
    case "cHRM":
      guard contents.count == 32 else { return false }
      let values = (0..<8).map {
        Double(contents.number(at: 4 * $0, size: 4, bigEndian: true) ?? 0) / 100_000
      }
      let points = stride(from: 0, to: 8, by: 2).map {
        Chromaticities.Point(values[$0], values[$0 + 1])
      }
      let read = Chromaticities(
        white: points[0], red: points[1], green: points[2], blue: points[3])
      guard values.allSatisfy({ $0 <= 1 }), read.colorants != nil else { return false }
      chromaticities = read
    case "mDCV":
      guard contents.count == 24 else { return false }
      masteringDisplay = contents
    default:
      guard contents.count == 8 else { return false }
      lightLevel = contents
    }
    return true
  }
}
