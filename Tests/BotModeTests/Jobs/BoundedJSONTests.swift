import Testing

@testable import BotMode

/// Numbers from the disk and from the worker.
struct BoundedJSONTests {
  private func bounded(_ text: String) -> String {
    String(decoding: BoundedJSON.bounded(Array(text.utf8)), as: UTF8.self)
  }

  @Test("Numbers beyond 2⁵³ − 1 become that; all else stays as it is, texts too")
  func bounds() {
    let most = "9007199254740991"
    for (text, expected) in [
      ("[9223372036854775807]", "[\(most)]"), ("[-9223372036854775808]", "[-\(most)]"),
      ("[1e300,-1E+300,99999999999999999999999]", "[\(most),-\(most),\(most)]"),
      ("[\(most),-\(most),0.1234567890123456789,1e-300,7]", nil),
      (#"{"9223372036854775807":"1e300 \" 9223372036854775807 \\","a":[true,null]}"#, nil),
      ("", nil), ("\"", nil), ("\"\\", nil), ("-", nil), ("1e", nil), ("[1e999]", "[\(most)]"),
    ] as [(String, String?)] {
      #expect(bounded(text) == expected ?? text)
    }
  }

  @Test("Hostile reports of a worker are words, not traps")
  func wire() throws {
    let huge = "9223372036854775807"
    let line = #"""
      {"refused":{"id":3,"_1":{"reason":{"tooManyPixels":{"width":\#(huge),"height":\#(huge),"limit":1}},"message":""}}}
      """#
    let report = try #require(WorkerWire.report(line.utf8))
    guard case .refused(3, let refusal) = report else {
      Issue.record("\(report)")
      return
    }
    for language in Language.allCases {
      let text = Texts(language: language).failure(Failure(refusal.reason), BotRules())
      #expect(text.contains("9007199254740991"))
    }
    let progress =
      #"{"event":{"id":3,"_1":{"progress":{"_0":{"fraction":1e300,"isFitting":false}}}}}"#
    guard case .event(_, .progress(let far))? = WorkerWire.report(progress.utf8)
    else {
      Issue.record("no progress")
      return
    }
    var state = BotState()
    var job = Job(
      chat: 1, user: 1, message: 3, language: .english, card: 9,
      source: PictureOffer(kind: .photo, fileID: "f", width: .max, height: .max, size: .max),
      wish: Wish(scale: .max), accepted: 0)
    state.jobs[1] = job
    let outlook = Outlook(state, [:])
    let texts = Texts(language: .russian)
    let activity = JobState.computing(far.fraction, 1e300)
    #expect(CardText.text([(1, job)], [1: activity], outlook, texts).contains("99 %"))
    #expect(BotRules().complaint(about: job, seconds: state.memory.expectedSeconds(of: job)) != nil)
    job.source.width = nil
    #expect(texts.sizes(job).contains("МБ"))
    #expect(texts.megabytes(.max) == "8796093022208 МБ")
    #expect(WorkerModel(name: "m", scale: .max, pace: 1e300).passes(to: 4) == 1)
  }
}
