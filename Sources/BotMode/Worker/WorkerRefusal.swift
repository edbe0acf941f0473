package import Upscale

/// Why the worker refused a request.
package struct WorkerRefusal: Error, Codable, Sendable, Equatable {
  /// The reason, which the bot translates into texts in the user's language.
  package enum Reason: Codable, Sendable, Equatable {
    /// Not in a supported format; the actual format where it is recognised.
    case notAPicture(ForeignFormat?)
    /// In a supported format, but damaged or of an unsupported variant.
    case damaged
    case tooManyPixels(width: Int, height: Int, limit: Int)
    case sideTooLong(width: Int, height: Int, limit: Int)
    /// The input file has more bytes than allowed.
    case fileTooLarge(bytes: Int, limit: Int)
    /// The enlarged picture would have more pixels than allowed.
    case tooManyResultPixels(width: Int, height: Int, limit: Int)
    /// No form of the result was small enough.
    case resultTooLarge(limit: Int)
    case notEnoughMemory
    case diskFull
    /// The model is unknown, damaged or not installed.
    case badModel
    case cancelled
    /// A fault that users cannot do anything about.
    case fault
  }

  package let reason: Reason
  /// A sentence for the log, in English; it may name paths.
  package let message: String
}

extension WorkerRefusal {
  /// The refusal for an error of the library.
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
