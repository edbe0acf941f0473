import CSandboxTries
import Glibc

/// The outcome of an attempt.
enum Verdict: Equatable {
  case allowed
  /// An errno value.
  case denied(Int32)
  /// The kernel ended the process that tried.
  case killed
  /// The sandbox could not be entered.
  case notTried
  /// Another outcome, which says nothing about the sandbox.
  case strange(String)

  init(_ outcome: st_outcome) {
    // The errors that the sandbox gives; EXDEV is Landlock's for moving a file between folders.
    let refusals = [EPERM, EACCES, ENOSYS, ENOMEM, EXDEV]
    if outcome.unready != 0 {
      self = .notTried
    } else if outcome.lost_parent != 0 {
      self = .allowed
    } else if outcome.signal == SIGSYS || outcome.signal == SIGSEGV {
      // The latter where the kernel was built without the gate for older programs.
      self = .killed
    } else if outcome.signal != 0 {
      self = .strange("signal \(outcome.signal)")
    } else if outcome.ended == 0 || outcome.code == 0 {
      // An attempt that does not return has become another program.
      self = .allowed
    } else if refusals.contains(outcome.code) {
      self = .denied(outcome.code)
    } else {
      self = .strange(Self.name(of: outcome.code))
    }
  }

  /// In a cell of the table.
  var words: String {
    switch self {
    case .allowed: "allowed"
    case .denied(let code): "denied (\(Self.name(of: code)))"
    case .killed: "denied (killed)"
    case .notTried: "not tried"
    case .strange(let what): "? (\(what))"
    }
  }

  var isDenied: Bool {
    switch self {
    case .denied, .killed: true
    case .allowed, .notTried, .strange: false
    }
  }

  private static func name(of code: Int32) -> String {
    st_error_name(code).map { String(cString: $0) } ?? "\(code)"
  }
}
