package import Upscale

/// A pattern for paths, as in shells: `*` and `?` do not match slashes, `**` does, `[a-z]` and `[!a-z]`
/// match one character, `\` makes the next one literal.
///
/// A pattern without a slash is compared with the last component of a path, at any depth. Case matters.
package struct Glob: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case byte(UInt8)
    case anyCharacter
    case anyOf([ClosedRange<UInt8>], isNegated: Bool)
    /// `*`
    case anyName
    /// `**`
    case anything
    /// `**/`: folders, or none.
    case anyFolders
  }

  private let parts: [Part]
  private let isForNames: Bool

  package init(_ pattern: String) {
    var parts: [Part] = []
    var rest = BytePath(pattern).bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "?"): parts.append(.anyCharacter)
      case UInt8(ascii: "\\"):
        if let next = rest.popFirst() { parts.append(.byte(next)) }
      case UInt8(ascii: "*"):
        guard rest.first == byte else {
          parts.append(.anyName)
          continue
        }
        rest.removeFirst()
        if rest.first == UInt8(ascii: "/") {
          rest.removeFirst()
          parts.append(.anyFolders)
        } else {
          parts.append(.anything)
        }
      case UInt8(ascii: "["):
        if let (part, after) = Self.choice(rest) {
          parts.append(part)
          rest = after
        } else {
          parts.append(.byte(byte))
        }
      default: parts.append(.byte(byte))
      }
    }
    self.parts = parts
    isForNames = !pattern.utf8.contains(UInt8(ascii: "/"))
  }

  /// What follows a `[`: its part, and the pattern after it; nil without a `]`.
  private static func choice(_ pattern: ArraySlice<UInt8>) -> (Part, ArraySlice<UInt8>)? {
    var rest = pattern
    var isNegated = false
    if let first = rest.first, first == UInt8(ascii: "!") || first == UInt8(ascii: "^") {
      isNegated = true
      rest.removeFirst()
    }
    var ranges: [ClosedRange<UInt8>] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]"), !ranges.isEmpty {
        return (.anyOf(ranges, isNegated: isNegated), rest)
      }
      if rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first,
        last != UInt8(ascii: "]")
      {
        rest.removeFirst(2)
        ranges.append(min(byte, last)...max(byte, last))
      } else {
        ranges.append(byte...byte)
      }
    }
    return nil
  }

  /// Whether the pattern fits a path.
  ///
  /// - Parameter path: below the folder that was asked for, without a leading slash.
  /// - Returns: true for a fit of the whole path, or of its last component.
  package func matches(_ path: BytePath) -> Bool {
    matches(isForNames ? path.name : path.bytes[...])
  }

  /// When matching fails, it goes back to the last star, which takes one more byte each time. Earlier
  /// stars of the same kind need not be tried again, so the time is at most pattern times text.
  private func matches(_ text: ArraySlice<UInt8>) -> Bool {
    var (part, position) = (0, text.startIndex)
    var star: (part: Int, position: Int)?
    var doubleStar: (part: Int, position: Int)?
    let slash = UInt8(ascii: "/")
    while true {
      if part < parts.count {
        switch parts[part] {
        case .anyName:
          star = (part, position)
          part += 1
          continue
        case .anything, .anyFolders:
          doubleStar = (part, position)
          star = nil
          part += 1
          continue
        default:
          if position < text.endIndex, let length = length(of: parts[part], in: text, at: position)
          {
            part += 1
            position += length
            continue
          }
        }
      } else if position == text.endIndex {
        return true
      }
      if let (kept, start) = star, start < text.endIndex, text[start] != slash {
        star = (kept, start + 1)
        (part, position) = (kept + 1, start + 1)
      } else if let (kept, start) = doubleStar, start < text.endIndex {
        var next = start + 1
        if parts[kept] == .anyFolders {
          guard let end = text[start...].firstIndex(of: slash) else { return false }
          next = end + 1
        }
        doubleStar = (kept, next)
        star = nil
        (part, position) = (kept + 1, next)
      } else {
        return false
      }
    }
  }

  /// The bytes that a part takes at a position, or nil where it does not fit.
  private func length(of part: Part, in text: ArraySlice<UInt8>, at position: Int) -> Int? {
    let byte = text[position]
    switch part {
    case .byte(let wanted): return byte == wanted ? 1 : nil
    case .anyCharacter:
      guard byte != UInt8(ascii: "/") else { return nil }
      // A character of UTF-8 is all its bytes.
      let isLead = byte >= 0xC0
      return 1 + (isLead ? text[(position + 1)...].prefix { $0 & 0xC0 == 0x80 }.count : 0)
    case .anyOf(let ranges, let isNegated):
      guard byte != UInt8(ascii: "/") else { return nil }
      return ranges.contains { $0.contains(byte) } != isNegated ? 1 : nil
    case .anyName, .anything, .anyFolders: return nil
    }
  }
}
