import Foundation

/// getUpdates, but for the waiting.
extension State {
  /// Begins a poll: confirms what the offset confirms, and ends the poll that is held.
  ///
  /// - Returns: The poll's number.
  mutating func beginPoll(
    offset: Int64, allowed: JSON?, timeout: inout Double, limit: inout Int, time: Double
  ) throws(Refusal) -> Int {
    pollCount += 1
    if webhook != nil {
      throw Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
          + "delete the webhook first")
    }
    if let allowed {
      let kinds = allowed.items.compactMap { $0.asString }
      allowedUpdates = kinds.isEmpty ? nil : Set(kinds)
    }
    if options.slowsSpinningPolls, let lastPoll, lastPoll.offset == offset {
      if time - lastPoll.time < 3, timeout < 3 { timeout = 3 }
      if time - lastPoll.time < 0.5 { limit = 1 }
    }
    lastPoll = (offset, time)
    if options.ignoresPollTimeout { timeout = 0 }
    poll = pollCount
    confirm(offset)
    return pollCount
  }

  private mutating func confirm(_ offset: Int64) {
    if offset < 0 {
      queue.removeFirst(max(queue.count - Int(min(-offset, 1 << 20)), 0))
      return
    }
    guard offset > 0 else { return }
    func isDone(_ update: QueuedUpdate) -> Bool { !update.isRepeat || update.wasDelivered }
    if let last = queue.lastIndex(where: { $0.id == offset - 1 && $0.wasDelivered }) {
      queue = queue[...last].filter { !isDone($0) } + queue[(last + 1)...]
    } else {
      // An offset from before the numbers jumped says nothing about what is in the queue.
      guard offset <= nextUpdateID else { return }
      queue.removeAll { $0.id < offset && isDone($0) }
    }
    confirmedOffset = offset
  }

  /// The head of the queue.
  mutating func take(_ limit: Int) -> [JSON] {
    let count = min(limit, queue.count)
    for index in 0..<count { queue[index].wasDelivered = true }
    return queue.prefix(count).map { $0.json }
  }
}
