import CPlatform

/// Signals that ask the process to stop: SIGINT, SIGTERM, SIGHUP.
///
/// While `windingDown` runs, the first signal is recorded and the work polls it. At any other time a
/// signal ends the process at once. Temporary files of `OutputFile` are removed in both cases. SIGPIPE
/// and SIGXFSZ are ignored: the system calls that would raise them return an error instead.
///
/// For executables only; a library does not touch its host's signals.
public enum StopSignals {
  /// Installs the handlers, for the whole process.
  public static func install() {
    cp_signals_install()
  }

  /// Runs work that polls `isCancelled`; after a signal, ends the process by that signal.
  ///
  /// After the first signal the work has a second to stop, since a layer of a large tile can take longer.
  /// A second signal ends the process at once.
  ///
  /// - Parameters:
  ///   - work: gets a function that tells whether a signal has arrived.
  ///   - beforeEnd: runs after the work, before the process is ended by the signal.
  /// - Returns: the result of the work, if no signal has arrived.
  /// - Throws: what `work` throws, if no signal has arrived.
  public static func windingDown<Result>(
    _ work: (_ isCancelled: @escaping () -> Bool) throws(UpscaleError) -> Result,
    beforeEnd: () -> Void
  ) throws(UpscaleError) -> Result {
    cp_signals_set_patience(1)
    defer { cp_signals_set_patience(0) }
    let outcome: Swift.Result<Result, UpscaleError>
    do throws(UpscaleError) {
      outcome = .success(try work { cp_signals_received() != 0 })
    } catch {
      outcome = .failure(error)
    }
    let signal = cp_signals_received()
    if signal != 0 {
      beforeEnd()
      cp_signals_die(signal)
    }
    return try outcome.get()
  }

  /// Runs a service that waits for a signal and then stops; ends the process by that signal.
  ///
  /// A second signal does not wait for the service.
  ///
  /// - Parameters:
  ///   - grace: seconds that the service may take to stop.
  ///   - service: gets a function that waits for a signal, for so many seconds at most; returns the
  ///     signal that it stopped for.
  /// - Throws: what `service` throws.
  package static func serving(
    grace: Int,
    _ service: (_ wait: @escaping @Sendable (Double) -> Int32) throws(UpscaleError) -> Int32
  ) throws(UpscaleError) {
    cp_signals_set_grace(UInt32(clamping: grace))
    cp_signals_set_patience(1)
    let signal = try service { cp_signals_wait(Int32(clamping: Int($0 * 1000))) }
    cp_signals_die(signal)
  }
}
