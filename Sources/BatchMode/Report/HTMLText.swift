/// `text` for an element or a quoted attribute of an HTML page.
///
/// Characters that are invisible or rearrange the text around them are replaced by visible ones: a line
/// feed by ↵, an override of the writing direction (with which `gpj.exe` can be read `exe.jpg`) by U+FFFD.
func escapedForHTML(_ text: String) -> String {
  // Most texts need nothing.
  guard !text.utf8.allSatisfy(isPlain) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result.append(contentsOf: "&amp;".unicodeScalars)
    case "<": result.append(contentsOf: "&lt;".unicodeScalars)
    case ">": result.append(contentsOf: "&gt;".unicodeScalars)
    case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
    case "'": result.append(contentsOf: "&#39;".unicodeScalars)
    default: result.append(visible(scalar))
    }
  }
  return String(result)
}

private func isPlain(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
    UInt8(ascii: "'"):
    false
  default: (0x20..<0x7F).contains(byte)
  }
}

private func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar.value {
  case 0x0A, 0x0D, 0x2028, 0x2029: "↵"
  case 0x09: "⇥"
  case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF: "\u{FFFD}"
  case let value where value & 0xFFFE == 0xFFFE: "\u{FFFD}"
  default: scalar
  }
}
