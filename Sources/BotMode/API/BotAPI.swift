import FoundationEssentials
import Upscale

/// Telegram's Bot API: each method makes one attempt and returns or throws.
///
/// Any thread may call at any time. `RetryPolicy` says what to do after a failure.
final class BotAPI: Sendable {
  /// How long things may take, in seconds.
  struct Timeouts: Sendable {
    var connecting = 10
    /// A call that carries no file.
    var call = 30
    /// What a poll may take in addition to its waiting time.
    var beyondPoll = 15
    /// How long a transfer may stand still; a local server answers only after it has passed the file on.
    var standstill = 60
    var localStandstill = 900
  }

  let root: APIRoot
  let token: BotToken
  let isLocal: Bool
  let redaction: Redaction
  let timeouts: Timeouts
  let calls = ConnectionPool(keeping: 4)
  let polls = ConnectionPool(keeping: 1)

  /// The most bytes of an answer that is no file.
  static let answerLimit = 16 << 20

  /// - Parameters:
  ///   - root: the server.
  ///   - token: whose bot.
  ///   - isLocal: whether the server is a local one, which answers with paths on this machine.
  ///   - timeouts: shorter ones make tests quicker.
  /// - Throws: `.configuration` where there is no libcurl.
  init(
    root: APIRoot, token: BotToken, isLocal: Bool, timeouts: Timeouts = Timeouts()
  ) throws(UpscaleError) {
    guard Curl.version != nil else { throw Curl.missing }
    self.root = root
    self.token = token
    self.isLocal = isLocal
    self.timeouts = timeouts
    redaction = Redaction(token)
  }

  /// Ends the poll that is waiting, from any thread; further ones end at once, until `resume`.
  func interruptPolling() { polls.interrupt() }

  /// Ends every call, from any thread; further ones end at once, until `resume`.
  func interruptAll() {
    polls.interrupt()
    calls.interrupt()
  }

  func resume() {
    polls.resume()
    calls.resume()
  }
}

/// The parameters of a call: names and values, of which nil ones are left out.
typealias Parameters = KeyValuePairs<String, String?>

extension BotAPI {
  /// Calls a method that takes no file.
  ///
  /// - Parameters:
  ///   - method: its name.
  ///   - parameters: its parameters.
  ///   - isRepeatable: whether doing it twice does no harm.
  ///   - pool: gives the connection.
  ///   - seconds: how long it may take.
  ///   - type: the type of its result.
  /// - Returns: the answer's result.
  /// - Throws: all but `.tooLarge`.
  func call<Result: Decodable>(
    _ method: String, _ parameters: Parameters = [:], isRepeatable: Bool,
    pool: ConnectionPool? = nil, seconds: Int? = nil, as type: Result.Type = Result.self
  ) throws(BotAPIError) -> Result {
    try perform(
      request(method, parameters, isRepeatable: isRepeatable, seconds: seconds),
      pool: pool ?? calls)
  }

  /// The request of a method that takes no file.
  func request(
    _ method: String, _ parameters: Parameters, isRepeatable: Bool, seconds: Int? = nil
  ) -> HTTPRequest {
    HTTPRequest(
      url: root.method(method, token), body: .form(fields(parameters)), isPlain: root.isPlain,
      isRepeatable: isRepeatable, bodyLimit: Self.answerLimit,
      limits: TimeLimits(
        connecting: timeouts.connecting, total: seconds ?? timeouts.call, standstill: 0))
  }

  /// Sends a request whose answer is one of the Bot API.
  ///
  /// - Parameters:
  ///   - request: what to send.
  ///   - pool: whose connection.
  ///   - isCancelled: is asked several times a second.
  /// - Returns: the answer's result.
  /// - Throws: all but `.tooLarge`.
  func perform<Result: Decodable>(
    _ request: HTTPRequest, pool: ConnectionPool,
    isCancelled: (() -> Bool)? = nil
  ) throws(BotAPIError) -> Result {
    let (body, response) = try exchange(
      request, pool: pool, isCancelled: isCancelled)
    return try result(of: body, response)
  }

  /// Sends a request.
  ///
  /// - Returns: the bytes of the answer, as far as they were received, and how the request ended.
  /// - Throws: why there is no connection.
  func exchange(
    _ request: HTTPRequest, pool: ConnectionPool,
    isCancelled: (() -> Bool)? = nil
  ) throws(BotAPIError) -> (body: [UInt8], response: HTTPResponse) {
    var body: [UInt8] = []
    // The limit is checked here and not by libcurl, since the beginning of an answer that is too large
    // shows what it is.
    let limit = request.bodyLimit
    var request = request
    request.bodyLimit = .max
    let exchange = Exchange(
      take: { _, bytes in
        guard body.count + bytes.count <= limit else { return false }
        body.append(contentsOf: bytes)
        return true
      }, isCancelled: isCancelled)
    let response = try pool.withConnection { connection throws(BotAPIError) in
      connection.perform(request, exchange)
    }
    return (body, response)
  }

  /// Reads an answer.
  ///
  /// - Returns: its result.
  /// - Throws: all but `.tooLarge`.
  func result<Result: Decodable>(
    of body: [UInt8], _ response: HTTPResponse
  ) throws(BotAPIError) -> Result {
    switch response.end {
    case .done:
      return try result(in: body, response)
    case .tooLarge, .stopped:
      throw .garbled(status: response.status, mayHaveTakenEffect: true)
    case .interrupted, .failed, .fileFailed:
      // A server that refuses a large body may answer and close the connection while the body is being sent.
      if response.status >= 400, let refusal = refusal(in: body, response) { throw refusal }
      throw failure(response)
    }
  }

  /// The fields that have a value.
  func fields(_ parameters: Parameters) -> [(name: String, value: String)] {
    parameters.compactMap { name, value in value.map { (name: name, value: $0) } }
  }

  /// The error for a request without a complete answer.
  func failure(_ response: HTTPResponse) -> BotAPIError {
    switch response.end {
    case .failed(let text):
      .network(
        "no answer from the Bot API: \(clean(text))", mayHaveTakenEffect: response.wasSent)
    case .interrupted: .interrupted
    case .tooLarge: .tooLarge
    case .fileFailed(0):
      .local(UpscaleError(.inputOutput, "the file to send became shorter while it was sent"))
    case .fileFailed(let code): .local(SystemFailure(code).reading("the file to send"))
    case .stopped, .done:
      .garbled(status: response.status, mayHaveTakenEffect: response.wasSent)
    }
  }

  /// The server's refusal, if the body of its answer is one, or its status says so.
  func refusal(in body: [UInt8], _ response: HTTPResponse) -> BotAPIError? {
    let answer = try? JSONDecoder().decode(Answer<Ignored>.self, from: Data(body))
    if let answer, !answer.isOK {
      let code = answer.code ?? response.status
      return .refused(
        code: code, description: clean(answer.description ?? "no reason given"),
        retryAfter: answer.retryAfter ?? response.retryAfter, migrateTo: answer.migrateTo)
    }
    // For a page of a proxy, only the status tells whether the request was refused.
    guard (400..<500).contains(response.status) else { return nil }
    return .refused(
      code: response.status, description: "HTTP status \(response.status)",
      retryAfter: response.retryAfter, migrateTo: nil)
  }

  private func result<Result: Decodable>(
    in body: [UInt8], _ response: HTTPResponse
  ) throws(BotAPIError) -> Result {
    let answer = try? JSONDecoder().decode(Answer<Result>.self, from: Data(body))
    if (200..<300).contains(response.status), let answer, answer.isOK,
      let result = answer.result
    {
      return result
    }
    if let refusal = refusal(in: body, response) { throw refusal }
    // A redirect was not followed, so nothing has been done.
    throw .garbled(
      status: response.status, mayHaveTakenEffect: !(300..<400).contains(response.status))
  }

  /// A text from outside in a form for the log: one line of limited length, without the token.
  private func clean(_ text: String) -> String {
    let line = String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(400).map { $0.properties.isLogSafe ? $0 : " " }))
    return redaction.redacted(line)
  }
}

/// The form that every answer of the Bot API has.
private struct Answer<Result: Decodable>: Decodable {
  let isOK: Bool
  let result: Result?
  let code: Int?
  let description: String?
  let retryAfter: Int?
  let migrateTo: Int64?

  private enum Key: String, CodingKey {
    case ok, result, description, parameters
    case code = "error_code"
  }

  private enum ParameterKey: String, CodingKey {
    case retryAfter = "retry_after"
    case migrateTo = "migrate_to_chat_id"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    isOK = try fields.decode(Bool.self, forKey: .ok)
    result = fields.ifReadable(.result)
    code = fields.ifReadable(.code)
    description = fields.ifReadable(.description)
    let parameters = try? fields.nestedContainer(keyedBy: ParameterKey.self, forKey: .parameters)
    retryAfter = parameters?.amount(.retryAfter, upTo: ServerNumber.longestPatience).map { Int($0) }
    migrateTo = try? parameters?.identifier(.migrateTo)
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isLogSafe: Bool {
    switch generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
