import Foundation
import Glibc
import TestSupport
import Testing
import Upscale

@testable import BotMode

/// Downloads and uploads.
@Suite("Bot API: files") struct BotAPIFileTests {
  @Test("A download is saved byte for byte, for its owner only") func download() throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try withServer({ request, peer in
      guard request.method == "GET", request.path.hasPrefix("/file/bot\(testToken)/") else {
        return peer.answer(404, "")
      }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
      peer.send(bytes)
    }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let path = try folder.write([1, 2, 3], as: "picture")
      chmod(path, 0o600)
      let count = try api.download(
        "photos/file 1:ä%?#&.jpg", to: path, limit: 20 << 20, expecting: Int64(bytes.count))
      #expect(count == bytes.count)
      #expect(try folder.read("picture") == bytes)
      #expect(
        server.requests.first?.path
          == "/file/bot\(testToken)/photos/file%201%3A%C3%A4%25%3F%23%26.jpg")
      try api.download("again", to: folder.path("new"), limit: 20 << 20)
      var status = stat()
      #expect(stat(folder.path("new"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("21 MB are more than 20 MB, whether the server says so or not", arguments: [true, false])
  func tooLarge(saysSo: Bool) throws {
    let size = 21 << 20
    let sent = Shared(0)
    try withServer({ _, peer in
      let length = saysSo ? "Content-Length: \(size)\r\n" : "Connection: close\r\n"
      peer.send("HTTP/1.1 200 OK\r\n\(length)\r\n")
      let piece = [UInt8](repeating: 7, count: 1 << 20)
      for _ in 0..<21 {
        guard peer.send(piece) else { break }
        sent.update { $0 += 1 }
      }
      peer.end()
    }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let error = failure { () throws(BotAPIError) in
        try api.download(
          "x", to: folder.path("x"), limit: 20 << 20)
      }
      #expect(error == .tooLarge)
      #expect(error?.isFileTooBig == true)
      #expect(folder.names == [])
      // What is announced as too large is not taken in, but for what the sockets hold.
      if saysSo { #expect(sent.read { $0 } < 21) }
    }
  }

  @Test("A file of exactly the limit is taken") func atLimit() throws {
    try withServer({ _, peer in peer.answer(200, String(repeating: "x", count: 1000)) }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      #expect(try api.download("x", to: folder.path("x"), limit: 1000) == 1000)
      #expect(
        failure { () throws(BotAPIError) in
          try api.download("x", to: folder.path("x"), limit: 999)
        } == .tooLarge)
    }
  }

  @Test("A download that breaks off leaves nothing", arguments: [true, false])
  func brokenOff(saysLength: Bool) throws {
    try withServer({ _, peer in
      peer.send("HTTP/1.1 200 OK\r\n\(saysLength ? "Content-Length: 10" : "Connection: close")")
      peer.send("\r\n\r\nhalf")
      peer.end()
    }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let error = failure { () throws(BotAPIError) in
        try api.download("x", to: folder.path("x"), limit: 1000, expecting: 10)
      }
      guard case .network? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.isTransient == true)
      #expect(folder.names == [])
    }
  }

  @Test("A refused download is a refusal, and no picture") func refusedDownload() throws {
    try withServer({ _, peer in peer.refuse(404, "Not Found") }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let error = failure { () throws(BotAPIError) in
        try api.download("x", to: folder.path("x"), limit: 1000)
      }
      #expect(error?.code == 404)
      #expect(folder.names == [])
    }
  }

  @Test("A redirect, or a page that is larger than a picture may be, is no picture")
  func oddDownload() throws {
    let folder = try TemporaryFolder()
    try withServer({ _, peer in
      peer.answer(302, "moved", headers: ["Location: http://127.0.0.1:1/"])
    }) { server in
      let api = try BotAPI.of(server)
      #expect(
        failure { () throws(BotAPIError) in
          try api.download("x", to: folder.path("x"), limit: 1000)
        } == .garbled(status: 302, mayHaveTakenEffect: false))
    }
    try withServer({ _, peer in peer.answer(502, String(repeating: "x", count: 2000)) }) { server in
      let api = try BotAPI.of(server)
      #expect(
        failure { () throws(BotAPIError) in
          try api.download("x", to: folder.path("x"), limit: 1000)
        } == .garbled(status: 502, mayHaveTakenEffect: false))
    }
    #expect(folder.names == [])
  }

  @Test(
    "A path that leads out of the bot's files is not asked for",
    arguments: ["../../bot1:x/getMe", "/etc/passwd", "", "a//b", "a/../b", "."])
  func wrongPath(path: String) throws {
    try withServer({ _, peer in peer.answer(200, "x") }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let error = failure { () throws(BotAPIError) in
        try api.download(path, to: folder.path("x"), limit: 1000)
      }
      #expect(error == .garbled(status: 200, mayHaveTakenEffect: false))
      #expect(server.requests.isEmpty)
    }
  }

  @Test("A place that cannot be written to is a failure of this machine, and stays as it is")
  func unwritable() throws {
    try withServer({ _, peer in peer.answer(200, String(repeating: "x", count: 100_000)) }) {
      server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let target = try folder.write([1], as: "target")
      #expect(mkfifo(folder.path("fifo"), 0o600) == 0)
      #expect(symlink(target, folder.path("link")) == 0)
      let places = [
        "/nowhere/at/all", folder.url.path, folder.path("fifo"), folder.path("link"),
      ]
      for place in places {
        let error = failure { () throws(BotAPIError) in
          try api.download("x", to: place, limit: 1 << 20)
        }
        guard case .local(let reason)? = error else {
          Issue.record("\(place): \(String(describing: error))")
          continue
        }
        #expect(reason.cause == .cannotCreate)
      }
      #expect(folder.names == ["fifo", "link", "target"])
      #expect(try folder.read("target") == [1])
      #expect(server.requests.isEmpty)
    }
  }

  @Test(
    "A disk without room ends the download, and nothing stays",
    .enabled(if: geteuid() == 0, "mounting needs root"))
  func noRoom() throws {
    let folder = try TemporaryFolder()
    let mounted = try ProcessRunner.shell(
      #"mount --types tmpfs --options size=64k none "$1""#, [folder.url.path])
    guard mounted.exitCode == 0 else { return }
    defer { _ = try? ProcessRunner.shell(#"umount "$1""#, [folder.url.path]) }
    try withServer({ _, peer in peer.answer(200, String(repeating: "x", count: 200_000)) }) {
      server in
      let api = try BotAPI.of(server)
      let error = failure { () throws(BotAPIError) in
        try api.download("x", to: folder.path("x"), limit: 1 << 20)
      }
      guard case .local(let reason)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.cause == .diskFull)
      #expect(folder.names == [])
    }
  }

  @Test("A local server's file is copied from where it is") func localServer() throws {
    try withServer({ _, peer in peer.answer(200, "over the wire") }) { server in
      let folder = try TemporaryFolder()
      let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 5) }
      let source = try folder.write(bytes, as: "source")
      let api = try BotAPI.of(server, isLocal: true)
      #expect(try api.download(source, to: folder.path("copy"), limit: 3_000_000) == bytes.count)
      #expect(try folder.read("copy") == bytes)
      #expect(server.requests.isEmpty)
      #expect(
        failure { () throws(BotAPIError) in
          try api.download(source, to: folder.path("copy"), limit: 2_999_999)
        } == .tooLarge)
      #expect(
        failure { () throws(BotAPIError) in
          try api.download(
            source, to: folder.path("copy"), limit: 1 << 30, isCancelled: { true })
        } == .interrupted)
      #expect(folder.names == ["source"])
      for missing in [folder.path("none"), folder.url.path, "/dev/zero"] {
        guard
          case .local? = failure(of: { () throws(BotAPIError) in
            try api.download(missing, to: folder.path("copy"), limit: 1 << 30)
          })
        else {
          Issue.record("\(missing) was copied")
          return
        }
      }
      // Some files come over the wire even so.
      try api.download("photos/1.jpg", to: folder.path("copy"), limit: 1000)
      #expect(try folder.read("copy") == Array("over the wire".utf8))
    }
  }

  @Test("A document arrives whole, with its name, its type and its fields") func upload() throws {
    let bytes = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }
    try withServer({ _, peer in peer.answer(result: #"{"message_id":77}"#) }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      let path = try folder.write(bytes, as: "out.png")
      let sent = try api.sendDocument(
        chat: 5, path: path, fileName: "Кошка\r\n\"x\"/y.png", mimeType: "image/png",
        caption: "×4, 5120 × 2880", replyTo: 3, markup: .inline([[.init("x2", data: "again:2")]]))
      #expect(sent == 77)
      let request = try #require(server.requests.first)
      #expect(request.headers["expect"] == nil)
      #expect(request.bodyCount == request.body.count)
      let parts = try #require(MultipartBody(request))
      #expect(
        parts.fields == [
          "chat_id": "5", "caption": "×4, 5120 × 2880",
          "reply_parameters": #"{"message_id":3,"allow_sending_without_reply":true}"#,
          "reply_markup":
            #"{"inline_keyboard":[[{"callback_data":"again:2","text":"x2"}]]}"#,
        ])
      #expect(parts.fileHead.contains(#"name="document"; filename="Кошка___x__y.png""#))
      #expect(parts.fileHead.contains("Content-Type: image/png"))
      #expect(parts.file == bytes)
    }
  }

  @Test("An empty document is a document") func emptyUpload() throws {
    try withServer({ _, peer in peer.answer(result: #"{"message_id":77}"#) }) { server in
      let folder = try SparseFile(byteCount: 0)
      _ = try BotAPI.of(server).sendDocument(
        chat: 5, path: folder.path, fileName: "a.webp", mimeType: "image/webp")
      let parts = try #require(server.requests.first.flatMap { MultipartBody($0) })
      #expect(parts.file == [])
      #expect(parts.fields == ["chat_id": "5", "disable_content_type_detection": "true"])
    }
  }

  @Test("A server that takes no file of this size may say so before it has read it")
  func tooLargeUpload() throws {
    try withServer(
      hasReadHead: { _, peer in
        peer.refuse(413, "Request Entity Too Large")
        usleep(50_000)
        peer.end()
      }, { _, _ in }
    ) { server in
      let folder = try SparseFile(byteCount: 30 << 20)
      let api = try BotAPI.of(server)
      let error = failure { () throws(BotAPIError) in
        try api.sendDocument(
          chat: 1, path: folder.path, fileName: "a.png", mimeType: "image/png")
      }
      #expect(error?.isUploadTooLarge == true, "\(String(describing: error))")
      #expect(error?.mayHaveTakenEffect == false)
    }
  }

  @Test("What cannot be read is not sent") func unreadable() throws {
    try withServer({ _, peer in peer.answer(result: #"{"message_id":77}"#) }) { server in
      let api = try BotAPI.of(server)
      let folder = try TemporaryFolder()
      for path in [folder.path("none"), folder.url.path, "/dev/zero"] {
        guard
          case .local? = failure(of: { () throws(BotAPIError) in
            try api.sendDocument(chat: 1, path: path, fileName: "a", mimeType: "image/png")
          })
        else {
          Issue.record("\(path) was sent")
          return
        }
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test("A file that becomes shorter while it is sent ends the call") func shrinks() throws {
    let folder = try SparseFile(byteCount: 60 << 20)
    try withServer(
      hasReadHead: { _, _ in truncate(folder.path, 1000) },
      { _, peer in peer.answer(result: #"{"message_id":77}"#) }
    ) { server in
      let api = try BotAPI.of(server)
      let error = failure { () throws(BotAPIError) in
        try api.sendDocument(
          chat: 1, path: folder.path, fileName: "a.png", mimeType: "image/png")
      }
      guard case .local(let reason)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.message.contains("became shorter"))
    }
  }

  @Test("An upload of 50 MB arrives, without asking first") func large() throws {
    let file = try SparseFile(byteCount: 50 << 20)
    try withServer(keeping: 0, { _, peer in peer.answer(result: #"{"message_id":77}"#) }) {
      server in
      let message = try BotAPI.of(server).sendDocument(
        chat: 1, path: file.path, fileName: "a.png", mimeType: "image/png")
      #expect(message == 77)
      #expect(server.requests.last.map { $0.bodyCount > 50 << 20 } == true)
      // Large bodies are what libcurl would ask about first.
      #expect(server.requests.allSatisfy { $0.headers["expect"] == nil })
    }
  }
}

/// A multipart body taken apart, as far as these tests need it.
private struct MultipartBody {
  var fields: [String: String] = [:]
  var fileHead = ""
  var file: [UInt8] = []

  init?(_ request: ScriptedServer.Request) {
    guard let type = request.headers["content-type"],
      type.hasPrefix("multipart/form-data; boundary=")
    else { return nil }
    let separator = Array("--\(type.dropFirst(30))".utf8)
    var starts: [Int] = []
    var place = 0
    let body = request.body
    while place + separator.count <= body.count {
      if body[place] == separator[0], body[place...].starts(with: separator) {
        starts.append(place)
        place += separator.count
      } else {
        place += 1
      }
    }
    for (start, end) in zip(starts, starts.dropFirst()) {
      let part = body[(start + separator.count + 2)..<(end - 2)]
      guard let blank = part.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let head = String(decoding: part[..<blank.lowerBound], as: UTF8.self)
      let content = Array(part[blank.upperBound...])
      if head.contains("filename=") {
        fileHead = head
        file = content
      } else if let name = head.components(separatedBy: "name=\"").last?.prefix(while: {
        $0 != "\""
      }) {
        fields[String(name)] = String(decoding: content, as: UTF8.self)
      }
    }
  }
}
