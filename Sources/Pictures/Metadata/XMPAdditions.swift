/// Properties that are added to an XMP packet: the record of how the picture was made, and texts that the
/// output's format has no other place for.
struct XMPAdditions {
  /// The program, where the packet names no tool yet.
  var tool: String?
  /// The record's fields.
  var fields: [(name: String, value: String)] = []
  /// Dublin Core properties: title, description, creator and rights.
  var dublinCore: [(name: String, value: String)] = []
  /// Texts with their keys.
  var texts: [String] = []

  var isEmpty: Bool { tool == nil && fields.isEmpty && dublinCore.isEmpty && texts.isEmpty }

  /// The description that holds them.
  func description(about subject: String) -> String {
    var text =
      "<rdf:Description rdf:about=\"\(subject)\" xmlns:rdf=\"\(XMPPacket.Space.rdf.rawValue)\""
    if let tool {
      text +=
        " xmlns:xmp=\"\(XMPPacket.Space.xmp.rawValue)\" xmp:CreatorTool=\"\(Self.escaped(tool))\""
    }
    if !fields.isEmpty || !texts.isEmpty {
      text += " xmlns:upscale=\"\(XMPPacket.Space.record.rawValue)\""
    }
    if !dublinCore.isEmpty { text += " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"" }
    for field in fields { text += " upscale:\(field.name)=\"\(Self.escaped(field.value))\"" }
    guard !dublinCore.isEmpty || !texts.isEmpty else { return text + "/>" }
    text += ">"
    for (name, value) in dublinCore {
      let isList = name == "creator"
      let (list, language) = isList ? ("Seq", "") : ("Alt", " xml:lang=\"x-default\"")
      text += "<dc:\(name)><rdf:\(list)><rdf:li\(language)>\(Self.escaped(value))</rdf:li>"
      text += "</rdf:\(list)></dc:\(name)>"
    }
    if !texts.isEmpty {
      text += "<upscale:Text><rdf:Bag>"
      for value in texts { text += "<rdf:li>\(Self.escaped(value))</rdf:li>" }
      text += "</rdf:Bag></upscale:Text>"
    }
    return text + "</rdf:Description>"
  }

  /// As text of an attribute or element; characters that XML does not have are left out.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\r": result += "&#13;"
      case "\t": result += "&#9;"
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
