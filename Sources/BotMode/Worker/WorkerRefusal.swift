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
      switch error.cause {
      case .unusablePicture, .empty, .limit: .damaged
      case .memory, .noThread, .tooManyOpenFiles, .resultTooLarge: .notEnoughMemory
      case .badModel, .unknownActivation, .configuration: .badModel
      case .cancelled: .cancelled
      case .diskFull, .quotaExceeded: .diskFull
      case .usage, .outputsCollide, .outputIsInput, .inputIsStream, .noToken, .noInput, .network,
        .internalFault,
        .cannotCreate, .outputExists, .inputOutput,
        .changed, .occupied, .permission:
        .fault
      }
  }
}
