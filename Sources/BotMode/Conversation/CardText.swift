/// The text of a card. It is a function of the card's jobs alone, so it always shows their current state.
///
/// In every state of a job, the card shows how long it will still take.
enum CardText {
  /// - Parameters:
  ///   - jobs: of the card, oldest first.
  ///   - states: what is being done, by job.
  ///   - outlook: when each job will be ready.
  ///   - texts: in the user's language.
  /// - Returns: at most 4096 UTF-16 units.
  static func text(
    _ jobs: [(id: Int64, job: Job)], _ states: [Int64: JobState], _ outlook: Outlook,
    _ texts: Texts
  ) -> String {
    let parts = jobs.map { id, job in
      texts.sizes(job) + "\n"
        + progress(of: id, job, states[id] ?? .resting, outlook, texts)
        + (job.damage.map { "\n" + texts.damage($0, of: job.source) } ?? "")
    }
    guard parts.count > 1 else { return parts.first ?? "" }
    var text = texts.album(parts.count)
    for (index, part) in parts.enumerated() {
      let line = "\n\(index + 1). " + part.split(separator: "\n").joined(separator: " – ")
      guard text.utf16.count + line.utf16.count < 4000 else { return text + "\n…" }
      text += line
    }
    return text
  }

  static func progress(
    of id: Int64, _ job: Job, _ current: JobState, _ outlook: Outlook, _ texts: Texts
  ) -> String {
    let (place, seconds) = (outlook.place(of: id), outlook.seconds(for: id))
    switch (current, job.stage) {
    case (.computing(let fraction, let seconds), _):
      return texts.computing(
        percent: min(99, max(0, Int(fraction * 100))), seconds: seconds)
    case (.fitting(let seconds), _): return texts.fitting(seconds: seconds)
    case (.resting, .rendered), (.fetched, .rendered): return texts.fitting(seconds: seconds)
    case (.sending, _), (.resting, .finished), (.fetched, .finished):
      return texts.sending(seconds: seconds)
    case (.fetching, _) where place <= 1:
      return texts.fetching(seconds: seconds, isGuess: job.isGuess)
    case (.fetching, _), (.resting, .waiting), (.fetched, .waiting):
      return texts.waiting(place: place, seconds: seconds, isGuess: job.isGuess)
    }
  }
}
