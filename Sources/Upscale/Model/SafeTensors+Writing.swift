extension SafeTensors {
  /// The bytes of a `.safetensors` file with these tensors and this metadata.
  ///
  /// The same content gives the same bytes: wider element types come first, names ascend, and
  /// spaces fill the header up so that the data starts at a multiple of 8 and every tensor is
  /// aligned to its elements.
  package static func encode(_ tensors: [String: Tensor], metadata: [String: String]) -> [UInt8] {
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

    var file: [UInt8] = []
    file.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(contentsOf: header)
    for (_, tensor) in ordered { tensor.withBytes { file.append(contentsOf: $0) } }
    return file
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
