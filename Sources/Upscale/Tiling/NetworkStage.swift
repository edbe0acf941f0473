import Pictures
import Synchronization
import SystemSupport

/// One application of a network to a picture that is read and handed on by rows.
///
/// A window holds the rows that the next row of tiles reads. Once they are complete, the tiles are
/// computed side by side into a band of output rows, and the band is handed to `next`. Colour goes
/// through the network. Alpha goes through a resampler or the network, as if it were a gray picture, unless the
/// network makes it. A gray network is applied to the colours one after the other. Where tiles are computed in all positions, the results are
/// averaged before they are rounded.
final class NetworkStage {
  private let network: any Network
  private let engine: Engine
  private let workspace: any NetworkWorkspace
  private let pass: WorkPlan.Pass
  private let monitor: WorkMonitor
  private let modelName: String
  private let next: RowSink
  private let window: RowWindow
  private let band: ByteBuffer
  private let alpha: AlphaResizer?
  /// nil where the network makes alpha, or there is none.
  private let bounds: AlphaBounds?
  private let subjects: [NetworkSubject]
  /// nil where tiles are computed upright only.
  private let sums: EnsembleSums?
  /// nil for a single tile, and where tiles are computed in all positions, in which they reach differently
  /// far.
  private var equalTiles: EqualTiles?
  private var nextRow = 0

  /// - Parameters:
  ///   - pass: sizes, tiles.
  ///   - network: what is applied.
  ///   - workspace: of `network`, for the pass's tiles.
  ///   - engine: kernels and threads.
  ///   - monitor: counts the work that is done.
  ///   - modelName: what to call the network in a refusal.
  ///   - next: takes the enlarged rows.
  /// - Throws: `.memory` without memory.
  init(
    _ pass: WorkPlan.Pass, network: any Network, workspace: any NetworkWorkspace, engine: Engine,
    monitor: WorkMonitor, modelName: String, next: @escaping RowSink
  ) throws(UpscaleError) {
    self.network = network
    self.engine = engine
    self.workspace = workspace
    self.pass = pass
    self.monitor = monitor
    self.modelName = modelName
    self.next = next
    window = try RowWindow(pass.input, capacity: NetworkStage.windowRows(pass.tiles, pass.input))
    band = try ByteBuffer(
      count: NetworkStage.bandBytes(pass.tiles, pass.output, scale: network.scale),
      for: "output rows")
    alpha = pass.alpha == .resampled ? AlphaResizer(from: pass.input, to: pass.output) : nil
    bounds =
      pass.alpha == .resampled || pass.alpha == .network
      ? AlphaBounds(input: pass.input, output: pass.output, scale: network.scale) : nil
    subjects = pass.subjects(of: network)
    sums =
      pass.tiles.isMirrored
      ? try EnsembleSums(pass.tiles, scale: network.scale, channels: network.outputChannels) : nil
    equalTiles =
      pass.tiles.isWhole || pass.tiles.isMirrored
      ? nil : EqualTiles(columns: pass.tiles.columns.count)
  }

  /// Bytes of a stage without its workspace.
  static func byteCount(
    _ tiles: TilePlan, input: RowFormat, output: RowFormat, network: any Network
  ) -> Int {
    let scale = network.scale
    let sums =
      tiles.isMirrored
      ? EnsembleSums.byteCount(tiles, scale: scale, channels: network.outputChannels) : 0
    return sums + RowWindow.byteCount(input, capacity: windowRows(tiles, input))
      + bandBytes(tiles, output, scale: scale)
      + (input.layout.hasAlpha ? AlphaResizer.byteCount(from: input, to: output) : 0)
  }

  /// Rows of the input that are held at most.
  static func windowRows(_ tiles: TilePlan, _ input: RowFormat) -> Int {
    tiles.rows.map { $0.reach.clamped(to: 0..<input.height).count }.max() ?? 0
  }

  private static func bandBytes(_ tiles: TilePlan, _ output: RowFormat, scale: Int) -> Int {
    (tiles.rows.map(\.core.count).max() ?? 0) * scale * output.rowByteCount
  }

  /// Takes rows of the input; computes when there are enough.
  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    let rowSize = pass.input.rowByteCount
    var rest = rows
    while nextRow < pass.tiles.rows.count {
      let slice = pass.tiles.rows[nextRow]
      let wanted = min(slice.reach.upperBound, pass.input.height)
      let missing = wanted - window.content.rows.upperBound
      let count = min(missing, rest.count / rowSize)
      window.append(UnsafeRawBufferPointer(rebasing: rest[..<(rest.startIndex + count * rowSize)]))
      rest = UnsafeRawBufferPointer(rebasing: rest[(count * rowSize)...])
      guard count == missing else { return }
      try compute(slice)
      nextRow += 1
      if nextRow < pass.tiles.rows.count {
        window.drop(above: pass.tiles.rows[nextRow].reach.lowerBound)
      }
    }
  }

  /// Copies what the band holds for some columns of the input to others.
  private func copy(_ source: Range<Int>, to target: Range<Int>, rows: Int) {
    let pixel = pass.output.rowByteCount / pass.output.width
    let scale = network.scale
    func start(_ columns: Range<Int>) -> Int { columns.lowerBound * scale * pixel }
    let count = min(target.upperBound * scale, pass.output.width) * pixel - start(target)
    for row in 0..<rows {
      let line = UnsafeMutableRawBufferPointer(
        rebasing: band.bytes[
          row * pass.output.rowByteCount..<(row + 1) * pass.output.rowByteCount])
      UnsafeMutableRawBufferPointer(rebasing: line[start(target)..<start(target) + count])
        .copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: line[start(source)..<start(source) + count]))
    }
  }

  /// One row of tiles.
  private func compute(_ slice: TilePlan.Slice) throws(UpscaleError) {
    let scale = network.scale
    let rows =
      slice.core.lowerBound * scale..<min(slice.core.upperBound * scale, pass.output.height)
    let input = TileInput(picture: window.content, unshuffle: network.unshuffle, engine: engine)
    let target = TileOutput(bytes: band.bytes, rows: rows, format: pass.output)
    let tiles = pass.tiles.tiles(ofRow: slice)
    for (column, tile) in tiles.enumerated() {
      let place = equalTiles?.place(of: tile, column: column, in: window.content) ?? .nowhere
      if place != .nowhere {
        if case .column(let other) = place {
          copy(tiles[other].core.columns, to: tile.core.columns, rows: rows.count)
        }
        try monitor.advance(
          by: subjects.count
            * network.multiplyAdds(width: tile.padded.width, height: tile.padded.height))
        continue
      }
      for subject in subjects {
        if subject == .alpha, try skipsAlpha(column: column, tile: tile, row: slice) { continue }
        if let sums {
          try average(
            column: pass.tiles.columns[column], row: slice, subject, from: input, in: sums,
            into: target)
          continue
        }
        prepare(tile, subject, from: input)
        try run(tile, subject, into: target)
      }
    }
    let result = UnsafeMutableRawBufferPointer(
      rebasing: band.bytes[..<(rows.count * pass.output.rowByteCount)])
    alpha?.fill(result, rows: rows, from: window.content)
    bounds?.apply(to: result, rows: rows, from: window.content, on: engine.pool)
    try next(UnsafeRawBufferPointer(result))
  }

  /// Whether a tile's alpha is one value, which its bounds say without the network.
  private func skipsAlpha(
    column: Int, tile: TilePlan.Tile, row: TilePlan.Slice
  ) throws(UpscaleError) -> Bool {
    guard let bounds,
      bounds.isConstant(columns: tile.core.columns, rows: tile.core.rows, in: window.content)
    else { return false }
    for symmetry in pass.tiles.symmetries {
      let padded = pass.tiles.tile(
        column: pass.tiles.columns[column], row: row, under: symmetry
      ).padded
      try monitor.advance(by: network.multiplyAdds(width: padded.width, height: padded.height))
    }
    return true
  }

  /// Fills the network's input.
  private func prepare(
    _ tile: TilePlan.Tile, _ subject: NetworkSubject, from input: TileInput,
    symmetry: Symmetry = .identity
  ) {
    workspace.prepare(width: tile.padded.width, height: tile.padded.height)
    input.fill(workspace.input, from: tile.padded, of: subject, symmetry: symmetry)
  }

  /// Eight applications of the network, to a tile in all its positions.
  private func average(
    column: TilePlan.Slice, row: TilePlan.Slice, _ subject: NetworkSubject,
    from input: TileInput, in sums: EnsembleSums, into target: TileOutput
  ) throws(UpscaleError) {
    let upright = pass.tiles.tile(column: column, row: row, under: .identity).core
      .scaled(by: network.scale)
    let channels = network.outputChannels
    for symmetry in Symmetry.all {
      let tile = pass.tiles.tile(column: column, row: row, under: symmetry)
      prepare(tile, subject, from: input, symmetry: symmetry)
      sums.begin(symmetry, width: upright.width, height: upright.height)
      let core = tile.core.scaled(by: network.scale)
      let padded = tile.padded.scaled(by: network.scale)
      try workspace.run(
        rows: core.y - padded.y..<core.y - padded.y + core.height, on: engine, monitor: monitor
      ) { row, columns, samples in
        let (y, first) = (row + padded.y, columns.lowerBound + padded.x)
        let kept = core.columns.clamped(to: first..<first + columns.count)
        guard core.rows.contains(y), !kept.isEmpty else { return }
        sums.add(
          samples + (kept.lowerBound - first) * channels, row: y - core.y,
          columns: kept.lowerBound - core.x..<kept.upperBound - core.x)
      }
    }
    let isFinite = Atomic(true)
    engine.pool.parallelFor(upright.height) { row in
      let isGood = target.write(
        row: upright.y + row, samples: sums.average(row: row), from: upright.x,
        columns: upright.columns, channels: channels, of: subject)
      if !isGood { isFinite.store(false, ordering: .relaxed) }
    }
    try check(isFinite.load(ordering: .relaxed))
  }

  /// One application of the network to a tile, whose input is there.
  private func run(
    _ tile: TilePlan.Tile, _ subject: NetworkSubject, into target: TileOutput
  ) throws(UpscaleError) {
    let core = tile.core.scaled(by: network.scale)
    let padded = tile.padded.scaled(by: network.scale)
    let channels = network.outputChannels
    let isFinite = Atomic(true)
    try workspace.run(
      rows: core.y - padded.y..<core.y - padded.y + core.height, on: engine, monitor: monitor
    ) { row, columns, samples in
      guard core.rows.contains(row + padded.y) else { return }
      let first = columns.lowerBound + padded.x
      let isGood = target.write(
        row: row + padded.y, samples: samples, from: first,
        columns: core.columns.clamped(to: first..<first + columns.count), channels: channels,
        of: subject)
      if !isGood { isFinite.store(false, ordering: .relaxed) }
    }
    try check(isFinite.load(ordering: .relaxed))
  }

  private func check(_ isFinite: Bool) throws(UpscaleError) {
    guard isFinite else {
      throw UpscaleError(
        .badModel,
        "the sums of model '\(modelName)' overflow, so that it makes no picture; its weights are damaged "
          + "or not meant for it")
    }
  }
}
