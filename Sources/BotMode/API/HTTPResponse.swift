/// The outcome of a request.
struct HTTPResponse {
  enum End {
    /// The answer is complete.
    case done
    case failed(String)
    case interrupted
    /// `Exchange.take` wanted no more of the answer's body.
    case stopped
    /// The answer is longer than the limit.
    case tooLarge
    /// The file to send could not be read: an errno value, or 0 when it has become shorter.
    case fileFailed(Int32)
  }

  let end: End
  /// 0 without an answer.
  let status: Int
  /// Whether the server may have received the whole request.
  let wasSent: Bool
  /// Of the header Retry-After.
  let retryAfter: Int?
}
