/// What goes to the server in one request.
struct HTTPRequest {
  enum Body {
    /// None: the request is a GET.
    case none
    case form([(name: String, value: String)])
    /// The fields, and a file.
    case multipart([(name: String, value: String)], file: UploadedFile)
  }

  /// A file that is sent, open for reading.
  struct UploadedFile {
    /// The field that holds it.
    let field: String
    let name: String
    let type: String
    let descriptor: Int32
    let byteCount: Int
  }

  let url: String
  let body: Body
  /// Whether it goes to this machine in the clear.
  var isPlain: Bool
  /// Whether it may go out a second time when a connection that was kept alive is dead.
  var isRepeatable: Bool
  /// The most bytes of an answer.
  var bodyLimit: Int
  var limits: TimeLimits
}

/// How long a request may take, in seconds.
struct TimeLimits: Sendable {
  /// Until the connection is there.
  var connecting = 10
  /// In all; 0 when only `standstill` counts.
  var total = 0
  /// With hardly a byte coming or going; 0: for ever.
  var standstill = 0

  /// Bytes a second that count as a standstill.
  static let slowest = 256
}

/// What became of a request.
struct HTTPResponse {
  enum End {
    /// The answer is complete.
    case done
    case failed(String)
    case interrupted
    /// Whoever takes the answer's body wanted no more of it.
    case stopped
    /// The answer is longer than the limit.
    case tooLarge
    /// The file to send could not be read: an errno value, or 0 when it has become shorter.
    case fileFailed(Int32)
  }

  let end: End
  /// 0 without an answer.
  let status: Int
  /// Whether the server may have had the whole request.
  let wasSent: Bool
  /// Of the header Retry-After.
  let retryAfter: Int?
}

/// Those that a running request talks to.
final class Exchange {
  /// Takes a piece of the answer's body, whose status is known by then.
  ///
  /// Returns whether it wants more.
  let take: (_ status: Int, _ bytes: UnsafeRawBufferPointer) -> Bool
  /// Is told bytes received and to receive, sent and to send; totals are 0 when unknown.
  let progress: ((_ received: (Int, Int), _ sent: (Int, Int)) -> Void)?
  /// Is asked several times a second.
  let isCancelled: (() -> Bool)?

  init(
    take: @escaping (Int, UnsafeRawBufferPointer) -> Bool,
    progress: (((Int, Int), (Int, Int)) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) {
    self.take = take
    self.progress = progress
    self.isCancelled = isCancelled
  }
}
