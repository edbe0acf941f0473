import Testing
import Upscale

@testable import BotMode

@Suite("When to try again") struct RetryPolicyTests {
  private typealias Call = RetryPolicy.Call

  private static let network = BotAPIError.network("x", mayHaveTakenEffect: false)
  private static let ambiguous = BotAPIError.network("x", mayHaveTakenEffect: true)

  private static func refused(
    _ code: Int, _ description: String = "x", retryAfter: Int? = nil
  ) -> BotAPIError {
    .refused(code: code, description: description, retryAfter: retryAfter, migrateTo: nil)
  }

  /// The verdicts on one error again and again.
  private func verdicts(
    _ call: RetryPolicy.Call, _ error: BotAPIError, count: Int, random: Double = 1
  ) -> [RetryPolicy.Verdict] {
    var policy = RetryPolicy(call)
    return (0..<count).map { _ in policy.verdict(after: error, random: random) }
  }

  @Test("Polling goes on for ever, with ever longer waits up to half a minute") func polling() {
    for error in [
      Self.network, Self.ambiguous, Self.refused(500), Self.refused(502), Self.refused(400),
      .garbled(status: 502, mayHaveTakenEffect: true),
    ] {
      #expect(
        verdicts(.polling, error, count: 8)
          == [1, 2, 4, 8, 16, 30, 30, 30].map { .retry(after: $0) })
    }
    let many = verdicts(.polling, Self.network, count: 10_000)
    #expect(many.last == .retry(after: 30))
  }

  @Test("Chance spreads the waits, and none is nothing") func jitter() {
    #expect(verdicts(.polling, Self.network, count: 1, random: 0.5) == [.retry(after: 0.5)])
    #expect(verdicts(.polling, Self.network, count: 1, random: 0) == [.retry(after: 0.2)])
  }

  @Test("A success begins anew") func success() {
    var policy = RetryPolicy(.polling)
    for _ in 0..<5 { _ = policy.verdict(after: Self.network, random: 1) }
    policy.succeeded()
    #expect(policy.verdict(after: Self.network, random: 1) == .retry(after: 1))
  }

  @Test("What may be done twice is tried six times", arguments: [Call.idempotent, .startup])
  func idempotent(call: RetryPolicy.Call) {
    for error in [Self.network, Self.ambiguous, Self.refused(500)] {
      #expect(
        verdicts(call, error, count: 6)
          == [1, 2, 4, 8, 16].map { .retry(after: $0) } + [.giveUp])
    }
  }

  @Test("A message that may have arrived is sent once more only") func send() {
    for error in [
      Self.ambiguous, .garbled(status: 502, mayHaveTakenEffect: true), Self.refused(500),
    ] {
      #expect(verdicts(.send, error, count: 2) == [.retry(after: 1), .giveUp])
    }
    #expect(
      verdicts(.send, Self.network, count: 6)
        == [1, 2, 4, 8, 16].map { .retry(after: $0) } + [.giveUp])
    var policy = RetryPolicy(.send)
    #expect(policy.verdict(after: Self.ambiguous, random: 1) == .retry(after: 1))
    #expect(policy.verdict(after: Self.network, random: 1) == .retry(after: 2))
    #expect(policy.verdict(after: Self.ambiguous, random: 1) == .giveUp)
  }

  @Test(
    "A server that asks for patience gets exactly that, and a little more",
    arguments: [Call.polling, .startup, .idempotent, .send])
  func patience(call: RetryPolicy.Call) {
    let error = Self.refused(429, retryAfter: 237)
    #expect(verdicts(call, error, count: 1, random: 0) == [.retry(after: 237.1)])
    #expect(verdicts(call, error, count: 1, random: 1) == [.retry(after: 237.5)])
    #expect(verdicts(call, Self.refused(429), count: 1, random: 0) == [.retry(after: 1)])
    let end = verdicts(call, error, count: 11).last
    #expect(end == (call == .polling ? .retry(after: 237.5) : .giveUp))
  }

  @Test("What nobody misses is not tried again") func cosmetic() {
    for error in [
      Self.network, Self.ambiguous, Self.refused(429, retryAfter: 1), Self.refused(500),
    ] {
      #expect(verdicts(.cosmetic, error, count: 1) == [.giveUp])
    }
  }

  @Test("Another instance has more than a minute to go away") func conflict() {
    let error = Self.refused(409, "Conflict: terminated by other getUpdates request")
    let all = verdicts(.polling, error, count: 5, random: 0)
    #expect(all.dropLast() == [5, 10, 15, 30].map { .retry(after: $0) })
    #expect(all.last == .fatal(RetryPolicy.anotherInstance))
    #expect(RetryPolicy.anotherInstance.message.contains("another instance"))
    let webhook = Self.refused(409, "Conflict: can't use getUpdates method while webhook is active")
    #expect(verdicts(.polling, webhook, count: 5).last == .fatal(RetryPolicy.webhookActive))
  }

  @Test("A poll now and then between conflicts does not hide them") func conflictAndSuccess() {
    let error = Self.refused(409, "Conflict")
    var policy = RetryPolicy(.polling)
    for delay in [5.0, 10, 15, 30] {
      #expect(policy.verdict(after: error, random: 0) == .retry(after: delay))
      policy.succeeded()
      policy.succeeded()
    }
    #expect(policy.verdict(after: error, random: 0) == .fatal(RetryPolicy.anotherInstance))
    var calm = RetryPolicy(.polling)
    _ = calm.verdict(after: error, random: 0)
    for _ in 0..<3 { calm.succeeded() }
    #expect(calm.verdict(after: error, random: 0) == .retry(after: 5))
  }

  @Test("A token that is not valid ends the bot, whatever it was doing")
  func unauthorised() {
    for call in [Call.polling, .startup, .idempotent, .send, .cosmetic] {
      #expect(
        verdicts(call, Self.refused(401, "Unauthorized"), count: 1)
          == [.fatal(RetryPolicy.unauthorised)])
    }
    #expect(RetryPolicy.unauthorised.cause == .configuration)
    for call in [Call.polling, .startup] {
      #expect(
        verdicts(call, Self.refused(404, "Not Found"), count: 1)
          == [.fatal(RetryPolicy.unauthorised)])
    }
    #expect(verdicts(.send, Self.refused(404), count: 1) == [.giveUp])
  }

  @Test(
    "What will not change is not tried again",
    arguments: [
      refused(400), refused(403), refused(413), .tooLarge, .interrupted,
      .local(UpscaleError(.inputOutput, "x")),
    ])
  func hopeless(error: BotAPIError) {
    for call in [Call.idempotent, .send, .startup] {
      #expect(verdicts(call, error, count: 1) == [.giveUp])
    }
  }

  @Test("A file that is not there for the moment is asked for once more") func unavailable() {
    let error = Self.refused(
      400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    #expect(verdicts(.idempotent, error, count: 2) == [.retry(after: 1), .giveUp])
  }
}

@Suite("What errors say") struct BotAPIErrorTests {
  @Test("Refusals are known by the words of the server") func phrases() {
    func refused(_ code: Int, _ text: String) -> BotAPIError {
      .refused(code: code, description: text, retryAfter: nil, migrateTo: nil)
    }
    #expect(
      refused(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are"
          + " exactly the same"
      ).isNotModified)
    #expect(refused(400, "Bad Request: message to edit not found").isMessageGone)
    #expect(refused(400, "Bad Request: message to delete not found").isMessageGone)
    #expect(refused(400, "Bad Request: message to be replied not found").isReplyGone)
    #expect(refused(400, "Bad Request: file is too big").isFileTooBig)
    #expect(BotAPIError.tooLarge.isFileTooBig)
    #expect(
      refused(
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
      ).isQueryTooOld)
    #expect(refused(403, "Forbidden: bot was blocked by the user").isBlocked)
    #expect(refused(401, "Unauthorized").isUnauthorised)
    #expect(refused(409, "Conflict").isConflict)
    #expect(!refused(409, "Conflict").isWebhookActive)
    #expect(
      refused(409, "Conflict: can't use getUpdates method while webhook is active").isWebhookActive)
    #expect(refused(413, "Request Entity Too Large").isUploadTooLarge)
    // The code counts as well.
    #expect(!refused(500, "message is not modified").isNotModified)
    #expect(!refused(400, "Bad Request: chat_id is empty").isMessageGone)
  }

  @Test("Each kind is a cause that the command has an exit code for") func causes() {
    #expect(
      BotAPIError.refused(code: 401, description: "x", retryAfter: nil, migrateTo: nil)
        .upscaleError.cause == .configuration)
    #expect(BotAPIError.network("x", mayHaveTakenEffect: false).upscaleError.cause == .network)
    #expect(BotAPIError.local(UpscaleError(.inputOutput, "x")).upscaleError.cause == .inputOutput)
  }
}
