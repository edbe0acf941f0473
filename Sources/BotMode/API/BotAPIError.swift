import Upscale

/// Why a call of the Bot API failed; its texts do not contain the token.
enum BotAPIError: Error, Sendable, Hashable {
  /// The server's own refusal.
  case refused(code: Int, description: String, retryAfter: Int?, migrateTo: Int64?)
  /// The connection failed; `mayHaveTakenEffect` if the request had been sent before.
  case network(String, mayHaveTakenEffect: Bool)
  /// An answer that is not of the Bot API's form: a page of a proxy, an incomplete text.
  case garbled(status: Int, mayHaveTakenEffect: Bool)
  /// The download has more bytes than its limit.
  case tooLarge
  /// `interruptAll`, `interruptPolling`, or the call's own `isCancelled`.
  case interrupted
  /// The file to send or to save failed on this machine.
  case local(UpscaleError)
}

extension BotAPIError {
  /// The code of a refusal.
  var code: Int? {
    if case .refused(let code, _, _, _) = self { code } else { nil }
  }

  /// Seconds that the server asks to wait; on a 429 only.
  var retryAfter: Int? {
    if case .refused(429, _, let seconds, _) = self { seconds } else { nil }
  }

  /// The supergroup that the group has become.
  var migrateTo: Int64? {
    if case .refused(_, _, _, let chat) = self { chat } else { nil }
  }

  /// Whether the server may have done what was asked in spite of the failure.
  var mayHaveTakenEffect: Bool {
    switch self {
    case .network(_, let may), .garbled(_, let may): may
    case .refused(let code, _, _, _): code >= 500
    case .tooLarge, .interrupted, .local: false
    }
  }

  /// The message has this text already, which counts as success.
  var isNotModified: Bool { isBadRequest("message is not modified") }

  /// The message to change or delete no longer exists.
  var isMessageGone: Bool {
    isBadRequest("message to edit not found") || isBadRequest("message to delete not found")
      || isBadRequest("message can't be edited") || isBadRequest("MESSAGE_ID_INVALID")
  }

  /// The message to answer no longer exists.
  var isReplyGone: Bool {
    isBadRequest("message to be replied not found") || isBadRequest("message to reply not found")
      || isBadRequest("replied message not found")
  }

  /// The user has blocked the bot or has left Telegram, or the bot was removed from the chat.
  var isBlocked: Bool { code == 403 || isBadRequest("chat not found") }

  /// Telegram does not send files of this size to bots.
  var isFileTooBig: Bool { isBadRequest("file is too big") || self == .tooLarge }

  /// The file is temporarily not available; another attempt may succeed.
  var isFileUnavailable: Bool { isBadRequest("temporarily unavailable") }

  /// The button was pressed too long ago to be answered.
  var isQueryTooOld: Bool {
    isBadRequest("query is too old") || isBadRequest("query ID is invalid")
  }

  /// The token is not (or no longer) valid. At `getMe` a 404 says the same.
  var isUnauthorised: Bool { code == 401 }

  /// Another process polls with the same token, or a webhook is set.
  var isConflict: Bool { code == 409 }

  /// A webhook is set: `deleteWebhook` ends that.
  var isWebhookActive: Bool {
    guard case .refused(409, let description, _, _) = self else { return false }
    return description.lowercased().contains("webhook")
  }

  /// The file to send is larger than the server takes.
  var isUploadTooLarge: Bool { code == 413 }

  /// The group has become a supergroup; `migrateTo` is its identifier.
  var isMigrated: Bool { migrateTo != nil }

  var isTooManyRequests: Bool { code == 429 }

  /// Whether the same call may succeed later.
  var isTransient: Bool {
    switch self {
    case .network, .garbled: true
    case .refused(let code, _, _, _): code == 429 || code >= 500 || isFileUnavailable
    case .tooLarge, .interrupted, .local: false
    }
  }

  private func isBadRequest(_ phrase: String) -> Bool {
    guard case .refused(400, let description, _, _) = self else { return false }
    return description.lowercased().contains(phrase.lowercased())
  }
}

extension BotAPIError {
  /// The error for the operator: its cause decides the exit code.
  var upscaleError: UpscaleError {
    switch self {
    case .local(let error): error
    case .refused(let code, _, _, _) where code == 401 || code == 404:
      UpscaleError(.configuration, description)
    case .interrupted: UpscaleError(.cancelled, description)
    default: UpscaleError(.network, description)
    }
  }
}

extension BotAPIError: CustomStringConvertible {
  /// For the log; users get other texts.
  var description: String {
    switch self {
    case .refused(let code, let description, let seconds, _):
      if let seconds, code == 429, !description.contains("\(seconds)") {
        "Telegram refuses (\(code)): \(description); it asks for \(seconds) s of patience"
      } else {
        "Telegram refuses (\(code)): \(description)"
      }
    case .network(let text, let may):
      may ? "\(text) (the request had been sent by then)" : text
    case .garbled(let status, _):
      "the answer (status \(status)) is not one of the Bot API; is there a proxy in between?"
    case .tooLarge: "the file has more bytes than the limit"
    case .interrupted: "interrupted"
    case .local(let error): error.message
    }
  }
}
