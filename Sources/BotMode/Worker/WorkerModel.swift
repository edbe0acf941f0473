import Upscale

/// A model of the worker.
package struct WorkerModel: Codable, Sendable, Equatable {
  package let name: String
  /// The network's own factor.
  package let scale: Int
  /// Seconds of one application of the network for a million pixels of input: estimated at first, measured
  /// later; nil where it is not known.
  package var pace: Double?

  /// Estimates the seconds that enlarging a picture takes.
  ///
  /// - Parameters:
  ///   - width: columns of the picture.
  ///   - height: its rows.
  ///   - wanted: nil for the network's own factor.
  /// - Returns: seconds, or nil where the speed is not known.
  package func seconds(width: Int, height: Int, scale wanted: Double? = nil) -> Double? {
    pace.map { $0 * Double(width) * Double(height) / 1e6 * passes(to: wanted) }
  }

  /// How often the network is applied, each counted by its pixels.
  func passes(to wanted: Double?) -> Double {
    Architecture.applications(factor: scale, toReach: wanted)
  }
}
