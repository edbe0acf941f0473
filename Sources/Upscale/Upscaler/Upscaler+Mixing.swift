import Pictures

/// What mixing a plain enlargement into the result takes.
///
/// The network hands on a row of tiles when all of it is computed, while rows of the input come before: those
/// wait for the network's.
extension Upscaler {
  /// Bytes without the rows that wait for the network.
  func plainByteCount(from input: RowFormat, to output: RowFormat) -> Int {
    PlainEnlargement.byteCount(from: input, to: output) + output.rowByteCount
      + resamplingRows(from: input, to: output) * input.rowByteCount
  }

  /// Bytes of the picture's rows that wait for a pass.
  func waitingBytes(_ pass: WorkPlan.Pass, of picture: RowFormat) -> Int {
    strength < 1 ? waitingRows(pass, of: picture) * picture.rowByteCount : 0
  }

  /// How many of the picture's rows wait for all passes at most.
  func waitingRows(_ passes: [WorkPlan.Pass], from input: RowFormat, to output: RowFormat) -> Int {
    passes.reduce(resamplingRows(from: input, to: output)) { $0 + waitingRows($1, of: input) }
  }

  /// How many rows of the picture make the rows that a pass holds.
  private func waitingRows(_ pass: WorkPlan.Pass, of picture: RowFormat) -> Int {
    let factor = max(1, pass.input.height / max(1, picture.height))
    return (NetworkStage.windowRows(pass.tiles, pass.input) + factor - 1) / factor + 1
  }

  /// How many rows wait for the resampling of network and picture, with those that are read at once.
  private func resamplingRows(from input: RowFormat, to output: RowFormat) -> Int {
    let step = (input.height + output.height - 1) / max(1, output.height)
    // Colours are spread in blocks.
    let spread = input.layout.hasAlpha ? 2 * ColorSpread.blockRows : 0
    return WorkPlan.rowsAtOnce(of: input) + 8 * (step + 1) + spread
  }
}
