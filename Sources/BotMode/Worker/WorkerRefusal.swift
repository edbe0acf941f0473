import Glibc
package import Upscale

/// Why the worker did not do what it was asked to.
package struct WorkerRefusal: Error, Codable, Sendable, Equatable {
  /// What the bot puts into words of its own, in the user's language.
  package enum Reason: Codable, Sendable, Equatable {
    /// None of the formats that are read; the one that it is, where it is a known one.
    case notAPicture(ForeignFormat?)
    /// One of our formats, but broken or of a kind that nobody reads.
    case damaged
    case tooManyPixels(width: Int, height: Int, limit: Int)
    case sideTooLong(width: Int, height: Int, limit: Int)
    /// The file that came in.
    case fileTooLarge(bytes: Int, limit: Int)
    /// The enlarged picture would have more pixels than are computed.
    case tooManyResultPixels(width: Int, height: Int, limit: Int)
    /// No way was found to bring the result below its size.
    case resultTooLarge(limit: Int)
    case notEnoughMemory
    case diskFull
    /// The model is unknown, damaged or not installed.
    case badModel
    case cancelled
    /// Nothing that a user can do about.
    case fault
  }

  package let reason: Reason
  /// A sentence for the log, in English; it may name paths.
  package let message: String
}

extension WorkerRefusal {
  /// What the library's own refusals amount to.
  init(_ error: UpscaleError) {
    message = error.message
    reason =
      switch error.kind {
      case .unusablePicture: .damaged
      case .tryLater: .notEnoughMemory
      case .badModel: .badModel
      case .cancelled: .cancelled
      case .inputOutput where error.message.contains("the disk is full"): .diskFull
      case .inputOutput where error.message.contains("the disk quota is used up"): .diskFull
      default: .fault
      }
  }
}

/// Why a request to the worker has no answer.
package enum WorkerFailure: Error, Sendable, Equatable {
  /// The worker is well and has said no; `.cancelled` is not among its reasons here.
  case refused(WorkerRefusal)
  /// As the caller wanted.
  case cancelled
  /// The worker died, or was killed for an answer that no worker in its right mind gives.
  case crashed(WorkerEnd)
  /// The worker gave no sign of life or took longer than is allowed, and was killed.
  case hung(WorkerEnd)
  /// The worker was ended for another request's sake, or by `stop`: the request is worth another try.
  case lost
  /// There is no worker to be had: the program, the models or the sandbox are missing.
  case cannotStart(String)
}

/// How a worker ended.
package struct WorkerEnd: Sendable, Equatable {
  /// The signal that ended it, or nil.
  package let signal: Int32?
  /// Its exit code, or nil.
  package let exitCode: Int32?
  /// What it said last on standard error, oldest first.
  package let lastLines: [String]
  /// Whether another request was under way, so that the fault may not be this one's.
  package let isShared: Bool
  /// Whether it was killed (SIGKILL), and not by this side: by the kernel, for want of memory.
  package let isOutOfMemory: Bool

  /// Whether the kernel ended it for a system call that no worker makes of its own accord: a picture may
  /// have taken it over. The kernel's log tells which call.
  package var isByItsSandbox: Bool { signal == SIGSYS }
}
