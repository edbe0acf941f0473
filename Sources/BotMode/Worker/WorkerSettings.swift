package import Upscale

/// What a worker is told once, as its first line: what it may use, and what is too much.
package struct WorkerSettings: Codable, Sendable, Equatable {
  /// Whether the worker locks itself in.
  package enum Sandbox: String, Codable, Sendable {
    /// As far as the kernel can.
    case automatic
    /// Not without Landlock and seccomp.
    case required
    case off
  }

  /// Models that may be asked for: names of the catalogue, or paths of weight files.
  package var models: [String]
  /// nil for all cores that the process may use.
  package var threads: Int?
  package var precision = Precision.exact
  /// Bytes that the worker may hold; nil for 70 % of what is free when it starts.
  package var maxMemory: Int?
  package var limits = WorkerLimits()
  /// The one folder that the worker reads pictures from and writes them to; it must stay the same
  /// folder for as long as the worker runs.
  package var workFolder: String
  package var sandbox = Sandbox.automatic
  /// Whether speeds are tried at the first start: whoever knows them from before needs no trial.
  package var measuresPaces = true

  /// - Parameters:
  ///   - models: names or paths.
  ///   - workFolder: exists already.
  package init(models: [String], workFolder: String) {
    self.models = models
    self.workFolder = workFolder
  }
}

/// What is too much for a worker.
package struct WorkerLimits: Codable, Sendable, Equatable {
  /// Of a picture that comes in.
  package var pixels = 25_000_000
  /// Of a picture that comes in.
  package var side = 32_768
  /// Of a file that comes in.
  package var fileBytes = 20 << 20
  /// Of the picture that the network makes.
  package var resultPixels = 400_000_000
  /// Seconds that a task may take; all threads' time counts against as many times that.
  package var taskSeconds = 3600

  package init() {}
}

/// The first line itself.
struct WorkerStart: Codable, Sendable {
  let settings: WorkerSettings
  /// The process that the worker must not outlive.
  let parent: Int32
  /// Whether speeds are to be tried, for want of better knowledge.
  let measuresPaces: Bool
}

extension Precision: Codable {}
extension PictureFormat: Codable {}
