import Upscale

/// The exit codes of refusals (those of `sysexits.h` where it has one), and what they mean.
enum RefusalCode: Int32, CaseIterable {
  case usage = 64
  case unusablePicture = 65
  case noInput = 66
  case network = 69
  case internalFault = 70
  case cannotCreate = 73
  case inputOutput = 74
  case tryLater = 75
  case permission = 77
  case badModel = 78
  case cancelled = 130

  init(_ cause: UpscaleError.Cause) {
    self =
      switch cause {
      case .usage, .outputsCollide, .outputIsInput, .inputIsStream, .noToken: .usage
      case .unusablePicture, .empty, .limit: .unusablePicture
      case .noInput: .noInput
      case .network: .network
      case .internalFault: .internalFault
      case .cannotCreate, .outputExists: .cannotCreate
      case .inputOutput, .diskFull, .quotaExceeded: .inputOutput
      case .memory, .noThread, .tooManyOpenFiles, .resultTooLarge, .changed, .occupied: .tryLater
      case .permission: .permission
      case .badModel, .unknownActivation, .configuration: .badModel
      case .cancelled: .cancelled
      }
  }

  /// In a word or two, for the report of a batch.
  var meaning: String {
    switch self {
    case .usage: "wrong use"
    case .unusablePicture: "not a usable picture"
    case .noInput: "input not found"
    case .network: "network"
    case .internalFault: "fault in upscale"
    case .cannotCreate: "output cannot be created"
    case .inputOutput: "reading or writing failed"
    case .tryLater: "worth another try"
    case .permission: "no permission"
    case .badModel: "model or configuration"
    case .cancelled: "interrupted"
    }
  }
}
