import Pictures
package import SystemSupport

/// The activations of a network for one tile at a time.
package protocol NetworkWorkspace: AnyObject {
  /// The network's input, pixel-unshuffled where it asks for that; to be filled before `run`.
  var input: FeatureMap { get }

  /// Takes the size of the next tile, in input pixels after padding to multiples of `unshuffle`.
  func prepare(width: Int, height: Int)

  /// Computes the tile and hands over its output row by row.
  ///
  /// - Parameters:
  ///   - rows: the output rows wanted.
  ///   - engine: kernels and threads.
  ///   - monitor: counts the work that is done.
  ///   - output: takes a piece of an output row: its row, its columns, and its samples,
  ///     `[x][outputChannels]` from the first of these columns on, not clamped. Called from any
  ///     thread; the pieces cover each row of `rows` once, and may include rows around them.
  /// - Throws: `.cancelled` if the monitor says so.
  func run(
    rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
    output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
  ) throws(UpscaleError)
}
