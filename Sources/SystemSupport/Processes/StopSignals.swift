import CPlatform

/// Signals that ask the process to stop: SIGINT, SIGTERM, SIGHUP.
///
/// While `windingDown` runs, the first one is noted for the work to poll; at any other time there
/// is nothing to wind down, and it ends the process at once. Temporary files of `OutputFile` are
/// removed in both cases. SIGPIPE and SIGXFSZ are ignored: the calls that meet them report it.
///
/// For executables only; a library does not touch its host's signals.
public enum StopSignals {
  public static func install() {
    cp_signals_install()
  }

  /// Runs work that polls `isCancelled`; when a signal came, ends the process by that signal.
  ///
  /// A second signal does not wait for the work, and the first one waits a second at most: a layer
  /// of a large tile can take longer.
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

  /// Runs a service that waits for a signal and then comes to rest; ends the process by that signal.
  ///
  /// A second signal does not wait for the service.
  ///
  /// - Parameters:
  ///   - grace: seconds that it may take to come to rest.
  ///   - service: is given a way to wait for a signal, for so many seconds at most; returns the
  ///     signal that it came to rest for.
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
