import Upscale

/// A model that the worker has.
package struct WorkerModel: Codable, Sendable, Equatable {
  package let name: String
  /// The network's own factor.
  package let scale: Int
  /// Seconds for a million pixels of input, one application of the network: estimated at first, then
  /// as measured. nil where nothing is known.
  package var pace: Double?

  /// About what enlarging a picture takes.
  ///
  /// - Parameters:
  ///   - width: columns of the picture.
  ///   - height: its rows.
  ///   - wanted: nil for the network's own factor.
  /// - Returns: seconds, or nil where nothing is known.
  package func seconds(width: Int, height: Int, scale wanted: Double? = nil) -> Double? {
    pace.map { $0 * Double(width) * Double(height) / 1e6 * passes(to: wanted) }
  }

  /// How often the network is applied, each counted by its pixels.
  func passes(to wanted: Double?) -> Double {
    Architecture.applications(factor: scale, toReach: wanted)
  }
}
