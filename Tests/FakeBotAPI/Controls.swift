import Foundation

/// What tests do to the server, in addition to the actions of people.
extension FakeBotAPI {
  /// Lets something go wrong.
  public func inject(_ fault: Fault) { change { $0.faults.append(fault) } }

  /// Lets something go wrong with the next calls of a method.
  public func inject(_ kind: Fault.Kind, into method: String, times: Int = 1) {
    inject(Fault(method: method, kind: kind, times: times))
  }

  public func clearFaults() {
    change { state in
      state.faults = []
      state.randomFaults = nil
    }
  }

  /// Lets calls and downloads fail by chance; see `Call.isFaultRandom`.
  public func setFaultRate(_ rate: Double, seed: UInt64) {
    change { $0.randomFaults = rate > 0 ? RandomFaults(rate: rate, seed: seed) : nil }
  }

  /// Puts an update into the queue as it is, but for its number if it has none.
  public func enqueue(rawUpdate: JSON) {
    change { state in
      var members = rawUpdate.members
      let id = members["update_id"]?.asInteger ?? state.nextUpdateID
      if members["update_id"] == nil { members["update_id"] = .integer(id) }
      state.nextUpdateID = max(state.nextUpdateID, id + 1)
      state.append(State.QueuedUpdate(id: id, json: .object(members)))
    }
  }

  /// Delivers an update once more, whatever the bot has confirmed: by default the newest.
  @discardableResult public func repeatUpdate(_ id: Int64? = nil) -> Int64? {
    change { state in
      let known = state.history
      guard let update = id.map({ id in known.last { $0.id == id } }) ?? known.last else {
        return nil
      }
      state.queue.append(State.QueuedUpdate(id: update.id, json: update.json, isRepeat: true))
      return update.id
    }
  }

  /// The next updates are numbered from here, as after a week of silence.
  public func jumpUpdateIDs(to id: Int64) { change { $0.nextUpdateID = id } }

  /// Updates that the bot has not confirmed.
  public var pendingUpdates: Int { look { $0.queue.count } }
  /// The last offset that confirmed something, or 0.
  public var confirmedOffset: Int64 { look { $0.confirmedOffset } }
  /// The number that the next update gets.
  public var nextUpdateID: Int64 { look { $0.nextUpdateID } }
  /// How often getUpdates was called.
  public var pollCount: Int { look { $0.pollCount } }
  /// Whether a poll is held now.
  public var isPolled: Bool { look { $0.poll != nil } }

  /// Buttons pressed until now can no longer be answered.
  public func expireCallbacks() {
    change { state in
      for id in state.callbacks.keys { state.callbacks[id]?.isExpired = true }
    }
  }

  /// How the bot answered a press.
  public func callbackAnswers(_ query: String) -> [Call] {
    look { $0.callbacks[query]?.answers ?? [] }
  }

  /// Presses that the bot has not answered.
  public var unansweredCallbacks: [String] {
    look { $0.callbacks.filter { $0.value.answers.isEmpty && !$0.value.isExpired }.keys.sorted() }
  }

  /// The menu of commands in a language ("" for the default).
  public func commands(language: String = "") -> [(name: String, description: String)] {
    let list = look { $0.commands["default/" + language]?.items ?? [] }
    return list.map {
      ($0["command"]?.asString ?? "", $0["description"]?.asString ?? "")
    }
  }

  public func botDescription(language: String = "") -> String? {
    look { $0.descriptions[language] }
  }

  public func botShortDescription(language: String = "") -> String? {
    look { $0.shortDescriptions[language] }
  }

  /// Sets or takes away a webhook, as another program with the token could.
  public func setWebhook(_ address: String?) { change { $0.webhook = address } }
}
