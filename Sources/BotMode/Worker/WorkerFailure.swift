package import Upscale

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
  case cannotStart(UpscaleError)
}
