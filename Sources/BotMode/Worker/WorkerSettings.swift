package import Upscale

/// The settings of a worker, which it gets as its first line: resources and limits.
package struct WorkerSettings: Codable, Sendable, Equatable {
  /// Whether the worker enters a sandbox.
  package enum Sandbox: String, Codable, Sendable {
    /// As far as the kernel supports it.
    case automatic
    /// The worker refuses to work without Landlock and seccomp.
    case required
    case off
  }

  /// The models that tasks may use: names of the catalogue, or paths of weight files.
  package var models: [String]
  /// nil for all cores that the process may use.
  package var threads: Int?
  package var precision = Precision.exact
  /// Bytes that the worker may hold; nil for 70 % of what is free when it starts.
  package var maxMemory: Int?
  package var limits = WorkerLimits()
  /// The only folder in which the worker reads and writes pictures; it must not be replaced while the worker
  /// runs.
  package var workFolder: String
  package var sandbox = Sandbox.automatic
  /// Whether speeds are measured at the first start; not needed where they are known already.
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
