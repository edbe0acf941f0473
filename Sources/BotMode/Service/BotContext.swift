import Upscale

/// What all threads of the service share.
final class BotContext: Sendable {
  let settings: BotSettings
  let rules: BotRules
  let api: BotAPI
  let store: StateStore
  let folder: StateFolder
  let worker: WorkerProcess
  let log: BotLog
  let started = monotonicSeconds()
  /// Why the service ends, once it does.
  let ending: Shared<Ending?>

  enum Ending: Sendable, Equatable {
    case signal(Int32)
    case failure(UpscaleError)
  }

  init(
    settings: BotSettings, rules: BotRules, api: BotAPI, store: StateStore, folder: StateFolder,
    worker: WorkerProcess, log: BotLog, ending: Shared<Ending?> = Shared(nil)
  ) {
    self.settings = settings
    self.rules = rules
    self.api = api
    self.store = store
    self.folder = folder
    self.worker = worker
    self.log = log
    self.ending = ending
  }

  /// Ends the service; the first reason is kept.
  func end(_ reason: Ending) { ending.update { $0 = $0 ?? reason } }

  /// Whether the service is ending.
  var isEnding: Bool { ending.read { $0 != nil } }

  /// Pauses for some seconds, or until the service ends.
  func pause(_ seconds: Double) {
    _ = ending.wait(upTo: min(seconds, Double(ServerNumber.longestPatience) + 1)) { $0 }
  }

  /// Seconds since 1970.
  static func now() -> Double {
    WallClock.preciseNow()
  }

  /// Changes the state; while writing to the disk fails, waits and tries again.
  ///
  /// - Parameter body: changes state and states.
  /// - Returns: what `body` returns, or nil when the service ends meanwhile.
  @discardableResult
  func insist<Result>(_ body: (inout BotState, inout LiveState) -> Result) -> Result? {
    while true {
      do throws(UpscaleError) {
        return try store.change(body)
      } catch {
        log.note(.error, "state not written", ["reason": error.message])
        if isEnding { return nil }
        pause(2)
      }
    }
  }

  /// Ends a job without a result and sends the reason, or only removes it where the chat is not reachable.
  func fail(_ id: Int64, _ failure: Failure) {
    log.note(.info, "job failed", ["job": "\(id)", "reason": "\(failure)"])
    insist { state, live in
      guard let job = state.jobs[id] else { return }
      let texts = Texts(language: job.language)
      state.memory.tally.failed += 1
      let card = state.cards[job.card]
      // Examining something that is no picture counts as a turn: others come before the user's next one.
      if job.stage == .waiting { state.giveTurn(to: job.user) }
      state.remove(job: id)
      let reason = texts.failure(failure, self.rules)
      // In an album, and for a file with a name, the message names the picture.
      let isOneOfMany = card?.album != nil || job.source.name != nil
      state.refuse(
        reason, title: isOneOfMany ? job.source.title(texts) : nil,
        RefusedPicture(
          chat: job.chat, user: job.user, message: job.message, isGroup: job.isGroup,
          language: job.language, time: Self.now()), sending: live.sending)
      live.forget(job: id)
    }
    folder.removeFiles(of: id)
  }

  /// Decides whether a failed call for a row is tried again, and notes when.
  ///
  /// - Parameters:
  ///   - error: of the call.
  ///   - row: the number of the job or message.
  ///   - call: what kind of call it was.
  ///   - channel: what else has to wait when Telegram asks to wait.
  /// - Returns: whether it will be tried again.
  func retries(
    after error: BotAPIError, row: Int64, as call: RetryPolicy.Call, _ channel: LiveState.Channel
  ) -> Bool {
    store.note { live in
      var policy = live.retries[row]?.policy ?? RetryPolicy(call)
      let random = Double.random(in: 0..<1)
      var verdict = policy.verdict(after: error, random: random)
      // While Telegram is out of reach nothing is given up: it is tried again later.
      if verdict == .giveUp, error.isOutage { verdict = .retry(after: 15 + 15 * random) }
      switch verdict {
      case .retry(let seconds):
        let until = monotonicSeconds() + seconds
        live.retries[row] = LiveState.Retry(policy: policy, notBefore: until)
        if error.isTooManyRequests { live.pause(channel, until: until) }
        return true
      case .giveUp:
        live.retries[row] = nil
        return false
      case .fatal(let reason):
        end(.failure(reason))
        return true
      }
    }
  }
}
