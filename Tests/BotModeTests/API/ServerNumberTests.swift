import Foundation
import Testing

@testable import BotMode

/// Numbers that no server of Telegram's sends.
@Suite("Numbers from the server") struct ServerNumberTests {
  static let numbers = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e300", "-1e300", "-1",
    "9007199254740992", "1.5", "\"1\"", "null",
  ]

  private func decode<Value: Decodable>(_ text: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }

  @Test(
    "A size is within bounds or unknown, and the picture's refusal is a sentence",
    arguments: numbers)
  func sizes(number: String) throws {
    let fields = #""file_id":"f","file_size":\#(number),"width":\#(number),"height":\#(number)"#
    let document: Document = try decode("{\(fields)}")
    let photo: PhotoSize = try decode("{\(fields)}")
    let file: File = try decode("{\(fields)}")
    let bounds = 0...ServerNumber.bound
    for size in [document.fileSize, photo.fileSize, file.fileSize] {
      #expect(size.map { bounds.contains($0) } ?? true)
    }
    #expect((0...Int(Int32.max)).contains(photo.width))
    var talk = Talk()
    talk.gets(document: document)
    let isHuge = !number.hasPrefix("-") && number.count > 4 || number == "1e300"
    #expect(talk.jobs.isEmpty == isHuge, "\(number)")
    for language in Language.allCases {
      let size = Int(clamping: document.fileSize ?? 0)
      #expect(Texts(language: language).refusal(.tooManyBytes(size), BotRules()).contains("20"))
    }
  }

  @Test(
    "An update is confirmed whatever its number, and is nothing where its people's are none",
    arguments: numbers)
  func identifiers(number: String) throws {
    let update: Update = try decode(
      #"{"update_id":9223372036854775807,"message":{"message_id":\#(number),"date":\#(number),"chat":{"id":\#(number),"type":"private"},"from":{"id":\#(number)},"text":"/start","reply_to_message":{"message_id":\#(number)}}}"#
    )
    #expect(update.updateID == .max && update.next == .max)
    if let event = Incoming(update, name: nil) {
      #expect(abs(event.chat) <= ServerNumber.bound && abs(event.user) <= ServerNumber.bound)
    }
    let next: Update = try decode(#"{"update_id":9223372036854775806}"#)
    #expect(next.next == .max)
  }

  @Test("A server that wants to be left in peace for ever is asked after a day", arguments: numbers)
  func patience(number: String) throws {
    try withServer({ _, peer in
      peer.answer(
        429,
        #"{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":\#(number),"migrate_to_chat_id":\#(number)}}"#,
        headers: ["Retry-After: 9223372036854775807"])
    }) { server in
      let api = try BotAPI.of(server)
      let error = failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: "x") }
      #expect((0...86_400).contains(try #require(error?.retryAfter)))
      #expect((error?.migrateTo ?? 0).magnitude <= ServerNumber.bound.magnitude)
      var policy = RetryPolicy(.polling)
      if let error, case .retry(let seconds) = policy.verdict(after: error, random: 0.5) {
        #expect(seconds < 86_402)
      }
    }
  }
}
