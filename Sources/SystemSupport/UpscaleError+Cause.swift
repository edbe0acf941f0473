extension UpscaleError {
  /// What went wrong, in as many cases as callers have to treat differently.
  public enum Cause: Sendable, Hashable {
    /// What was asked for contradicts itself, or is out of range.
    case usage
    /// The bytes are not a picture that can be decoded.
    case unusablePicture
    /// An input of 0 bytes.
    case empty
    /// An input beyond a limit that the caller sets.
    case limit(Limit)
    /// There is no such input.
    case noInput
    /// A server does not answer, or the connection to it failed.
    case network
    /// A fault of this program.
    case internalFault
    /// The output cannot be made: its path is not usable, or its format cannot hold the picture.
    case cannotCreate
    /// A file of the output's name exists, and existing files are to be kept.
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
    /// The disk of an output has no room left.
    case diskFull
    /// The user's quota of the disk is used up.
    case quotaExceeded
    /// There is not enough memory, or less is allowed than the work takes.
    case memory(MemoryShortage = MemoryShortage(.other))
    /// The system refused to start a thread.
    case noThread
    /// The system refused to open another file.
    case tooManyOpenFiles
    /// More pixels than any machine has memory for.
    case resultTooLarge
    /// A file was changed while it was read.
    case changed
    /// Another process uses what only one process may use at a time.
    case occupied
    /// The system does not permit this user to do that.
    case permission
    /// A model that is damaged, of no known kind, or not there.
    case badModel
    /// A model's file does not say which activation follows its convolutions.
    case unknownActivation
    /// The installation or one of its settings is not usable.
    case configuration
    /// The caller asked the work to stop.
    case cancelled
  }

  /// Something of an input that is larger than the caller allows.
  public struct Limit: Sendable, Hashable {
    /// What is limited.
    public enum Quantity: Sendable, Hashable {
      /// Width times height.
      case pixels
      /// Pixels of the longer side.
      case side
      /// Bytes of the file.
      case fileBytes
    }

    /// What is larger than allowed.
    public let quantity: Quantity
    /// The largest value that the caller allows.
    public let allowed: Int
    /// The input's value; nil where it is known only to be larger.
    public let actual: Int?

    /// A limit that an input exceeds.
    ///
    /// - Parameters:
    ///   - quantity: what is limited.
    ///   - allowed: the largest value that is allowed.
    ///   - actual: the input's value; nil where it is not known.
    public init(_ quantity: Quantity, allowed: Int, actual: Int?) {
      self.quantity = quantity
      self.allowed = allowed
      self.actual = actual
    }
  }

  /// Memory that is needed and not available.
  public struct MemoryShortage: Sendable, Hashable {
    /// What the memory is for: what a user can do about it depends on that.
    public enum Purpose: Sendable, Hashable {
      /// Holding an input.
      case input
      /// Reading or writing a picture that has to be whole; another format of the output may do with less.
      case picture(isOutput: Bool)
      /// Holding a model's weights.
      case weights
      /// The smallest tiles, or those of a size that was asked for.
      case tiles(ofChosenSize: Bool)
      /// Buffers that fit in the plan, and that the system refused.
      case workBuffers
      /// Anything else.
      case other
    }

    /// What the memory is for.
    public let purpose: Purpose
    /// Bytes that are needed; nil where the number is not known.
    public let needed: Int?
    /// Bytes that are available; nil where the number is not known.
    public let available: Int?

    /// A shortage of memory.
    ///
    /// - Parameters:
    ///   - purpose: what the memory is for.
    ///   - needed: bytes; nil where the number is not known.
    ///   - available: bytes; nil where the number is not known.
    public init(_ purpose: Purpose, needed: Int? = nil, available: Int? = nil) {
      self.purpose = purpose
      self.needed = needed
      self.available = available
    }
  }
}

extension UpscaleError.Cause {
  /// Whether a resource was short, so that the same work may succeed later or under other limits.
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
