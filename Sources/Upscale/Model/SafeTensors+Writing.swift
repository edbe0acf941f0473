package import SystemSupport

extension SafeTensors {
  /// Hands over the bytes of a `.safetensors` file with these tensors and this metadata, in pieces.
  ///
  /// The same content gives the same bytes: wider element types come first, names ascend, and
  /// spaces fill the header up so that the data starts at a multiple of 8 and every tensor is
  /// aligned to its elements.
  ///
  /// - Throws: what reading the tensors and `sink` throw.
  package static func write(
    _ tensors: [String: Tensor], metadata: [String: String],
    to sink: (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    let ordered = tensors.sorted { left, right in
      let widths = (left.value.elementType.byteCount, right.value.elementType.byteCount)
      return widths.0 != widths.1
        ? widths.0 > widths.1 : left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
      let fields = pairs.map { "\(json($0.key)):\(json($0.value))" }
      entries.append("\"__metadata__\":{\(fields.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in ordered {
      let end = offset + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(json(name)):{\"dtype\":\"\(tensor.elementType.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }

    let length = UInt64(header.count)
    header.insert(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }, at: 0)
    try header.span.withUnsafeBytes(sink)
    for (_, tensor) in ordered { try tensor.forEachPiece(sink) }
  }

  private static func json(_ text: String) -> String {
    var escaped = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped + "\""
  }
}
