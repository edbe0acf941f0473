import Upscale

/// Connections for all callers: as many as are needed at a time, of which a few stay open.
final class ConnectionPool: Sendable {
  private struct State {
    var idle: [Connection] = []
    var active: [Connection] = []
    var isInterrupted = false
  }

  private let state = Shared(State())
  private let keeping: Int

  /// - Parameter keeping: how many stay open while they are not used.
  init(keeping: Int) { self.keeping = keeping }

  /// Gives the caller a connection of its own for a while.
  ///
  /// - Parameter body: uses it.
  /// - Returns: what `body` returns.
  /// - Throws: `.interrupted` after `interrupt`, `.local` without memory, and what `body` throws.
  func withConnection<Result>(
    _ body: (Connection) throws(BotAPIError) -> Result
  ) throws(BotAPIError) -> Result {
    let connection = try take()
    defer { giveBack(connection) }
    return try body(connection)
  }

  /// Ends running requests; new ones end at once until `resume`.
  func interrupt() {
    state.note { state in
      state.isInterrupted = true
      for connection in state.active { connection.interrupt() }
    }
  }

  func resume() { state.note { $0.isInterrupted = false } }

  private enum Place {
    case interrupted
    case connection(Connection)
    case none
  }

  private func take() throws(BotAPIError) -> Connection {
    let found: Place = state.update { state in
      if state.isInterrupted { return .interrupted }
      guard let connection = state.idle.popLast() else { return .none }
      state.active.append(connection)
      return .connection(connection)
    }
    switch found {
    case .interrupted: throw .interrupted
    case .connection(let connection): return connection
    case .none: break
    }
    let connection: Connection
    do {
      connection = try Connection()
    } catch {
      throw .local(error)
    }
    let isInterrupted = state.update { state in
      if !state.isInterrupted { state.active.append(connection) }
      return state.isInterrupted
    }
    if isInterrupted { throw .interrupted }
    return connection
  }

  private func giveBack(_ connection: Connection) {
    // A connection beyond `keeping` is closed when it is freed, which happens outside the lock.
    let surplus: Connection? = state.update { state in
      state.active.removeAll { $0 === connection }
      connection.resume()
      guard state.idle.count < keeping else { return connection }
      state.idle.append(connection)
      return nil
    }
    _ = surplus
  }
}
