import FoundationEssentials

extension BotAPI {
  /// Waits for updates, on a connection of its own.
  ///
  /// - Parameters:
  ///   - offset: the first that has not been confirmed; everything before it is from now on.
  ///   - timeout: seconds to wait for one at most, up to 50; 0 asks and returns.
  ///   - limit: how many at most, up to 100.
  /// - Returns: the updates, or that the answer cannot be read.
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
      // No update has a readable number, so none can be confirmed.
      if updates.isEmpty, !list.isEmpty { return .unreadable(first: nil) }
      return .updates(updates, leftOut: list.count - updates.count)
    } catch {
      // A page of a proxy is not an answer with unreadable updates.
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
