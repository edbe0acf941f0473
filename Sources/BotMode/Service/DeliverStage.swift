import Upscale

/// Sends results, several at a time. Results go before all other messages.
struct DeliverStage: JobStage {
  let context: BotContext

  /// Seconds that an upload may still take when the service ends.
  private static let grace = 7.0

  var isOver: Bool { context.isOver }

  func next(_ state: BotState, _ live: LiveState) -> (id: Int64, state: JobState)? {
    let now = monotonicSeconds()
    let due = state.jobs.rows.filter { id, job in
      guard case .finished = job.stage, live.state(of: id) == .resting else { return false }
      return (live.resultPauses[job.chat] ?? 0) <= now && live.mayTry(id, at: now)
    }
    return due.keys.min().map { ($0, .sending) }
  }

  func work(on id: Int64, _ job: Job) -> JobState {
    if case .finished(let picture) = job.stage { send(id, job, picture) }
    return .resting
  }

  private func send(_ id: Int64, _ job: Job, _ picture: FinishedPicture) {
    let texts = Texts(language: job.language)
    let start = monotonicSeconds()
    do throws(BotAPIError) {
      _ = try context.api.sendDocument(
        chat: job.chat, path: picture.file.path, fileName: Self.name(job, picture),
        mimeType: "image/\(picture.file.format.rawValue)",
        caption: texts.caption(picture, of: job.source),
        replyTo: job.message, markup: Self.again(job, texts),
        isCancelled: { context.isGone(id) || isTooLate })
      delivered(id, bytes: picture.file.bytes, seconds: monotonicSeconds() - start)
    } catch {
      judge(error, id, job, picture)
    }
  }

  private var isTooLate: Bool {
    context.store.read { _, live in
      live.stopped.map { monotonicSeconds() - $0 > Self.grace } ?? false
    }
  }

  /// - Parameters:
  ///   - id: the job, which is over.
  ///   - bytes: of the result, where sending it succeeded.
  ///   - seconds: how long that took.
  private func delivered(_ id: Int64, bytes: Int = 0, seconds: Double = 0) {
    context.insist { state, live in
      guard state.jobs[id] != nil else { return }
      state.remove(job: id)
      state.memory.tally.delivered += 1
      state.memory.learnSending(bytes: bytes, seconds: seconds)
      live.retries[id] = nil
    }
    context.log.note(.info, "result delivered", ["job": "\(id)"])
  }

  private func judge(_ error: BotAPIError, _ id: Int64, _ job: Job, _ picture: FinishedPicture) {
    guard error != .interrupted, !context.settle(error, chat: job.chat) else { return }
    context.log.detail("result not sent", ["job": "\(id)", "reason": error.description])
    switch error {
    case .garbled where error.wasAnsweredWell:
      delivered(id)
    case .refused where error.isUploadTooLarge:
      makeSmaller(id, picture)
    case .local(let reason):
      // The file cannot be read, so it has to be made again.
      context.log.note(.error, "result lost", ["job": "\(id)", "reason": reason.message])
      context.insist { state, _ in state.jobs[id]?.stage = .waiting }
    default:
      if case .network(_, mayHaveTakenEffect: true) = error {
        let lost = context.insist { state, _ -> Int in
          state.jobs[id]?.lostAnswers += 1
          return state.jobs[id]?.lostAnswers ?? 0
        }
        // It was sent twice without an answer, so it has most likely arrived.
        if let lost, lost >= 2 {
          context.insist { state, _ in
            let texts = Texts(language: job.language)
            state.say(texts.mayHaveArrived, to: job.chat, replyingTo: job.message)
          }
          delivered(id)
          return
        }
      }
      if !context.retries(after: error, row: id, as: .idempotent, .results(chat: job.chat)) {
        context.fail(id, .cannotSend)
      }
    }
  }

  /// Has the result made smaller, since the server has refused a size within its stated limit.
  private func makeSmaller(_ id: Int64, _ picture: FinishedPicture) {
    guard picture.file.format == .png else {
      context.fail(id, .resultTooLarge)
      return
    }
    context.insist { state, _ in
      guard let job = state.jobs[id] else { return }
      state.jobs[id]?.byteLimit = picture.file.bytes * 3 / 4
      state.jobs[id]?.stage = .rendered(
        RenderedPicture(
          file: picture.file, scale: Self.factor(job, picture), damage: picture.damage))
    }
  }

  // MARK: Caption and buttons

  private static func name(_ job: Job, _ picture: FinishedPicture) -> String {
    let tenths = Int((factor(job, picture) * 10).rounded())
    let scale = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    return job.source.resultName(
      scale: scale, fileExtension: picture.file.format.fileEnding, message: job.message)
  }

  /// How many times larger than the original a result is.
  private static func factor(_ job: Job, _ picture: FinishedPicture) -> Double {
    picture.inputWidth > 0
      ? Double(picture.file.width) / Double(picture.inputWidth) : Double(job.wish.scale)
  }

  /// Buttons for the same picture with another network, or half as large.
  private static func again(_ job: Job, _ texts: Texts) -> Markup? {
    var wishes: [(String, Wish)] = []
    for look in Look.allCases where look != job.wish.look {
      var wish = job.wish
      wish.look = look
      wishes.append((texts.name(look), wish))
    }
    if job.wish.scale != 2 {
      var wish = job.wish
      wish.scale = 2
      wishes.append(("×2", wish))
    }
    return .inline([wishes.map { Markup.Button($0.0, data: ButtonData.again($0.1).text) }])
  }
}
