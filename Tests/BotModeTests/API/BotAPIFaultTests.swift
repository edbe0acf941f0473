import Foundation
import Glibc
import TestSupport
import Testing
import Upscale

@testable import BotMode

/// Everything that can go wrong on the way, one attempt each.
@Suite("Bot API: faults") struct BotAPIFaultTests {
  @Test("A refusal has its code, its words and how long to wait") func refusal() throws {
    try withServer({ _, peer in
      peer.refuse(
        429, "Too Many Requests: retry after 7", more: #","parameters":{"retry_after":7}"#)
    }) { server in
      let error = try failureOfSend(server)
      #expect(
        error
          == .refused(
            code: 429, description: "Too Many Requests: retry after 7", retryAfter: 7,
            migrateTo: nil))
      #expect(error.retryAfter == 7)
      #expect(error.isTransient)
      #expect(!error.mayHaveTakenEffect)
    }
  }

  @Test("A page of a proxy that asks for patience is understood by its header")
  func retryAfterHeader() throws {
    try withServer({ _, peer in
      peer.answer(429, "<html>slow down</html>", headers: ["Retry-After: 12"])
    }) { server throws in
      #expect(try failureOfSend(server).retryAfter == 12)
    }
  }

  @Test("A group that has become a supergroup tells its new identifier") func migration() throws {
    try withServer({ _, peer in
      peer.refuse(
        400, "Bad Request: group chat was upgraded to a supergroup chat",
        more: #","parameters":{"migrate_to_chat_id":-1001234567890123}"#)
    }) { server throws in
      #expect(try failureOfSend(server).migrateTo == -1_001_234_567_890_123)
    }
  }

  @Test("Pages of a proxy are not answers", arguments: [500, 502, 504, 200])
  func html(status: Int) throws {
    try withServer({ _, peer in
      peer.answer(status, "<html><h1>Bad Gateway</h1></html>", headers: ["Content-Type: text/html"])
    }) { server in
      let error = try failureOfSend(server)
      #expect(error == .garbled(status: status, mayHaveTakenEffect: true))
      #expect(error.isTransient)
    }
  }

  @Test("A page of a proxy that refuses is a refusal", arguments: [400, 403, 413])
  func htmlRefusal(status: Int) throws {
    try withServer({ _, peer in peer.answer(status, "<html>no</html>") }) { server in
      let error = try failureOfSend(server)
      #expect(error.code == status)
      #expect(!error.mayHaveTakenEffect)
      #expect(!error.isTransient)
    }
  }

  @Test(
    "Half an answer, or one of another shape, is none",
    arguments: [
      #"{"ok":true,"result":{"message_id":4"#, #"{"ok":true}"#, #"{"ok":true,"result":null}"#,
      #"{"ok":true,"result":{"id":1}}"#, #"{"result":{"message_id":4}}"#, "", "null", "[]",
      #"{"ok":"yes","result":{"message_id":4}}"#, "\u{0}",
    ])
  func garbled(body: String) throws {
    try withServer({ _, peer in peer.answer(200, body) }) { server throws in
      #expect(try failureOfSend(server) == .garbled(status: 200, mayHaveTakenEffect: true))
    }
  }

  @Test("A hundred thousand brackets are refused and do no harm", arguments: ["[", #"{"a":"#])
  func deep(opening: String) throws {
    let depth = String(repeating: opening, count: 100_000)
    try withServer({ _, peer in peer.answer(200, #"{"ok":true,"result":"# + depth) }) { server in
      let api = try BotAPI.of(server)
      let error = failure { () throws(BotAPIError) in try api.getUpdates(offset: nil, timeout: 0) }
      #expect(error == .garbled(status: 200, mayHaveTakenEffect: true))
    }
    let closed = depth + "1" + String(repeating: opening == "[" ? "]" : "}", count: 100_000)
    try withServer({ _, peer in
      peer.answer(200, #"{"ok":true,"result":[{"update_id":1,"message":"# + closed + "}]}")
    }) { server in
      let api = try BotAPI.of(server)
      #expect(
        failure { () throws(BotAPIError) in try api.getUpdates(offset: nil, timeout: 0) }
          == .garbled(status: 200, mayHaveTakenEffect: true))
    }
  }

  @Test("A server that hangs up before it has read the request has done nothing")
  func resetBeforeBody() throws {
    try withServer(hasReadHead: { _, peer in peer.reset() }, { _, _ in }) { server in
      // More than fits between the two, so that the client still has some of it.
      let folder = try SparseFile(byteCount: 40 << 20)
      let api = try BotAPI.of(server)
      let error = try #require(
        failure { () throws(BotAPIError) in
          try api.sendDocument(
            chat: 1, path: folder.path, fileName: "a.png", mimeType: "image/png")
        })
      guard case .network(_, let may) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(!may)
    }
  }

  @Test("A server that hangs up after it has read the request may have done it, and gets it once")
  func resetAfterBody() throws {
    try withServer({ _, peer in peer.reset() }) { server in
      let error = try failureOfSend(server)
      guard case .network(_, mayHaveTakenEffect: true) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(server.requests.count == 1)
    }
  }

  @Test("A message is not sent twice when a connection that was kept alive breaks")
  func brokenKeepAlive() throws {
    try withServer({ request, peer in
      if request.path.hasSuffix("getMe") {
        peer.answer(result: #"{"id":1}"#)
      } else {
        peer.reset()
      }
    }) { server in
      let api = try BotAPI.of(server)
      _ = try api.getMe()
      let error = failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: "x") }
      #expect(error?.mayHaveTakenEffect == true)
      #expect(server.requests.map { $0.path.hasSuffix("sendMessage") } == [false, true])
    }
  }

  @Test("What may be repeated is, when a connection that was kept alive is dead")
  func deadKeepAlive() throws {
    try withServer({ _, peer in
      if server(answered: peer) { peer.reset() } else { peer.answer(result: #"{"id":1}"#) }
    }) { server in
      let api = try BotAPI.of(server)
      #expect(try api.getMe().id == 1)
      #expect(try api.getMe().id == 1)
      #expect(server.requests.count == 3)
    }
    /// The second request on the first connection meets its end.
    func server(answered peer: ScriptedServer.Peer) -> Bool {
      peer.index == 0 && firsts.increment() > 1
    }
  }

  private let firsts = Counter()

  @Test("A server that nobody listens at is told from one that may have heard")
  func unreachable() throws {
    let server = ScriptedServer({ _, _ in })
    server.stop()
    usleep(20_000)
    let error = try failureOfSend(server)
    guard case .network(let text, mayHaveTakenEffect: false) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(text.contains("127.0.0.1"))
  }

  @Test("An answer that stops in its middle ends the call") func slowBody() throws {
    try withServer({ _, peer in
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":")
      peer.waitForEnd()
    }) { server in
      var timeouts = BotAPI.Timeouts()
      timeouts.call = 1
      let api = try BotAPI.of(server, timeouts: timeouts)
      let error = failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: "x") }
      guard case .network(_, mayHaveTakenEffect: true)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("An answer that comes byte by byte is an answer") func dribble() throws {
    try withServer({ _, peer in
      let body = #"{"ok":true,"result":{"message_id":4}}"#
      for byte in "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8 {
        peer.send([byte])
      }
    }) { server throws in
      #expect(try BotAPI.of(server).sendMessage(chat: 1, text: "x") == 4)
    }
  }

  @Test("An answer that is shorter than it says is none; one that is longer is cut")
  func wrongLength() throws {
    let body = #"{"ok":true,"result":{"message_id":4}}"#
    try withServer({ _, peer in
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count + 5)\r\n\r\n\(body)")
      peer.end()
    }) { server in
      guard case .network(_, mayHaveTakenEffect: true) = try failureOfSend(server) else {
        Issue.record("a short answer passed")
        return
      }
    }
    try withServer({ _, peer in
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)more")
      peer.end()
    }) { server throws in
      #expect(try BotAPI.of(server).sendMessage(chat: 1, text: "x") == 4)
    }
  }

  @Test("An answer without end is given up at its limit") func oversized() throws {
    try withServer({ _, peer in
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      let chunk = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
      while peer.send("100000\r\n"), peer.send(chunk), peer.send("\r\n") {}
      peer.end()
    }) { server throws in
      #expect(try failureOfSend(server) == .garbled(status: 200, mayHaveTakenEffect: true))
    }
  }

  @Test("A redirect is not followed", arguments: [301, 302, 307, 308])
  func redirect(status: Int) throws {
    try withServer({ _, peer in peer.answer(result: #"{"message_id":4}"#) }) { other in
      try withServer({ _, peer in
        peer.answer(status, "", headers: ["Location: \(other.root)/stolen"])
      }) { server throws in
        #expect(
          try failureOfSend(server) == .garbled(status: status, mayHaveTakenEffect: false))
        #expect(server.requests.count == 1)
        #expect(other.requests.isEmpty)
      }
    }
  }

  @Test("What is no HTTP at all is no answer") func noHTTP() throws {
    try withServer({ _, peer in
      peer.send("SSH-2.0-OpenSSH_9.2\r\n")
      peer.end()
    }) { server in
      guard case .network = try failureOfSend(server) else {
        Issue.record("it passed")
        return
      }
    }
  }

  @Test("No error has the token in it, wherever the server puts it") func noTokenInErrors() throws {
    let echo = "no /bot\(testToken)/x, \(testSecret), \(testToken.replacing(":", with: "%3A"))"
    var errors: [BotAPIError] = []
    try withServer({ request, peer in
      switch request.form["text"] {
      case "json": peer.refuse(400, echo)
      case "page": peer.answer(404, "<p>\(echo)</p>")
      case "location": peer.answer(302, "", headers: ["Location: http://x/\(echo)"])
      case "noise": peer.send("\(echo)\r\n\r\n")
      case "status": peer.send("HTTP/1.1 \(echo)\r\n\r\n")
      default: peer.reset()
      }
      peer.end()
    }) { server in
      let api = try BotAPI.of(server)
      for text in ["json", "page", "location", "noise", "status", "reset"] {
        errors.append(
          try #require(
            failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: text) }))
      }
      let folder = try TemporaryFolder()
      errors.append(
        try #require(
          failure { () throws(BotAPIError) in
            try api.download("photos/\(testToken).jpg", to: folder.path("x"), limit: 10)
          }))
      errors.append(
        try #require(
          failure { () throws(BotAPIError) in
            try api.sendDocument(
              chat: 1, path: "/nowhere/\(testToken)", fileName: "x", mimeType: "image/png")
          }))
    }
    let nowhere = try BotAPI(
      root: APIRoot("https://\(testSecret.lowercased()).invalid"), token: BotToken(testToken),
      isLocal: false)
    errors.append(
      try #require(failure { () throws(BotAPIError) in try nowhere.getMe() }))
    for error in errors {
      var dumped = ""
      dump(error, to: &dumped)
      for text in ["\(error)", String(reflecting: error), dumped, error.upscaleError.message] {
        #expect(!text.contains(testSecret), "\(text)")
      }
    }
  }

  private func failureOfSend(_ server: ScriptedServer) throws -> BotAPIError {
    let api = try BotAPI.of(server)
    return try #require(
      failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: "x") })
  }
}

/// A number that threads count up.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0

  func increment() -> Int {
    lock.withLock {
      value += 1
      return value
    }
  }
}
