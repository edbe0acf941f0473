import Upscale

extension Job {
  /// How far it is, as kept on the disk. Work between two stages is repeated if the service is killed.
  enum Stage: Codable, Equatable, Sendable {
    /// It waits for its turn, or is being fetched or computed.
    case waiting
    /// The enlarged picture is complete on the disk, but too large to be sent.
    case rendered(RenderedPicture)
    /// The file to send is on the disk.
    case finished(FinishedPicture)

    /// The file that is kept on the disk.
    var file: EncodedFile? {
      get {
        switch self {
        case .waiting: nil
        case .rendered(let picture): picture.file
        case .finished(let picture): picture.file
        }
      }
      set {
        guard let newValue else { return }
        switch self {
        case .waiting: break
        case .rendered(var picture):
          picture.file = newValue
          self = .rendered(picture)
        case .finished(var picture):
          picture.file = newValue
          self = .finished(picture)
        }
      }
    }
  }
}

extension KeyedDecodingContainer {
  /// What the compiler's `Job.init(from:)` calls for a stage: one in the form of an earlier version reads
  /// as `.waiting`, so that its picture is computed again and not lost.
  func decode(_ type: Job.Stage.Type, forKey key: Key) throws -> Job.Stage {
    (try? type.init(from: superDecoder(forKey: key))) ?? .waiting
  }
}
