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

extension Precision: Codable {}

extension PictureFormat: Codable {}
