import Upscale

/// Variables from a file `.env`: lines `NAME=value` in the syntax that shells and other tools share.
///
/// `export` may precede a name, `#` begins a comment, values may be quoted. Inside double quotes a
/// backslash makes the next character literal; inside single quotes everything is literal. The last line
/// of a name is used. Nothing is expanded. Lines of other names are not checked.
struct EnvironmentFile {
  private var values: [String: String] = [:]

  /// - Parameters:
  ///   - text: of the file.
  ///   - name: what to call it in a refusal.
  ///   - names: the variables that are wanted.
  /// - Throws: `.configuration` for a line of a wanted name that cannot be read.
  init(_ text: String, named name: String, wanting names: [String]) throws(UpscaleError) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() {
      var rest = Self.trimmed(line)
      if rest.hasPrefix("\u{FEFF}") { rest = rest.dropFirst() }
      if rest.hasPrefix("export"), let space = rest.dropFirst(6).first, Self.isSpace(space) {
        rest = Self.trimmed(rest.dropFirst(6))
      }
      guard let equals = rest.firstIndex(of: "=") else { continue }
      let key = String(Self.trimmed(rest[..<equals]))
      guard names.contains(key) else { continue }
      guard let value = Self.value(rest[rest.index(after: equals)...]) else {
        throw UpscaleError(
          .configuration,
          "line \(index + 1) of \(name) cannot be read; \(key)=value is its form, with quotes in"
            + " pairs and no spaces outside them")
      }
      values[key] = value
    }
  }

  subscript(name: String) -> String? { values[name] }

  private static func isSpace(_ character: Character) -> Bool {
    character == " " || character == "\t"
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  private static func value(_ text: Substring) -> String? {
    let text = trimmed(text)
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      // A comment needs a space before it: "a#b" is a value.
      let value = text.prefix { !isSpace($0) }
      let rest = trimmed(text[value.endIndex...])
      if value.hasPrefix("#") { return "" }
      guard rest.isEmpty || rest.hasPrefix("#") else { return nil }
      return value.contains(where: { $0 == "\"" || $0 == "'" }) ? nil : String(value)
    }
    var value = ""
    var isKept = false
    for index in text.indices.dropFirst() {
      let character = text[index]
      if isKept {
        value.append(character)
        isKept = false
      } else if character == "\\", quote == "\"" {
        isKept = true
      } else if character == quote {
        let rest = trimmed(text[text.index(after: index)...])
        return rest.isEmpty || rest.hasPrefix("#") ? value : nil
      } else {
        value.append(character)
      }
    }
    return nil
  }
}
