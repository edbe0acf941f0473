/// The complete state of the bot. It is on the disk after each change, except for whose turn it is.
struct BotState: Sendable {
  var jobs = Table<Job>()
  var cards = Table<Card>()
  var outbox = Table<Outgoing>()
  var users = Table<UserRecord>()
  /// The numbers of the last handled updates, in a ring, since Telegram's numbers do not always ascend.
  var handled = Table<Int64>()
  var memory = Memory()
  /// When each user's last picture was computed; cleared when no picture waits.
  var turns = Turns<Int64>()
  var recentRefusals = RecentRefusals()
  private(set) var handledSet: Set<Int64> = []

  /// How many updates are remembered.
  static let handledLimit: Int64 = 4096

  init() {}

  init(
    jobs: Table<Job>, cards: Table<Card>, outbox: Table<Outgoing>, users: Table<UserRecord>,
    handled: Table<Int64>, memory: Memory
  ) {
    self.jobs = jobs
    self.cards = cards
    self.outbox = outbox
    self.users = users
    self.handled = handled
    self.memory = memory
    handledSet = Set(handled.rows.values)
  }

  /// A number for a new row; no number is given twice.
  mutating func newID() -> Int64 {
    memory.lastID += 1
    return memory.lastID
  }

  /// Keeps a user's settings; removes them where they equal the defaults.
  mutating func keep(_ record: UserRecord, of user: Int64) {
    users[user] = record == UserRecord() ? nil : record
  }

  // MARK: Updates

  func wasHandled(_ update: Int64) -> Bool { handledSet.contains(update) }

  mutating func noteHandled(_ update: Int64) {
    let place = memory.handledCount % Self.handledLimit
    memory.handledCount += 1
    if let old = handled[place] { handledSet.remove(old) }
    handled[place] = update
    handledSet.insert(update)
  }

  // MARK: Jobs

  /// Jobs of a card, oldest first.
  func jobs(of card: Int64) -> [(id: Int64, job: Job)] {
    sorted { $0.card == card }
  }

  func jobs(ofUser user: Int64, in chat: Int64) -> [(id: Int64, job: Job)] {
    sorted { $0.user == user && $0.chat == chat }
  }

  func count(ofUser user: Int64) -> Int {
    jobs.rows.values.count { $0.user == user }
  }

  private func sorted(_ belongs: (Job) -> Bool) -> [(id: Int64, job: Job)] {
    jobs.rows.filter { belongs($0.value) }.sorted { $0.key < $1.key }
      .map { (id: $0.key, job: $0.value) }
  }

  /// Removes a job; a thread that works on it notices that and stops.
  ///
  /// A card without jobs is removed as well, and so is its message.
  ///
  /// - Parameters:
  ///   - id: the job's number.
  ///   - lastWords: the card's final text if this was its last job; nil to delete the message.
  mutating func remove(job id: Int64, lastWords: String? = nil) {
    guard let job = jobs[id] else { return }
    drop(job: id)
    guard let card = cards[job.card], jobs(of: job.card).isEmpty else { return }
    cards[job.card] = nil
    guard let message = card.message else { return }
    outbox[newID()] = Outgoing(
      chat: card.chat,
      content: lastWords.map { .edit(message: message, text: $0, nil) }
        ?? .delete(message: message))
  }

  private mutating func drop(job id: Int64) {
    jobs[id] = nil
    if jobs.rows.isEmpty { turns.reset() }
  }

  /// Gives a chat its new number, when a group has become a supergroup.
  mutating func move(chat old: Int64, to new: Int64) {
    for id in jobs.ids(where: { $0.chat == old }) { jobs[id]?.chat = new }
    for id in cards.ids(where: { $0.chat == old }) {
      cards[id]?.chat = new
      // Messages of the old group cannot be edited in the new one.
      cards[id]?.message = nil
    }
    for id in outbox.ids(where: { $0.chat == old }) { outbox[id]?.chat = new }
  }

  /// Removes everything that was meant for a chat to which the bot can no longer write.
  ///
  /// - Parameter chat: which.
  /// - Returns: how many pictures were removed.
  mutating func abandon(chat: Int64) -> Int {
    let abandoned = jobs.ids { $0.chat == chat }
    for id in abandoned { drop(job: id) }
    for id in cards.ids(where: { $0.chat == chat }) { cards[id] = nil }
    for id in outbox.ids(where: { $0.chat == chat }) { outbox[id] = nil }
    return abandoned.count
  }
}
