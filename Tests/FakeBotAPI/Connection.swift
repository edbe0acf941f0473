import Foundation
import Glibc

/// Serves the requests of one connection, on its own thread.
final class Connection {
  let server: FakeBotAPI
  let socket: Socket
  /// The last call that was answered here, until the client asks for more.
  private var lastCall: Int?
  private var keepsAlive = true

  /// How the work on a call can end without an answer.
  enum End: Error {
    case gone
  }

  init(server: FakeBotAPI, socket: Socket) {
    self.server = server
    self.socket = socket
  }

  func serve() {
    while keepsAlive, !server.look({ $0.isStopped }) {
      do {
        try serveOne(RequestHead(from: socket))
      } catch let failure as Socket.Failure {
        fail(failure)
        return
      } catch {
        return
      }
    }
    socket.closeGently()
  }

  private func fail(_ failure: Socket.Failure) {
    switch failure {
    case .closed: break
    case .reset:
      // The client has closed the connection with bytes unread, so it has not received the whole answer.
      if let lastCall { server.change { $0.calls[lastCall].wasDelivered = false } }
    case .malformed(let words):
      server.change { $0.complain("malformed HTTP: \(words)", call: nil) }
      try? socket.write(
        Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8))
      socket.closeGently()
    }
  }

  private func serveOne(_ head: RequestHead) throws {
    lastCall = nil
    if head.wantsClose { keepsAlive = false }
    if server.allowsControl, head.path.hasPrefix("/control/") {
      let body = try readBody(of: head).all(upTo: 8 << 20)
      return try write(server.control(String(head.path.dropFirst("/control/".count)), body))
    }
    var path = head.path
    let isFile = path.hasPrefix("/file/")
    if isFile { path.removeFirst("/file".count) }
    guard path.hasPrefix("/bot"), let slash = path.dropFirst().firstIndex(of: "/") else {
      server.change { $0.complain("a request for '\(head.path)'", call: nil) }
      try discard(readBody(of: head))
      return try write(.refusal(Refusal(404, "Not Found")))
    }
    let given = path[path.index(path.startIndex, offsetBy: 4)..<slash]
    let isToken = String(given).removingPercentEncoding == server.token
    let rest = String(path[path.index(after: slash)...])
    let method = Specification.methods[rest.lowercased()]
    let name = isFile ? "file" : method?.name ?? rest
    let (index, fault) = server.change { state in
      state.begin(
        name, httpMethod: head.method, connection: socket.number, time: server.time)
    }
    defer { server.change { $0.calls[index].endTime = server.time } }
    do {
      if isFile {
        try download(rest, isToken: isToken, head: head, index: index, fault: fault)
      } else {
        try call(method, isToken: isToken, head: head, index: index, fault: fault)
      }
    } catch Socket.Failure.malformed(let words) {
      server.change { $0.complain("malformed: \(words)", call: index) }
      keepsAlive = false
      try answer(.refusal(.badRequest("malformed request")), index: index, fault: nil)
    }
  }

  // MARK: Reading

  private func readBody(of head: RequestHead) throws(Socket.Failure) -> RequestBody {
    let body = try RequestBody(of: head, from: socket)
    if head.expectsContinue, !body.isAtEnd {
      try socket.write("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    }
    return body
  }

  private func discard(_ body: RequestBody) throws(Socket.Failure) {
    while try !body.next().isEmpty {}
  }

  /// The most that a body may have: an upload of the largest size and some fields.
  private var longestBody: Int { server.look { $0.largestUpload } + (1 << 18) }

  private func readParameters(
    _ head: RequestHead, index: Int, fault: FakeBotAPI.Fault.Kind?
  ) throws -> Parameters {
    var parameters = Parameters()
    parameters.addForm(head.query)
    let body = try readBody(of: head)
    if case .slowUpload(let rate) = fault { body.bytesPerSecond = rate }
    let type = head["content-type"] ?? ""
    if type.hasPrefix("multipart/form-data") {
      guard let place = type.range(of: "boundary=") else {
        throw Socket.Failure.malformed("a multipart body with no boundary")
      }
      let boundary = type[place.upperBound...].prefix { $0 != ";" }
        .trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
      let folder = UploadFolder(path: server.folder + "/uploads", name: "\(index)")
      try parameters.addMultipart(body, boundary: boundary, uploads: folder)
    } else {
      let bytes = try body.all(upTo: 8 << 20)
      if type.hasPrefix("application/json") {
        parameters.addJSON(bytes)
      } else if type.hasPrefix("application/x-www-form-urlencoded") {
        parameters.addForm(String(decoding: bytes, as: UTF8.self))
      } else if !bytes.isEmpty {
        parameters.violations.append("a body of type '\(type)'")
      }
    }
    return parameters
  }

  // MARK: Calls

  private func call(
    _ method: Specification.Method?, isToken: Bool, head: RequestHead, index: Int,
    fault: FakeBotAPI.Fault.Kind?
  ) throws {
    if fault == .resetBeforeBody { return socket.resetAndEnd(&keepsAlive) }
    if (head.length ?? 0) > longestBody {
      // As the real service's proxy does, the answer is sent before the body was read.
      keepsAlive = false
      return try answer(
        .refusal(Refusal(413, "Request Entity Too Large")), index: index, fault: nil)
    }
    let parameters = try readParameters(head, index: index, fault: fault)
    server.change { state in
      state.calls[index].fields = parameters.fields
      state.calls[index].uploads = parameters.uploads
      for words in parameters.violations { state.complain(words, call: index) }
    }
    if fault == .resetAfterBody { return socket.resetAndEnd(&keepsAlive) }
    if let response = fault?.refusal { return try answer(response, index: index, fault: nil) }
    if case .hang(let seconds) = fault { try hold(seconds) }

    let response: Response
    do {
      let result = try perform(method, parameters, isToken: isToken, index: index)
      server.change { $0.calls[index].tookEffect = true }
      response = .result(result)
    } catch let refusal as Refusal {
      response = .refusal(refusal)
    }
    if fault == .resetAfterEffect { return socket.resetAndEnd(&keepsAlive) }
    if case .hangAfterEffect(let seconds) = fault { try hold(seconds) }
    try answer(response, index: index, fault: fault)
  }

  private func perform(
    _ method: Specification.Method?, _ parameters: Parameters, isToken: Bool, index: Int
  ) throws -> FakeBotAPI.JSON {
    guard isToken else { throw Refusal(401, "Unauthorized") }
    guard let method else {
      server.change { $0.complain("there is no such method", call: index) }
      throw Refusal(404, "Not Found: method not found")
    }
    let wrong = Specification.violations(of: method, in: parameters)
    server.change { state in
      for words in wrong { state.complain(words, call: index) }
    }
    if server.look({ $0.isLoggedOut }) { throw Refusal.badRequest("Logged out") }
    if method.name == "getUpdates" { return try poll(parameters) }
    return try server.change { state in
      try state.perform(method.name, parameters, index: index, server: server)
    }
  }

  /// Waits, as long as the client does.
  private func hold(_ seconds: Double) throws {
    let end = server.time + seconds
    while server.time < end {
      if server.look({ $0.isStopped }) || socket.isPeerGone { throw End.gone }
      usleep(UInt32(min(0.05, max(end - server.time, 0.001)) * 1e6))
    }
    if socket.isPeerGone { throw End.gone }
  }

  // MARK: Polls

  private func poll(_ parameters: Parameters) throws -> FakeBotAPI.JSON {
    let limit = Int(parameters.integer("limit") ?? 100)
    let offset = parameters.integer("offset") ?? 0
    var timeout = Double(min(max(parameters.integer("timeout") ?? 0, 0), 50))
    var most = (1...100).contains(limit) ? limit : 100
    let ticket = try server.change { state in
      try state.beginPoll(
        offset: offset, allowed: parameters.json("allowed_updates"), timeout: &timeout,
        limit: &most, time: server.time)
    }
    let end = server.time + timeout
    while true {
      let now = server.time
      let slice = min(max(end - now, 0), 0.1)
      let updates = try server.waitLocked(upTo: slice) { state -> [FakeBotAPI.JSON]? in
        guard state.poll == ticket else {
          throw Refusal(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot "
              + "instance is running")
        }
        let batch = state.take(most)
        guard !batch.isEmpty || state.isStopped || server.time >= end else { return nil }
        state.poll = nil
        return batch
      }
      if let updates { return .array(updates) }
      if socket.isPeerGone {
        server.change { if $0.poll == ticket { $0.poll = nil } }
        throw End.gone
      }
    }
  }

  // MARK: Downloads

  private func download(
    _ path: String, isToken: Bool, head: RequestHead, index: Int, fault: FakeBotAPI.Fault.Kind?
  ) throws {
    if fault == .resetBeforeBody { return socket.resetAndEnd(&keepsAlive) }
    try discard(readBody(of: head))
    let decoded = path.removingPercentEncoding
    server.change { state in
      state.calls[index].fields = ["path": decoded ?? path]
      if head.method != "GET" { state.complain("a download by \(head.method)", call: index) }
      if decoded == nil { state.complain("a path that is badly percent-encoded", call: index) }
    }
    if fault == .resetAfterBody || fault == .resetAfterEffect {
      return socket.resetAndEnd(&keepsAlive)
    }
    if let response = fault?.refusal { return try answer(response, index: index, fault: nil) }
    if case .hang(let seconds) = fault { try hold(seconds) }
    guard isToken else {
      return try answer(.refusal(Refusal(401, "Unauthorized")), index: index, fault: nil)
    }
    let file = server.look { state in
      decoded.flatMap { state.filePaths[$0] }.flatMap { state.files[$0] }
    }
    guard let file, !server.options.isLocal else {
      return try answer(.refusal(Refusal(404, "Not Found")), index: index, fault: nil)
    }
    server.change { $0.calls[index].tookEffect = true }
    if case .hangAfterEffect(let seconds) = fault { try hold(seconds) }
    try answer(
      Response(type: "application/octet-stream", body: .file(file.path)), index: index,
      fault: fault)
  }

  // MARK: Answers

  /// Writes an answer, well or badly, and notes how it went.
  private func answer(
    _ response: Response, index: Int, fault: FakeBotAPI.Fault.Kind?
  ) throws {
    var response = response
    switch (fault, response.body) {
    case (.truncatedJSON, .bytes(let bytes)): response.body = .bytes(Array(bytes.dropLast(9)))
    case (.garbledJSON, .bytes(let bytes)):
      response.body = .bytes(Array(bytes.prefix(6)) + [0xFF, 0x00, 0x7B] + bytes.dropFirst(9))
    case (.deepJSON(let depth), _):
      response.body = .bytes(
        Array("{\"ok\":true,\"result\":".utf8) + [UInt8](repeating: 0x5B, count: depth)
          + [UInt8](repeating: 0x5D, count: depth) + Array("}".utf8))
    default: break
    }
    let isWhole = fault != .resetInBody && fault != .shortBody
    let isGone = socket.isPeerGone
    // Noted before the last byte is sent, so that a client with the answer sees a finished call.
    server.change { state in
      state.calls[index].status = response.status
      state.calls[index].wasDelivered = isWhole && !isGone
      state.calls[index].noteRefusal(response)
    }
    if isGone { throw End.gone }
    do {
      try write(response, fault: fault)
      lastCall = index
    } catch {
      server.change { $0.calls[index].wasDelivered = false }
      throw error
    }
  }

  private func write(_ response: Response, fault: FakeBotAPI.Fault.Kind? = nil) throws {
    let length = response.length
    let head = response.head(length: length, keepAlive: keepsAlive)
    var left = length
    if fault == .resetInBody || fault == .shortBody { left = length / 2 }
    var rate: Int?
    if case .slowBody(let bytesPerSecond) = fault { rate = bytesPerSecond }
    switch response.body {
    case .bytes(let bytes):
      if rate == nil {
        try socket.write(head + bytes.prefix(left))
      } else {
        try socket.write(head)
        try write(slowly: bytes[...], rate)
      }
    case .file(let path):
      try socket.write(head)
      guard let file = FileHandle(forReadingAtPath: path) else { throw End.gone }
      defer { try? file.close() }
      while left > 0, let bytes = try file.read(upToCount: min(left, 1 << 16)), !bytes.isEmpty {
        try write(slowly: Array(bytes)[...], rate)
        left -= bytes.count
      }
    }
    if fault == .resetInBody {
      // What was written is to arrive before the reset overtakes it.
      usleep(20_000)
      socket.resetAndEnd(&keepsAlive)
    }
    if fault == .shortBody { keepsAlive = false }
  }

  private func write(slowly bytes: ArraySlice<UInt8>, _ rate: Int?) throws {
    guard let rate else { return try socket.write(bytes) }
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest.prefix(max(rate / 20, 1))
      try socket.write(piece)
      rest = rest.dropFirst(piece.count)
      if !rest.isEmpty { try hold(Double(piece.count) / Double(max(rate, 1))) }
    }
  }
}

extension Socket {
  fileprivate func resetAndEnd(_ keepsAlive: inout Bool) {
    reset()
    keepsAlive = false
  }
}

extension FakeBotAPI.Call {
  fileprivate mutating func noteRefusal(_ response: Response) {
    guard response.status != 200, case .bytes(let bytes) = response.body,
      let json = FakeBotAPI.JSON(bytes: bytes)
    else { return }
    refusal = json["description"]?.asString
    retryAfter = (json["parameters"]?["retry_after"]?.asInteger).map { Int($0) }
  }
}

extension FakeBotAPI.Fault.Kind {
  /// The answer in place of the method's, for faults without effect.
  fileprivate var refusal: Response? {
    switch self {
    case .status(let code, let words):
      let usual = [500: "Internal Server Error", 404: "Not Found", 403: "Forbidden"]
      return .refusal(Refusal(code, words.isEmpty ? usual[code] ?? "Error" : words))
    case .tooManyRequests(let seconds): return .refusal(.tooManyRequests(retryAfter: seconds))
    case .badRequest(let words): return .refusal(.badRequest(words))
    case .unauthorized: return .refusal(Refusal(401, "Unauthorized"))
    case .forbidden: return .refusal(Refusal(403, "Forbidden: bot was blocked by the user"))
    case .conflict:
      return .refusal(
        Refusal(
          409,
          "Conflict: terminated by other getUpdates request; make sure that only one bot "
            + "instance is running"))
    case .htmlBadGateway:
      let page = """
        <html>\r
        <head><title>502 Bad Gateway</title></head>\r
        <body>\r
        <center><h1>502 Bad Gateway</h1></center>\r
        <hr><center>nginx/1.18.0</center>\r
        </body>\r
        </html>\r

        """
      return Response(status: 502, type: "text/html", body: .bytes(Array(page.utf8)))
    case .redirect(let address):
      return Response(
        status: 302, headers: [("Location", address)], type: "text/html", body: .bytes([]))
    default: return nil
    }
  }
}
