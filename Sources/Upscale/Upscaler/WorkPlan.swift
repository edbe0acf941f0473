package import Pictures

/// How a picture will be enlarged: decided before the work, from sizes alone.
///
/// A picture passes through one or more applications of the network and, where the factor is not the
/// model's own, through a resampler. All of them work by rows, so that neither the pictures in between
/// nor the result are in memory as a whole.
public struct WorkPlan: Sendable {
  /// One application of the network.
  package struct Pass: Sendable {
    package let input: RowFormat
    package let output: RowFormat
    package let tiles: TilePlan
    /// Where alpha comes from.
    let alpha: AlphaSource
    /// Bytes of the workspace, and of the rows that wait before and after it.
    package let bytes: Int

    /// What the network is applied to in each tile.
    func subjects(of network: any Network) -> [NetworkSubject] {
      network.subjects(of: input.layout, takingAlpha: alpha == .network)
    }
  }

  /// How a plain enlargement is mixed in.
  struct Mixing: Sendable {
    /// The network's share.
    let strength: Double
    /// Rows of the input that wait for the network's at most.
    let waitingRows: Int
  }

  /// The rows that are read, and those of the result.
  package let input: RowFormat
  package let output: RowFormat
  /// Which of their channels are computed.
  package let channels: ChannelPlan
  /// None where the network has no share in the result.
  package let passes: [Pass]
  /// nil where the result is the network's.
  let mixing: Mixing?
  /// Whether the result gets the input's colours.
  let fixesColors: Bool
  /// Multiply-accumulate operations in all.
  package let multiplyAdds: Int
  /// Whether transformed weights are kept from tile to tile and for later pictures.
  package let keepsWeights: Bool
  /// Bytes that the work takes beside what the process holds already.
  public let bytes: Int

  /// Columns and rows of the result.
  public var outputSize: (width: Int, height: Int) { (output.width, output.height) }
  /// Tiles of all applications of the network.
  public var tileCount: Int {
    passes.reduce(0) { $0 + $1.tiles.rows.count * $1.tiles.columns.count }
  }
  /// Whether the network is applied: not where it has no share in the result, or nothing is enlarged.
  public var usesNetwork: Bool { !passes.isEmpty }
  /// Whether no picture is cut.
  public var isWhole: Bool { passes.allSatisfy(\.tiles.isWhole) }
  /// Pixels that are computed more than once (in halos), as a share of the pixels of the untiled picture.
  public var recomputedShare: Double {
    let whole = passes.reduce(0.0) { $0 + Double($1.tiles.width * $1.tiles.height) }
    let computed = passes.reduce(0.0) { $0 + Double($1.tiles.computedArea) }
    return whole > 0 ? computed / whole - 1 : 0
  }
  /// Pixels around each tile that are computed for its sake.
  public var halo: Int { passes.map(\.tiles.halo).max() ?? 0 }
  /// The grid of each application: columns, rows, and the largest tile with its halo.
  public var grids: [(columns: Int, rows: Int, tileWidth: Int, tileHeight: Int)] {
    passes.map {
      ($0.tiles.columns.count, $0.tiles.rows.count, $0.tiles.largest.width, $0.tiles.largest.height)
    }
  }

  /// The rows that are read, without the channels that are not computed.
  var computedInput: RowFormat { input.with(channels.computed) }
  /// The rows of the result, without the channels that are not computed.
  var computedOutput: RowFormat {
    var format = output.with(channels.computed)
    format.depth = workDepth
    return format
  }

  /// Whether samples of 16 bits become such of 8.
  var isDithered: Bool { Self.isDithered(from: input.depth, to: output.depth) }

  static func isDithered(from input: Picture.Depth, to output: Picture.Depth) -> Bool {
    input == .sixteen && output == .eight
  }

  /// Bits of a sample until the last step.
  var workDepth: Picture.Depth { isDithered || fixesColors ? .sixteen : output.depth }

  /// What comes out of the network and the resampler behind it: what is mixed is rounded after that.
  var networkOutput: RowFormat {
    var format = computedOutput
    if mixing != nil { format.depth = .sixteen }
    return format
  }

  /// Rows of the input that are read at a time.
  var rowsAtOnce: Int { Self.rowsAtOnce(of: input) }

  static func rowsAtOnce(of input: RowFormat) -> Int {
    max(1, min(input.height, (1 << 20) / max(1, input.rowByteCount)))
  }

  /// Whether the last pass's rows are resampled to reach the size.
  var isResampled: Bool {
    guard let last = passes.last else { return false }
    return (last.output.width, last.output.height) != (output.width, output.height)
  }
}

extension Upscaler {
  /// How a tiled result differs from an untiled one, as a phrase for people.
  public var tilingError: String {
    network.isExactInTiles
      ? "the same bytes as untiled" : "at most one 8-bit level from untiled"
  }
}
