import Foundation

/// The whole state of the server.
struct State {
  struct Chat {
    var id: Int64
    /// "private", "group" or "supergroup".
    var type: String
    var title: String?
    var user: FakeBotAPI.User?
    var messages: [FakeBotAPI.Message] = []
    var hasBlockedBot = false
    var migratedTo: Int64?
    /// When messages were sent and edited, for the flood model.
    var activity: [Double] = []
    var lastEdit: Double?
    var floodEnd = 0.0
  }

  struct Callback {
    var user: Int64
    var isExpired = false
    var answers: [FakeBotAPI.Call] = []
  }

  struct QueuedUpdate {
    var id: Int64
    var json: FakeBotAPI.JSON
    /// Whether it is delivered once whatever the offset: the server repeats itself.
    var isRepeat = false
    var wasDelivered = false
  }

  let botID: Int64
  var listener: Listener?
  var sockets: [Int: Socket] = [:]
  var isStopped = false
  /// Whether a script has said that the program is to end.
  var isQuitWanted = false
  /// Grows with each change.
  var version = 0
  var options = FakeBotAPI.Options()

  var calls: [FakeBotAPI.Call] = []
  var violations: [String] = []
  var faults: [FakeBotAPI.Fault] = []
  var randomFaults: FakeBotAPI.RandomFaults?

  var chats: [Int64: Chat] = [:]
  var files: [String: FakeBotAPI.StoredFile] = [:]
  /// File identifiers by the path of their download.
  var filePaths: [String: String] = [:]
  var callbacks: [String: Callback] = [:]
  var fileCount = 0
  var callbackCount = 0
  var albumCount = 0

  var queue: [QueuedUpdate] = []
  /// The newest updates, confirmed or not.
  var history: [QueuedUpdate] = []
  var nextUpdateID: Int64 = 871_204_310
  var allowedUpdates: Set<String>?
  /// The poll that is held; the one before it learns of a conflict.
  var poll: Int?
  var pollCount = 0
  var lastPoll: (offset: Int64, time: Double)?
  var webhook: String?
  var confirmedOffset: Int64 = 0

  /// By scope and language.
  var commands: [String: FakeBotAPI.JSON] = [:]
  var descriptions: [String: String] = [:]
  var shortDescriptions: [String: String] = [:]
  var isLoggedOut = false

  init(botID: Int64, listener: Listener) {
    self.botID = botID
    self.listener = listener
  }

  // MARK: Calls

  /// Notes a call that has just come, and what fault it is to meet.
  mutating func begin(
    _ method: String, httpMethod: String, connection: Int, time: Double
  ) -> (index: Int, fault: FakeBotAPI.Fault.Kind?) {
    var call = FakeBotAPI.Call(
      index: calls.count, time: time, method: method, connection: connection,
      httpMethod: httpMethod)
    if let fault = nextFault(for: method) {
      call.fault = fault
    } else if let fault = randomFaults?.next(for: method) {
      call.fault = fault
      call.isFaultRandom = true
    }
    calls.append(call)
    return (call.index, call.fault)
  }

  private mutating func nextFault(for method: String) -> FakeBotAPI.Fault.Kind? {
    for index in faults.indices where faults[index].method == method || faults[index].method == "*"
    {
      if faults[index].skipping > 0 {
        faults[index].skipping -= 1
        continue
      }
      let kind = faults[index].kind
      faults[index].times -= 1
      if faults[index].times <= 0 { faults.remove(at: index) }
      return kind
    }
    return nil
  }

  mutating func complain(_ words: String, call: Int?) {
    if let call, calls.indices.contains(call) {
      violations.append("#\(call) \(calls[call].method): \(words)")
    } else {
      violations.append(words)
    }
  }

  // MARK: Files

  /// Gives a file its identifiers.
  mutating func register(_ file: FakeBotAPI.StoredFile) -> FakeBotAPI.StoredFile {
    fileCount += 1
    var hash = Hash()
    hash.add("\(botID) \(fileCount)".utf8)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    func word(_ length: Int) -> String {
      var text = ""
      for _ in 0..<length {
        hash.add([UInt8(truncatingIfNeeded: text.count)])
        text.append(letters[Int(hash.value >> 40 & 63)])
      }
      return text
    }
    var file = file
    file.id = "BQACAgIAAxkBAAI" + word(56)
    file.uniqueID = "AgAD" + word(11)
    files[file.id] = file
    return file
  }

  // MARK: Messages

  /// Adds a message to a chat.
  mutating func add(
    to chat: Int64, from sender: Int64, _ fill: (inout FakeBotAPI.Message) -> Void
  ) -> FakeBotAPI.Message {
    var message = FakeBotAPI.Message(
      id: (chats[chat]?.messages.last?.id ?? 0) + 1, chat: chat, sender: sender,
      isFromBot: sender == botID, date: Int(Date().timeIntervalSince1970))
    fill(&message)
    chats[chat]?.messages.append(message)
    return message
  }

  func message(_ id: Int64?, in chat: Int64) -> FakeBotAPI.Message? {
    guard let id else { return nil }
    return chats[chat]?.messages.first { $0.id == Int(id) && !$0.isDeleted }
  }

  mutating func replace(_ message: FakeBotAPI.Message) {
    guard let place = chats[message.chat]?.messages.firstIndex(where: { $0.id == message.id })
    else { return }
    chats[message.chat]?.messages[place] = message
  }

  // MARK: Updates

  /// Puts an update into the queue, unless the bot did not ask for its kind.
  mutating func enqueue(_ kind: String, _ content: FakeBotAPI.JSON) {
    let unasked: Set = ["chat_member", "message_reaction", "message_reaction_count"]
    if let allowedUpdates {
      guard allowedUpdates.contains(kind) else { return }
    } else if unasked.contains(kind) {
      return
    }
    let id = nextUpdateID
    nextUpdateID += 1
    var members: [String: FakeBotAPI.JSON] = ["update_id": .integer(id), kind: content]
    if options.writesNulls { addNulls(FieldNames.update, to: &members) }
    append(QueuedUpdate(id: id, json: .object(members)))
  }

  mutating func append(_ update: QueuedUpdate) {
    queue.append(update)
    history.append(update)
    if history.count > 1000 { history.removeFirst(500) }
  }
}
