import Foundation
import TestSupport
import Testing

@testable import BotMode

/// Calls that another thread ends.
@Suite("Bot API: interruption") struct BotAPIInterruptionTests {
  /// What a busy machine may need; calls that end otherwise than they should say so.
  private static let soon = 120.0

  @Test("A poll that is held ends at once, and the connection works again after resume")
  func poll() throws {
    try withServer({ request, peer in
      if request.form["timeout"] == "0" {
        peer.answer(result: "[]")
      } else {
        peer.waitForEnd()
      }
    }) { server in
      let api = try BotAPI.of(server)
      let poll = Background {
        failure { () throws(BotAPIError) in
          try api.getUpdates(offset: nil, timeout: 50)
        }
      }
      #expect(server.waitForRequests(1))
      api.interruptPolling()
      #expect(try #require(poll.result(upTo: Self.soon)) == .interrupted)
      #expect(
        failure { () throws(BotAPIError) in try api.getUpdates(offset: 1, timeout: 0) }
          == .interrupted)
      #expect(server.requests.count == 1)
      api.resume()
      #expect(try api.getUpdates(offset: 1, timeout: 0).isEmpty)
      #expect(server.requests.count == 2)
    }
  }

  @Test("Only polls end by interruptPolling") func onlyPolls() throws {
    try withServer({ _, peer in peer.answer(result: #"{"message_id":1}"#) }) { server in
      let api = try BotAPI.of(server)
      api.interruptPolling()
      #expect(try api.sendMessage(chat: 1, text: "x") == 1)
      api.interruptAll()
      #expect(
        failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: "x") }
          == .interrupted)
    }
  }

  @Test("A download that stands still ends by interruptAll and by its own isCancelled")
  func download() throws {
    let folder = try TemporaryFolder()
    try withServer({ _, peer in
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome")
      peer.waitForEnd()
    }) { server in
      let api = try BotAPI.of(server)
      let first = Background {
        failure { () throws(BotAPIError) in
          try api.download("x", to: folder.path("x"), limit: 1 << 20)
        }
      }
      #expect(server.waitForRequests(1))
      api.interruptAll()
      #expect(try #require(first.result(upTo: Self.soon)) == .interrupted)
      api.resume()

      let flag = Flag()
      let second = Background {
        failure { () throws(BotAPIError) in
          try api.download(
            "x", to: folder.path("y"), limit: 1 << 20, isCancelled: { flag.isSet })
        }
      }
      #expect(server.waitForRequests(2))
      flag.set()
      #expect(try #require(second.result(upTo: Self.soon)) == .interrupted)
      #expect(folder.names == [])
    }
  }

  @Test("An upload that nobody reads ends by interruptAll and by its own isCancelled")
  func upload() throws {
    let file = try SparseFile(byteCount: 60 << 20)
    let begun = Counter()
    try withServer(
      hasReadHead: { _, peer in
        _ = begun.increment()
        peer.block()
      }, { _, _ in }
    ) { server in
      let api = try BotAPI.of(server)
      let flag = Flag()
      for way in ["all", "own"] {
        let upload = Background {
          failure { () throws(BotAPIError) in
            try api.sendDocument(
              chat: 1, path: file.path, fileName: "a.png", mimeType: "image/png",
              isCancelled: { flag.isSet })
          }
        }
        #expect(server.waitForConnections(way == "all" ? 1 : 2))
        if way == "all" { api.interruptAll() } else { flag.set() }
        #expect(try #require(upload.result(upTo: Self.soon)) == .interrupted)
        api.resume()
      }
    }
  }

  @Test("A connection that is not answered at all ends, too") func connecting() throws {
    // An address for documentation: packets to it go nowhere, or are refused at once.
    let api = try BotAPI(
      root: APIRoot("https://192.0.2.1"), token: BotToken(testToken), isLocal: false)
    let call = Background { failure { () throws(BotAPIError) in try api.getMe() } }
    usleep(50_000)
    api.interruptAll()
    let error = try #require(call.result(upTo: Self.soon))
    #expect(error != nil)
    #expect(error?.mayHaveTakenEffect == false)
  }
}

/// A flag that threads share.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }

  func set() { lock.withLock { value = true } }
}
