import Upscale

/// The conversation with users: how an event changes the bot's state.
///
/// It is pure: an event and a state give a new state and immediate answers. Nothing here waits, sends or
/// reads.
struct Conversation: Sendable {
  var rules: BotRules
  /// Seconds since 1970.
  var now: Double
  /// What is being done right now, by job.
  var states: [Int64: JobState] = [:]
  /// For /stats.
  var facts = ServiceFacts()
  /// Rows of the outbox that are being sent, which cannot be changed any more.
  var sending: Set<Int64> = []

  /// Actions to take at once, which are not kept over a restart.
  enum Immediate: Equatable, Sendable {
    case answerButton(query: String, text: String, isAlert: Bool)
  }

  /// Seconds to wait for more pictures of an album before its card is sent.
  static let albumPatience = 1.5

  /// Handles one event.
  ///
  /// - Parameters:
  ///   - event: a message or a press.
  ///   - state: is changed by it.
  /// - Returns: actions to take at once.
  func handle(_ event: Incoming, in state: inout BotState) -> [Immediate] {
    let record = state.users[event.user]
    let language = record?.language ?? Language(tag: event.languageTag)
    let texts = Texts(language: language)
    switch event.content {
    case .gone:
      state.memory.tally.cancelled += state.abandon(chat: event.chat)
      return []
    case .moved(let chat):
      state.move(chat: event.chat, to: chat)
      return []
    default: break
    }
    guard rules.serves(user: event.user, chat: event.chat) else {
      if case .button(let query, _, _, _, _) = event.content {
        return [.answerButton(query: query, text: texts.notAllowed(event.user), isAlert: true)]
      }
      answer(texts.notAllowed(event.user), to: event, in: &state)
      return []
    }
    switch event.content {
    case .command(let command, let argument, let about):
      obey(command, argument, about, event, language, in: &state)
      return []
    case .offer(let offer, let caption):
      consider(offer, caption: caption, event, language, in: &state)
      return []
    case .text:
      answer(texts.askForPicture, to: event, in: &state, keyboard: .commands)
      return []
    case .button(let query, let data, let message, let about, let original):
      let (text, isAlert) = press(
        data, message: message, about: about, original: original, event, language, in: &state)
      return [.answerButton(query: query, text: text, isAlert: isAlert)]
    case .gone, .moved:
      return []
    }
  }

  // MARK: Commands

  private func obey(
    _ command: ChatCommand?, _ argument: String, _ about: Incoming.Offer?, _ event: Incoming,
    _ language: Language, in state: inout BotState
  ) {
    let texts = Texts(language: language)
    switch command {
    case .start:
      let name = event.userName.map { String($0.prefix(64)) }
      answer(texts.greeting(name), to: event, in: &state, keyboard: .commands)
    case .help:
      answer(texts.help(rules), to: event, in: &state, keyboard: .commands)
    case .upscale, .upscaleImage:
      if let about {
        consider(about, caption: argument, event, language, in: &state)
      } else if event.isGroup {
        answer(texts.replyToPicture, to: event, in: &state)
      } else if command == .upscale {
        answer(texts.askForPicture, to: event, in: &state, keyboard: .commands)
      } else {
        restart(event, texts, in: &state)
      }
    case .restart:
      restart(event, texts, in: &state)
    case .cancel:
      let titles = cancelAll(event, texts, in: &state)
      answer(
        titles.isEmpty ? texts.nothingToCancel : texts.stopped(titles), to: event, in: &state)
    case .status:
      answer(status(of: event, texts, in: state), to: event, in: &state)
    case .settings:
      let wish = state.users[event.user]?.wish ?? Wish()
      answer(
        texts.settings(wish), to: event, in: &state, keyboard: Self.settingsMenu(wish, texts))
    case .language:
      answer(
        texts.chooseLanguage, to: event, in: &state,
        keyboard: .buttons([
          Language.allCases.map { .init(text: $0.name, data: .language($0)) }
        ]))
    case .privacy:
      answer(texts.privacy, to: event, in: &state)
    case .forget:
      _ = cancelAll(event, texts, everywhere: true, in: &state)
      state.users[event.user] = nil
      answer(texts.forgotten, to: event, in: &state)
    case .stats:
      answer(
        rules.admins.contains(event.user) ? stats(state) : texts.notAdmin, to: event, in: &state)
    case nil:
      answer(texts.unknownCommand, to: event, in: &state)
    }
  }

  private func restart(_ event: Incoming, _ texts: Texts, in state: inout BotState) {
    let titles = cancelAll(event, texts, in: &state)
    let report = titles.isEmpty ? "" : texts.stopped(titles) + "\n"
    answer(report + texts.askForPicture, to: event, in: &state, keyboard: .commands)
  }

  /// Stops a user's pictures in a chat.
  ///
  /// - Returns: their titles, for the answer.
  private func cancelAll(
    _ event: Incoming, _ texts: Texts, everywhere: Bool = false, in state: inout BotState
  ) -> [String] {
    let jobs = state.jobs.rows.filter {
      $0.value.user == event.user && (everywhere || $0.value.chat == event.chat)
    }.sorted { $0.key < $1.key }
    for (id, _) in jobs { state.remove(job: id, lastWords: texts.isCancelled) }
    state.memory.tally.cancelled += jobs.count
    return jobs.map { $0.value.source.title(texts) }
  }

  private func status(of event: Incoming, _ texts: Texts, in state: BotState) -> String {
    let jobs = state.jobs(ofUser: event.user, in: event.chat)
    guard !jobs.isEmpty else { return texts.noStatus }
    let outlook = Outlook(state, states)
    return jobs.map { id, job in
      texts.sizes(job) + "\n"
        + CardText.progress(of: id, job, states[id] ?? .resting, outlook, texts)
    }.joined(separator: "\n\n")
  }

  private func stats(_ state: BotState) -> String {
    let tally = state.memory.tally
    let outlook = Outlook(state, states)
    return """
      up \(Int(facts.uptime)) s; accepted \(tally.accepted), delivered \(tally.delivered), refused \
      \(tally.refused), failed \(tally.failed), cancelled \(tally.cancelled), worker crashes \
      \(tally.crashes)
      waiting \(outlook.order.count), in all \(state.jobs.rows.count) pictures of \
      \(Set(state.jobs.rows.values.map(\.user)).count) users; \(state.users.rows.count) users known; \
      \(state.outbox.rows.count) messages to send
      seconds per megapixel: \(paces(state))
      memory \(facts.memory >> 20) MiB, worker \(facts.workerMemory >> 20) MiB
      """
  }

  private func paces(_ state: BotState) -> String {
    Look.allCases.map { look in
      "\(look.rawValue) \(Int((state.memory.paces[look.rawValue] ?? 0).rounded()))"
    }.joined(separator: ", ")
  }

  // MARK: Pictures

  /// Accepts a picture, or refuses it with a reason.
  private func consider(
    _ offer: Incoming.Offer, caption: String?, _ event: Incoming, _ language: Language,
    in state: inout BotState
  ) {
    let texts = Texts(language: language)
    let card = event.album.flatMap { album in
      state.cards.rows.first {
        $0.value.chat == event.chat && $0.value.album == album && $0.value.user == event.user
      }?.key
    }
    // The caption of an album's first picture applies to the others as well.
    var wish =
      card.flatMap { state.jobs(of: $0).first?.job.wish } ?? state.users[event.user]?.wish ?? Wish()
    if let caption { wish = wish.following(caption) }
    accept(offer, wish: wish, card: card, event, texts, in: &state)
  }

  @discardableResult
  private func accept(
    _ offer: Incoming.Offer, wish: Wish, card: Int64?, _ event: Incoming, _ texts: Texts,
    in state: inout BotState
  ) -> Bool {
    let source: PictureOffer
    switch offer {
    case .unusable(let reason):
      refuse(texts.refusal(reason, rules), event, texts, in: &state)
      return false
    case .picture(let picture): source = picture
    }
    var job = Job(
      chat: event.chat, user: event.user, message: event.message, isGroup: event.isGroup,
      language: texts.language, card: 0, source: source, wish: wish, accepted: now)
    let speed = state.memory
    if source.width == nil || source.height == nil {
      job.guessedMegapixels = rules.guessedMegapixels(
        of: source, secondsPerMegapixel: speed.secondsPerMegapixel(for: wish))
    }
    if let complaint = rules.complaint(about: job, seconds: speed.expectedSeconds(of: job)) {
      refuse(texts.refusal(complaint, rules), event, texts, in: &state)
      return false
    }
    guard state.count(ofUser: event.user) < rules.maxPerUser else {
      refuse(texts.tooManyOfYours(rules.maxPerUser), event, texts, isOfPicture: false, in: &state)
      return false
    }
    guard state.jobs.rows.count < rules.maxJobs else {
      refuse(texts.queueIsFull, event, texts, isOfPicture: false, in: &state)
      return false
    }
    if let card {
      job.card = card
    } else {
      job.card = state.newID()
      state.cards[job.card] = Card(
        chat: event.chat, user: event.user, isGroup: event.isGroup, language: texts.language,
        replyTo: event.message, album: event.album,
        due: event.album == nil ? now : now + Self.albumPatience)
    }
    state.jobs[state.newID()] = job
    state.memory.tally.accepted += 1
    return true
  }

  private func refuse(
    _ reason: String, _ event: Incoming, _ texts: Texts, isOfPicture: Bool = true,
    in state: inout BotState
  ) {
    state.memory.tally.refused += 1
    state.refuse(
      reason, isOfPicture: isOfPicture,
      RefusedPicture(
        chat: event.chat, user: event.user, message: event.message, isGroup: event.isGroup,
        language: texts.language, time: now), sending: sending)
  }

  // MARK: Buttons

  /// Handles a pressed button.
  ///
  /// - Returns: the text that the user sees, and whether it is shown in a window.
  private func press(
    _ data: ButtonData?, message: Int64?, about: Incoming.Offer?, original: Int64?,
    _ event: Incoming, _ language: Language, in state: inout BotState
  ) -> (text: String, isAlert: Bool) {
    let texts = Texts(language: language)
    var record = state.users[event.user] ?? UserRecord()
    switch data {
    case .cancel(let id):
      guard let card = state.cards[id], card.chat == event.chat else {
        return (texts.alreadyOver, false)
      }
      guard card.user == event.user else { return (texts.notYours, true) }
      let jobs = state.jobs(of: id)
      for (job, _) in jobs { state.remove(job: job, lastWords: texts.isCancelled) }
      state.memory.tally.cancelled += jobs.count
      return (texts.isCancelled, false)
    case .look(let look): record.wish.look = look
    case .scale(let scale): record.wish.scale = scale
    case .format(let format): record.wish.format = format
    case .language(let language):
      record.language = language
      state.keep(record, of: event.user)
      let chosen = Texts(language: language).languageChosen
      if let message {
        state.edit(
          message, in: event.chat, to: chosen, for: event.user, isGroup: event.isGroup)
      }
      return (chosen, false)
    case .again(let wish):
      guard let about, let original else { return (texts.pictureIsGone, true) }
      var event = event
      event.message = original
      let isAccepted = accept(about, wish: wish, card: nil, event, texts, in: &state)
      return (isAccepted ? texts.describe(wish) : "", false)
    case nil:
      return (texts.notYourButton, false)
    }
    let isChanged = (state.users[event.user] ?? UserRecord()).wish != record.wish
    state.keep(record, of: event.user)
    if isChanged, let message {
      // In a group each user sees their own settings.
      state.edit(
        message, in: event.chat, to: texts.settings(record.wish),
        keyboard: Self.settingsMenu(record.wish, texts), for: event.user, isGroup: event.isGroup)
    }
    return (texts.saved, false)
  }

  /// Buttons for each choice; those that are chosen have a mark.
  static func settingsMenu(_ wish: Wish, _ texts: Texts) -> Keyboard {
    func row<Choice: Equatable>(
      _ choices: [Choice], _ chosen: Choice, _ name: (Choice) -> String,
      _ data: (Choice) -> ButtonData
    ) -> [Keyboard.Button] {
      choices.map {
        Keyboard.Button(text: ($0 == chosen ? "✓ " : "") + name($0), data: data($0))
      }
    }
    return .buttons([
      row(Look.allCases, wish.look, texts.name, ButtonData.look),
      row(Array(Wish.scales), wish.scale, { "×\($0)" }, ButtonData.scale),
      row(PictureFormat.allCases, wish.format, texts.name, ButtonData.format),
    ])
  }

  // MARK: Answers

  /// Answers a command, unless too many of the user's answers are waiting.
  private func answer(
    _ text: String, to event: Incoming, in state: inout BotState, keyboard: Keyboard? = nil
  ) {
    guard state.hasRoom(for: event.user, in: event.chat, isGroup: event.isGroup) else { return }
    // A keyboard of commands would be shown to the whole group.
    let isForAll = keyboard == .commands && event.isGroup
    state.say(
      text, to: event.chat, replyingTo: event.isGroup ? event.message : nil,
      keyboard: isForAll ? nil : keyboard, for: event.user)
  }
}
