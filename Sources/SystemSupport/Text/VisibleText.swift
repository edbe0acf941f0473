/// `text` in one line without characters that control a terminal or are invisible: they are shown as
/// escape sequences, since names of files may be hostile.
///
/// Control characters and separators of lines and paragraphs are escaped, those that change the
/// direction of writing (with which `gpj.exe` can be read `exe.jpg`), and bytes that are not UTF-8 (as
/// `BytePath.encoded` writes them).
package func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { escape(of: $0) != nil }) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if let escape = escape(of: scalar) {
      result.append(contentsOf: escape.unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}

private func escape(of scalar: Unicode.Scalar) -> String? {
  func digits(_ value: UInt32, _ count: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
  switch scalar.value {
  case 0x20..<0x7F: return nil
  case 0x0A: return "\\n"
  case 0x0D: return "\\r"
  case 0x09: return "\\t"
  case 0..<0x20, 0x7F: return "\\x" + digits(scalar.value, 2)
  case 0x80...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
    return "\\u" + digits(scalar.value, 4)
  case BytePath.standIns: return "\\x" + digits(scalar.value & 0xFF, 2)
  default: return nil
  }
}
