package import Upscale

/// Why a request to the worker has no answer.
package enum WorkerFailure: Error, Sendable, Equatable {
  /// The worker refused the request and goes on working; the reason is never `.cancelled`.
  case refused(WorkerRefusal)
  /// The caller cancelled the request.
  case cancelled
  /// The worker died, or was killed after an implausible answer.
  case crashed(WorkerEnd)
  /// The worker was killed because it did not answer or exceeded the time limit.
  case hung(WorkerEnd)
  /// The worker was ended because of another request, or by `stop`: the request can be tried again.
  case lost
  /// No worker can be started: the program, the models or the sandbox are missing.
  case cannotStart(UpscaleError)
}
