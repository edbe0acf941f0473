package import Upscale

/// The key to a bot, with which any program can act as the bot. Its description does not contain the secret,
/// so that it cannot get into a log.
package struct BotToken: Sendable, Equatable {
  /// The bot's identifier, which is no secret.
  package let id: Int64
  let secret: String

  /// The token as requests need it.
  var literal: String { "\(id):\(secret)" }

  /// All identifiers are below this number; the server checks that too.
  private static let identifierLimit: Int64 = 1 << 54
  private static let longest = 80

  /// - Parameter text: what the user gave; white space around it does not count.
  /// - Throws: `.configuration` for what is no token; the message does not repeat it.
  package init(_ text: String) throws(UpscaleError) {
    let bytes = Self.trimmed(Array(text.utf8))
    let parts = bytes.split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard !bytes.isEmpty else { throw Self.malformed("it is empty") }
    guard parts.count == 2 else { throw Self.malformed("there is no colon in it") }
    guard bytes.count <= Self.longest else {
      throw Self.malformed("it is longer than \(Self.longest) characters")
    }
    let digits = parts[0]
    guard digits.first != UInt8(ascii: "0"), !digits.isEmpty,
      digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
      let id = Int64(String(decoding: digits, as: UTF8.self)), id < Self.identifierLimit
    else { throw Self.malformed("what stands before the colon is not the number of a bot") }
    guard !parts[1].isEmpty, parts[1].allSatisfy(Self.isSecretByte) else {
      throw Self.malformed("what stands after the colon is not letters, digits, '_' and '-'")
    }
    self.id = id
    secret = String(decoding: parts[1], as: UTF8.self)
  }

  static func isSecretByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default:
      false
    }
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }

  private static func malformed(_ reason: String) -> UpscaleError {
    UpscaleError(
      .configuration,
      "the bot's token is not one (123456:ABC-def… is its form): \(reason); @BotFather has it")
  }
}

extension BotToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<token of bot \(id)>" }
  package var debugDescription: String { description }
  /// `dump` and the like show only what the description shows.
  package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
