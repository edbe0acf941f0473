import Foundation

/// A strict Bot API server for tests: loopback only, in the tests' process or in one of its own.
///
/// It plays Telegram and the people who use the bot. Calls that no bot should make are recorded in
/// `violations`. Functions may be called by any thread. The test has to call `stop` at its end.
public final class FakeBotAPI: @unchecked Sendable {
  public let token: String
  /// The bot's own identifier: the number before the token's colon.
  public let botID: Int64
  public let port: UInt16
  /// The value for `--api-root`.
  public var root: String { "http://127.0.0.1:\(port)" }
  /// Where the files are.
  public let folder: String
  /// Whether requests under /control/ steer the server, see `Control.swift`.
  let allowsControl: Bool

  let condition = NSCondition()
  /// Touched under the condition's lock only, by `look` and `change`.
  var state: State
  private let ownsFolder: Bool
  private let startTime = ProcessInfo.processInfo.systemUptime

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - token: The only one it knows.
  ///   - port: 0 for any free one.
  ///   - options: How it behaves; can be changed later.
  ///   - folder: Where it keeps files; nil for a temporary folder that goes with it.
  ///   - allowsControl: Whether requests under /control/ steer it, see `Control.swift`.
  /// - Throws: What the system says when there is no port or no room.
  public init(
    token: String = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", port: UInt16 = 0,
    options: Options = Options(), folder: String? = nil, allowsControl: Bool = false
  ) throws {
    self.allowsControl = allowsControl
    self.token = token
    botID = token.split(separator: ":").first.flatMap { Int64($0) } ?? 1
    ownsFolder = folder == nil
    self.folder =
      folder
      ?? FileManager.default.temporaryDirectory
      .appendingPathComponent("fake-bot-api-\(UUID().uuidString)").path
    // A local server's file paths name the token.
    for name in ["uploads", token] {
      try FileManager.default.createDirectory(
        atPath: "\(self.folder)/\(name)", withIntermediateDirectories: true)
    }
    let listener = try Listener(port: port)
    self.port = listener.port
    state = State(botID: botID, listener: listener)
    state.options = options
    serve(listener)
  }

  /// Ends all connections and removes the files.
  public func stop() {
    change { $0.isStopped = true }
    goAway()
    if ownsFolder { try? FileManager.default.removeItem(atPath: folder) }
  }

  /// Ends all connections and refuses new ones until `comeBack`.
  public func goAway() {
    let (listener, sockets) = change { state in
      defer { state.listener = nil }
      return (state.listener, state.sockets.values.map { $0 })
    }
    listener?.close()
    for socket in sockets { socket.shutDown() }
    _ = waitLocked(upTo: 10) { $0.sockets.isEmpty ? true : nil }
  }

  /// Listens again, on the same port.
  ///
  /// - Throws: When another program has taken the port meanwhile.
  public func comeBack() throws {
    let listener = try Listener(port: port)
    change { $0.listener = listener }
    serve(listener)
  }

  public var options: Options {
    get { look { $0.options } }
    set { change { $0.options = newValue } }
  }

  /// Every request so far, in the order of their arrival.
  public var calls: [Call] { look { $0.calls } }

  /// The requests of one method so far.
  public func calls(of method: String) -> [Call] {
    look { $0.calls.filter { $0.method == method } }
  }

  /// What the bot did that no bot should: none is expected.
  public var violations: [String] { look { $0.violations } }

  /// The messages of a chat that are not deleted.
  public func messages(in chat: Int64) -> [Message] {
    look { $0.chats[chat]?.messages.filter { !$0.isDeleted } ?? [] }
  }

  /// The messages of a chat, deleted ones too.
  public func allMessages(in chat: Int64) -> [Message] { look { $0.chats[chat]?.messages ?? [] } }

  /// What the bot said in a chat and did not delete.
  public func answers(in chat: Int64) -> [Message] { messages(in: chat).filter { $0.isFromBot } }

  /// Files that the bot sent to a chat, in order.
  public func documents(in chat: Int64) -> [StoredFile] {
    answers(in: chat).compactMap { $0.document }
  }

  /// Waits until the condition holds; it is asked now and after each change.
  ///
  /// - Parameters:
  ///   - seconds: After which it will not hold any more, on a machine however busy.
  ///   - isMet: The condition.
  /// - Returns: Whether it held in time.
  public func wait(
    upTo seconds: Double = 600, until isMet: (FakeBotAPI) -> Bool
  ) -> Bool {
    wait(upTo: seconds) { isMet($0) ? true : nil } ?? false
  }

  /// Waits until `body` gives something; it is asked now and after each change.
  ///
  /// - Parameters:
  ///   - seconds: After which it will not come any more, on a machine however busy.
  ///   - body: Looks for it.
  /// - Returns: What it gave, or nil when the time was over.
  public func wait<Result>(
    upTo seconds: Double = 600, for body: (FakeBotAPI) -> Result?
  ) -> Result? {
    let end = Date(timeIntervalSinceNow: seconds)
    while true {
      let version = look { $0.version }
      if let result = body(self) { return result }
      condition.lock()
      defer { condition.unlock() }
      while state.version == version {
        if !condition.wait(until: end) { return nil }
      }
    }
  }

  /// Seconds since the server's start.
  var time: Double { ProcessInfo.processInfo.systemUptime - startTime }

  /// Looks at the state.
  func look<Result>(_ body: (State) throws -> Result) rethrows -> Result {
    condition.lock()
    defer { condition.unlock() }
    return try body(state)
  }

  /// Changes the state and wakes all threads that wait for it.
  @discardableResult func change<Result>(
    _ body: (inout State) throws -> Result
  ) rethrows -> Result {
    condition.lock()
    defer {
      state.version += 1
      condition.broadcast()
      condition.unlock()
    }
    return try body(&state)
  }

  /// Waits with the state locked, until `body` gives something.
  func waitLocked<Result>(
    upTo seconds: Double, _ body: (inout State) throws -> Result?
  ) rethrows -> Result? {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = try body(&state) {
        state.version += 1
        condition.broadcast()
        return result
      }
      if !condition.wait(until: end) { return nil }
    }
  }

  private func serve(_ listener: Listener) {
    let counter = connectionCounter
    Thread.detachNewThread { [self] in
      while let descriptor = listener.accept() {
        let socket = Socket(descriptor, number: counter.next())
        let isWelcome = change { state in
          guard state.listener === listener else { return false }
          state.sockets[socket.number] = socket
          return true
        }
        guard isWelcome else { continue }
        let thread = Thread { [self] in
          Connection(server: self, socket: socket).serve()
          socket.close()
          change { $0.sockets[socket.number] = nil }
        }
        thread.stackSize = 1 << 20
        thread.start()
      }
    }
  }

  private let connectionCounter = Counter()
}
