package import Upscale

/// The bot: threads that poll, answer, fetch, compute and send, which share one state store.
///
/// The service itself never decodes or computes a picture; a separate process does (`WorkerProcess`).
package struct BotService {
  let settings: BotSettings

  package init(_ settings: BotSettings) { self.settings = settings }

  /// Seconds in which threads have to end.
  private static let grace = 8.0

  /// Serves until a signal arrives or an error ends the service.
  ///
  /// - Parameter signals: waits for a signal that asks to stop, for so many seconds at most; 0 when
  ///   none came.
  /// - Returns: the signal.
  /// - Throws: `.configuration` for a bad token or installation, `.occupied` while another service
  ///   runs, and why the state cannot be opened.
  package func run(
    signals: @escaping @Sendable (Double) -> Int32
  ) throws(UpscaleError) -> Int32 {
    CurrentProcess.keepFilesPrivate()
    // The token is in this process's memory, so other processes must not read it and no dump is written.
    try? Confinement.forbidNewPrivileges()
    let log = BotLog(token: settings.token, isVerbose: settings.isVerbose)
    let api = try BotAPI(root: settings.root, token: settings.token, isLocal: settings.isLocal)
    let folder = try StateFolder(settings.stateFolder, bot: settings.token.id)
    let store = try StateStore(path: folder.database)
    let paces = try store.change { state, _ -> [String: Double] in
      if state.memory.pacesAreOf != settings.paceKey {
        state.memory.paces = [:]
        state.memory.pacesAreOf = settings.paceKey
      }
      return state.memory.paces
    }
    let worker = WorkerProcess(
      settings.worker(
        workFolder: folder.work,
        knowsPaces: Look.allCases.allSatisfy { paces[$0.rawValue] != nil })
    ) { line in
      log.detail("worker says", ["line": line])
    }
    var rules = settings.rules
    let opening = BotContext(
      settings: settings, rules: rules, api: api, store: store, folder: folder, worker: worker,
      log: log)
    let isServing = Shared(false)
    let watcher = try Workers(count: 1) { _ in
      while !opening.isEnding {
        let signal = signals(1)
        if signal != 0 {
          opening.end(.signal(signal))
          // This ends a waiting poll and, at the start, repeated attempts of the first call.
          api.interruptPolling()
          if !isServing.read({ $0 }) { api.interruptAll() }
        }
      }
    }
    defer { watcher.join() }
    // Both run at the same time, so that the trial of speeds does not delay the first call. The first poll
    // waits for both.
    let preparation = try Workers(count: 1) { _ in
      do throws(UpscaleError) {
        try prepare(opening)
      } catch {
        opening.end(.failure(error))
        api.interruptAll()
      }
    }
    defer { preparation.join() }
    do throws(UpscaleError) {
      guard let me = try greet(opening) else { return try leave(opening, nil) }
      preparation.join()
      guard !opening.isEnding else { return try leave(opening, nil) }
      rules.name = me.username
    } catch {
      opening.end(.failure(error))
      worker.stop()
      throw error
    }
    let context = BotContext(opening, rules: rules)
    log.note(
      .info, "serving",
      [
        "bot": "\(settings.token.id)", "version": upscaleVersion,
        "waiting": "\(store.read { state, _ in state.jobs.rows.count })",
        "sandbox": worker.hello?.sandbox.joined(separator: "+") ?? "",
      ])
    if CurrentProcess.isRoot {
      log.note(
        .warning,
        "the service runs as root, which it has no use for; run it as a user of its own, as "
          + "Packaging/upscale-bot.service and compose.yaml do")
    }
    if let walls = worker.hello?.sandbox,
      !walls.contains("seccomp") || !walls.contains(where: { $0.hasPrefix("landlock") })
    {
      log.note(.warning, "the worker is not, or only partly, locked in", ["sandbox": "\(walls)"])
    }
    isServing.update { $0 = true }
    return try leave(context, try threads(context))
  }

  /// Removes what folder and state do not have in common, and checks that the worker can work.
  private func prepare(_ context: BotContext) throws(UpscaleError) {
    do throws(WorkerFailure) {
      let hello = try context.worker.start()
      if let wanted = context.settings.maxMemory.map({ $0 - BotSettings.ownMemory }),
        let memory = hello.memory, memory < wanted * 9 / 10
      {
        context.log.note(
          .warning, "less memory than the limit leaves to the worker",
          ["MiB": "\(wanted >> 20)", "had": "\(memory >> 20)"])
      }
      let paces = Dictionary(
        hello.models.compactMap { model in model.pace.map { (model.name, $0) } },
        uniquingKeysWith: { first, _ in first })
      try? context.store.change { state, _ in
        for look in Look.allCases where state.memory.paces[look.rawValue] == nil {
          state.memory.paces[look.rawValue] = paces[context.settings.model(for: look)]
        }
        state.memory.factors = context.settings.factors(hello.models)
      }
    } catch {
      throw UpscaleError(
        error.scarcity ?? .configuration,
        "the worker cannot be started: \(error.summary)")
    }
    // Results that were not sent yet are kept; inputs are fetched again.
    let kept = try context.store.change { state, _ -> Set<String> in
      var kept: Set<String> = []
      for (id, job) in state.jobs.rows {
        guard var file = job.stage.file else { continue }
        let name = file.name
        // The path is set anew, since the folder may have been moved.
        file.path = context.folder.path(name)
        state.jobs[id]?.stage.file = file
        if (try? BytePath(file.path).checkAccess(.reading)) != nil {
          kept.insert(name)
        } else {
          state.jobs[id]?.stage = .waiting
        }
      }
      return kept
    }
    let swept = context.folder.sweep(keeping: kept)
    if swept > 0 { context.log.detail("left-over files removed", ["count": "\(swept)"]) }
  }

  /// Asks Telegram who the bot is, until there is an answer.
  ///
  /// - Returns: nil when a signal arrived meanwhile.
  /// - Throws: `.badModel` for a token that is not known.
  private func greet(_ context: BotContext) throws(UpscaleError) -> User? {
    var attempt = 0
    while !context.isEnding {
      do throws(BotAPIError) {
        let me = try context.api.getMe()
        try context.api.deleteWebhook()
        return me
      } catch {
        if error.isUnauthorised || error.code == 404 {
          throw UpscaleError(
            .badModel,
            "Telegram does not know this token (\(error.code ?? 401)); take the one that BotFather "
              + "gave you, or ask it for a new one")
        }
        if error == .interrupted { continue }
        attempt += 1
        let seconds =
          error.retryAfter.map { Double($0) } ?? min(30, Double(1 << min(attempt - 1, 8)))
        context.log.note(
          .warning, "Telegram not reached",
          ["reason": error.description, "again_in": tenths(seconds)])
        context.pause(seconds)
      }
    }
    return nil
  }

  private func threads(_ context: BotContext) throws(UpscaleError) -> [Workers] {
    var threads: [Workers] = []
    threads.append(try Workers(count: 1) { _ in Poller(context: context).run() })
    threads.append(try Workers(count: 3) { _ in Messenger(context: context).run() })
    threads.append(
      try Workers(count: 2) { _ in JobLoop(stage: FetchStage(context: context)).run() })
    threads.append(
      try Workers(count: 1) { _ in JobLoop(stage: ComputeStage(context: context)).run() })
    threads.append(
      try Workers(count: 2) { _ in JobLoop(stage: DeliverStage(context: context)).run() })
    threads.append(try Workers(count: 1) { _ in Housekeeping(context: context).run() })
    threads.append(try Workers(count: 1) { _ in BotProfile(context: context).introduce() })
    return threads
  }

  /// Waits for the end of the service, and stops everything.
  private func leave(_ context: BotContext, _ threads: [Workers]?) throws(UpscaleError) -> Int32 {
    let reason = context.ending.wait { $0 } ?? .signal(Signal.terminate)
    context.store.note { $0.stopped = monotonicSeconds() }
    context.api.interruptPolling()
    context.log.note(.info, "leaving")
    // Calls that do not end in time are interrupted.
    let isQuiet = Shared(false)
    let deadline = try? Workers(count: 1) { _ in
      if isQuiet.wait(upTo: Self.grace, { $0 ? true : nil }) == nil {
        context.api.interruptAll()
        context.worker.stop()
      }
    }
    for group in threads ?? [] { group.join() }
    isQuiet.update { $0 = true }
    deadline?.join()
    context.worker.stop()
    context.erase()
    let left = context.store.read { state, _ in state.jobs.rows.count }
    context.log.note(.info, "left", ["waiting": "\(left)"])
    switch reason {
    case .signal(let signal): return signal
    case .failure(let error): throw error
    }
  }
}

extension BotContext {
  /// The same service, once the bot's name is known.
  convenience init(_ other: BotContext, rules: BotRules) {
    self.init(
      settings: other.settings, rules: rules, api: other.api, store: other.store,
      folder: other.folder, worker: other.worker, log: other.log, ending: other.ending)
  }

  /// Whether the service is ending and nothing new is to be sent.
  var isOver: Bool {
    guard isEnding else { return false }
    return store.read { state, live in
      guard let stopped = live.stopped else { return false }
      let isOverdue = monotonicSeconds() - stopped > 3
      return isOverdue
        || (live.busyJobs.isEmpty && live.busyChats.isEmpty && live.presses.isEmpty
          && live.busyPressers.isEmpty)
    }
  }

  func facts() -> ServiceFacts {
    ServiceFacts(
      uptime: monotonicSeconds() - started, memory: Machine.residentMemory(),
      workerMemory: worker.hello.map { Machine.residentMemory(of: $0.pid) } ?? 0)
  }

  /// Handles failures that concern the whole chat or the bot.
  ///
  /// - Returns: whether there is nothing more to do.
  func settle(_ error: BotAPIError, chat: Int64) -> Bool {
    if let new = error.migrateTo {
      insist { state, _ in state.move(chat: chat, to: new) }
      return true
    }
    if error.isUnauthorised {
      end(
        .failure(
          UpscaleError(.configuration, "Telegram does not know the token any more; ask BotFather")))
      return true
    }
    if error.isBlocked {
      log.note(.info, "a chat does not want the bot any more")
      insist { state, _ in state.memory.tally.cancelled += state.abandon(chat: chat) }
      return true
    }
    return false
  }
}

extension BotAPIError {
  /// Whether Telegram was not reachable.
  var isOutage: Bool {
    switch self {
    case .network(_, let mayHaveTakenEffect): !mayHaveTakenEffect
    case .garbled(let status, _): status >= 500
    case .refused(let code, _, _, _): code >= 500
    case .tooLarge, .interrupted, .local: false
    }
  }

  /// Whether the answer cannot be read although its status reports success.
  var wasAnsweredWell: Bool {
    if case .garbled(200, _) = self { return true }
    return false
  }
}

extension WorkerFailure {
  /// The cause, if it is a lack of resources that another time or other limits may have; otherwise nil.
  fileprivate var scarcity: UpscaleError.Cause? {
    switch self {
    case .refused(let refusal): refusal.reason == .notEnoughMemory ? .memory() : nil
    case .crashed(let end): end.exitCode == MemoryExhaustion.exitCode ? .memory() : nil
    case .cannotStart(let error): error.cause.isScarcity ? error.cause : nil
    case .cancelled, .hung, .lost: nil
    }
  }

  /// For the log.
  var summary: String {
    switch self {
    case .refused(let refusal): refusal.message
    case .cancelled: "cancelled"
    case .crashed(let end) where end.isByItsSandbox:
      "it made a system call that it has no use for, and was ended by the kernel"
    case .crashed(let end): "it died: \(end.lastLines.last ?? "without a word")"
    case .hung: "it does not answer"
    case .lost: "it is gone"
    case .cannotStart(let error): error.message
    }
  }
}
