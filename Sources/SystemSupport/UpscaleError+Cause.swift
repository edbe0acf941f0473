extension UpscaleError {
  /// What went wrong, as far as anybody decides by it.
  public enum Cause: Sendable, Hashable {
    /// What was asked for contradicts itself, or is out of range.
    case usage
    /// No picture can be had from the bytes.
    case unusablePicture
    /// An input without a byte.
    case empty
    /// An input beyond a limit that the caller sets.
    case limit(Limit)
    /// There is no such input.
    case noInput
    case network
    /// A fault of this program.
    case internalFault
    /// The output cannot be made: its name or its folder is in the way, or its format cannot hold it.
    case cannotCreate
    /// There is an output of that name already, which is to be kept.
    case outputExists
    /// Two inputs would become one output.
    case outputsCollide
    /// An output would replace an input.
    case outputIsInput
    /// A stream where only files and folders can be.
    case inputIsStream
    /// No place has the bot's token.
    case noToken
    /// Reading or writing failed.
    case inputOutput
    case diskFull
    /// The user's share of the disk is used up.
    case quotaExceeded
    case memory(MemoryShortage = MemoryShortage(.other))
    /// The system gives no thread.
    case noThread
    /// The system opens no further file.
    case tooManyOpenFiles
    /// More pixels than any machine has memory for.
    case resultTooLarge
    /// A file was changed while it was read.
    case changed
    /// Somebody else uses what only one may use.
    case occupied
    case permission
    /// A model that is damaged, of no known kind, or not there.
    case badModel
    /// A model's file does not say which activation follows its convolutions.
    case unknownActivation
    /// The installation or a setting of it is not usable.
    case configuration
    case cancelled
  }

  /// Something of an input that is larger than the caller allows.
  public struct Limit: Sendable, Hashable {
    public enum Quantity: Sendable, Hashable {
      case pixels
      /// Pixels of the longer side.
      case side
      case fileBytes
    }

    public let quantity: Quantity
    public let allowed: Int
    /// nil where the input's own size is known only to be larger.
    public let actual: Int?

    public init(_ quantity: Quantity, allowed: Int, actual: Int?) {
      self.quantity = quantity
      self.allowed = allowed
      self.actual = actual
    }
  }

  /// Memory that is not there.
  public struct MemoryShortage: Sendable, Hashable {
    /// What it is for, which decides what helps.
    public enum Purpose: Sendable, Hashable {
      /// Holding an input.
      case input
      /// Reading or writing a picture that has to be whole; another format of the output may do with less.
      case picture(isOutput: Bool)
      case weights
      /// The smallest tiles, or those of a size that was asked for.
      case tiles(ofChosenSize: Bool)
      /// Buffers that were planned, and that the system does not give.
      case workBuffers
      /// Anything else.
      case other
    }

    public let purpose: Purpose
    /// Bytes; nil where the system only said that there are too few.
    public let needed: Int?
    public let available: Int?

    public init(_ purpose: Purpose, needed: Int? = nil, available: Int? = nil) {
      self.purpose = purpose
      self.needed = needed
      self.available = available
    }
  }
}

extension UpscaleError.Cause {
  /// Whether the system would give what it lacks at another time, or under other limits.
  public var isScarcity: Bool {
    switch self {
    case .memory, .noThread, .tooManyOpenFiles: true
    default: false
    }
  }

  /// Whether it is the input itself that cannot be used.
  public var isAboutInput: Bool {
    switch self {
    case .unusablePicture, .empty, .limit: true
    default: false
    }
  }
}
