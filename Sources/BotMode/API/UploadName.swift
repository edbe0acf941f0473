/// Makes the name of a file that is sent harmless: it is put into a header and onto users' disks.
enum UploadName {
  /// Characters before the extension.
  private static let longest = 64
  /// Bytes before the extension: a character can be any number of them.
  private static let mostBytes = 180

  /// `name` without control and invisible characters, quotes, separators of folders and characters that
  /// are special on some system. Letters of every script stay.
  static func sanitised(_ name: String) -> String {
    let clean = String(
      String.UnicodeScalarView(name.unicodeScalars.map { isHarmless($0) ? $0 : "_" }))
    var stem = Substring(clean)
    var suffix = ""
    if let dot = clean.lastIndex(of: ".") {
      let letters = clean[clean.index(after: dot)...]
      if (1...10).contains(letters.utf8.count),
        letters.utf8.allSatisfy({ BotToken.isSecretByte($0) })
      {
        stem = clean[..<dot]
        suffix = String(clean[dot...])
      }
    }
    stem = stem.drop { $0 == "." || $0 == " " }
    var short = String(stem.prefix(longest))
    while short.utf8.count > mostBytes { short.unicodeScalars.removeLast() }
    while let last = short.last, last == " " || last == "." { short.removeLast() }
    return (short.isEmpty ? "image" : short) + suffix
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      // Joiners are part of the spelling of some scripts and of emoji.
      scalar == "\u{200C}" || scalar == "\u{200D}"
    default:
      !#""'\/:*?<>|"#.unicodeScalars.contains(scalar)
    }
  }
}
