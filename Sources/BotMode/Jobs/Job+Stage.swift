import Upscale

extension Job {
  /// Where it is. What is between two of these is done again after the service was killed.
  enum Stage: Codable, Equatable, Sendable {
    /// Waits for its turn, or is fetched or computed.
    case waiting
    /// The network's picture is whole on the disk, and still too large to be sent.
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
