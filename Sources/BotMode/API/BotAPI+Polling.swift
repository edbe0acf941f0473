import FoundationEssentials

/// What a poll brought.
enum PollAnswer: Sendable {
  /// Updates in order, perhaps none, and how many more there were that have no number.
  case updates([Update], leftOut: Int)
  /// An answer of the Bot API that cannot be read: too deep, too large, cut off; with the number of
  /// its first update where that can be found.
  case unreadable(first: Int64?)
}

extension BotAPI {
  /// Waits for updates, on a connection of its own.
  ///
  /// - Parameters:
  ///   - offset: the first that has not been confirmed; everything before it is from now on.
  ///   - timeout: seconds to wait for one at most, up to 50; 0 asks and returns.
  ///   - limit: how many at most, up to 100.
  /// - Returns: what came.
  /// - Throws: `.interrupted` by `interruptPolling` or `interruptAll`, and what all calls do.
  func poll(offset: Int64?, timeout: Int, limit: Int = 100) throws(BotAPIError) -> PollAnswer {
    let request = request(
      "getUpdates",
      [
        "offset": offset.map { "\($0)" }, "limit": "\(limit)", "timeout": "\(timeout)",
        "allowed_updates": #"["message","callback_query","my_chat_member"]"#,
      ], isRepeatable: true, seconds: timeout + timeouts.beyondPoll)
    let (body, response) = try exchange(request, pool: polls)
    do throws(BotAPIError) {
      let list: [Readable<Update>] = try result(of: body, response)
      let updates = list.compactMap(\.value)
      // None of them can be confirmed.
      if updates.isEmpty, !list.isEmpty { return .unreadable(first: nil) }
      return .updates(updates, leftOut: list.count - updates.count)
    } catch {
      // A page of a proxy says nothing of updates.
      guard case .garbled(200, _) = error, UnreadableAnswer.isOfBotAPI(body) else { throw error }
      return .unreadable(first: UnreadableAnswer.firstUpdate(body))
    }
  }

  /// The updates of a poll.
  ///
  /// - Parameters:
  ///   - offset: the first that has not been confirmed; everything before it is from now on.
  ///   - timeout: seconds to wait for one at most, up to 50; 0 asks and returns.
  ///   - limit: how many at most, up to 100.
  /// - Returns: the updates in order, perhaps none.
  /// - Throws: as `poll`; `.garbled` for an answer that cannot be read.
  func getUpdates(offset: Int64?, timeout: Int, limit: Int = 100) throws(BotAPIError) -> [Update] {
    switch try poll(offset: offset, timeout: timeout, limit: limit) {
    case .updates(let updates, _): return updates
    case .unreadable: throw .garbled(status: 200, mayHaveTakenEffect: true)
    }
  }
}

/// What can be found out of an answer that no JSON reader takes.
enum UnreadableAnswer {
  /// Whether it begins as a good answer of the Bot API does.
  static func isOfBotAPI(_ body: [UInt8]) -> Bool {
    let start = body.lazy.filter { !isSpace($0) }.prefix(10)
    return start.elementsEqual(#"{"ok":true"#.utf8)
  }

  /// The number of the first update in it: within texts, quotes are written otherwise.
  static func firstUpdate(_ body: [UInt8]) -> Int64? {
    let key = Array(#""update_id""#.utf8)
    var rest = body[...]
    while let start = rest.firstIndex(of: key[0]) {
      rest = rest[start...]
      guard rest.starts(with: key) else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(key.count).drop { isSpace($0) }
      guard rest.first == UInt8(ascii: ":") else { continue }
      let digits = rest.dropFirst().drop { isSpace($0) }
        .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") }
      return Int64(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
