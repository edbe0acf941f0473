import BatchMode
import Upscale

/// An error of the library in the form that users of the command see: an exit code, and a sentence that
/// ends with what they can do about it.
struct Refusal {
  let code: Int32
  let sentence: String

  init(_ error: UpscaleError) {
    code = RefusalCode(error.cause).rawValue
    sentence = error.message + Self.advice(error.cause)
  }

  /// For the journal of a batch and its report.
  static let wording: BatchFailure.Wording = { error in
    let refusal = Refusal(error)
    return BatchFailure(code: Int(refusal.code), reason: refusal.sentence)
  }

  /// What a code in a journal means.
  static let meaning: @Sendable (Int32) -> String = { RefusalCode(rawValue: $0)?.meaning ?? "" }

  /// The options that help, to follow the sentence; empty where the sentence says all.
  private static func advice(_ cause: UpscaleError.Cause) -> String {
    switch cause {
    case .outputExists: ", or leave out --no-clobber"
    case .outputsCollide:
      "; name outputs by --name '{name}.{ext}', or leave out --flat or --format"
    case .outputIsInput: ", or --name '{stem}_{scale}x.{ext}'"
    case .inputIsStream: ", or give a list of files to standard input with --files-from -"
    case .noToken:
      ", name a file with --token-file FILE ('-' is standard input), or give --token TOKEN"
    case .unknownActivation:
      "; write it down with 'upscale model convert IN OUT --activation relu' (or leakyrelu)"
    case .limit(let limit):
      switch limit.quantity {
      case .pixels: " (--max-pixels)"
      case .side: " (--max-side)"
      case .fileBytes: " (--max-file-size)"
      }
    case .memory(let shortage):
      switch shortage.purpose {
      case .input: "; raise --max-memory"
      case .picture(let isOutput):
        "; raise --max-memory, use a smaller scale" + (isOutput ? ", or write a PNG" : "")
      case .weights: "; raise --max-memory or use a smaller model"
      case .tiles(let isOfChosenSize):
        "; " + (isOfChosenSize ? "leave out --tile, " : "")
          + "raise --max-memory, close other programs, or use a smaller model or scale"
      case .workBuffers: "; use a smaller --max-memory"
      case .other: ""
      }
    case .usage, .unusablePicture, .empty, .noInput, .network, .internalFault, .cannotCreate,
      .inputOutput, .diskFull, .quotaExceeded, .noThread, .tooManyOpenFiles, .resultTooLarge,
      .changed, .occupied, .permission, .badModel, .configuration, .cancelled:
      ""
    }
  }
}
