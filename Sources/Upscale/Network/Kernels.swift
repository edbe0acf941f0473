import UpscaleKernels

#if arch(x86_64)
  import UpscaleKernelsAVX2
  import UpscaleKernelsAVX512
#endif

/// The kernels of one CPU level, chosen once.
struct Kernels: Sendable {
  let convolveRow: @Sendable (UnsafePointer<ConvolutionRow>) -> Void
  let convolveNarrow: @Sendable (UnsafePointer<NarrowRow>) -> Void
  let transformInput: @Sendable (UnsafePointer<WinogradInput>) -> Void
  let multiplyTiles: @Sendable (UnsafePointer<WinogradProduct>) -> Void
  let transformOutput: @Sendable (UnsafePointer<WinogradOutput>) -> Void
  let transformWeights: @Sendable (UnsafePointer<WinogradWeights>) -> Void
  /// For `Precision.fast`, where the level has what it takes.
  let integer: IntegerKernels?
}

extension Kernels {
  init(_ level: CPULevel) {
    #if arch(x86_64)
      switch level {
      case .avx512:
        convolveRow = convolveRowAVX512
        convolveNarrow = convolveNarrowAVX512
        transformInput = transformInputAVX512
        multiplyTiles = multiplyTilesAVX512
        transformOutput = transformOutputAVX512
        transformWeights = transformWeightsAVX512
        integer = IntegerKernels(
          transformInput: transformIntegerInputAVX512, multiplyTiles: multiplyIntegerTilesAVX512,
          roundWeights: roundWeightsAVX512)
        return
      case .avx2:
        convolveRow = convolveRowAVX2
        convolveNarrow = convolveNarrowAVX2
        transformInput = transformInputAVX2
        multiplyTiles = multiplyTilesAVX2
        transformOutput = transformOutputAVX2
        transformWeights = transformWeightsAVX2
        integer = IntegerKernels(
          transformInput: transformIntegerInputAVX2, multiplyTiles: multiplyIntegerTilesAVX2,
          roundWeights: roundWeightsAVX2)
        return
      case .baseline: break
      }
    #elseif arch(arm64)
      switch level {
      case .neon:
        convolveRow = convolveRowNEON
        convolveNarrow = convolveNarrowNEON
        transformInput = transformInputNEON
        multiplyTiles = multiplyTilesNEON
        transformOutput = transformOutputNEON
        transformWeights = transformWeightsNEON
        integer = nil
        return
      case .baseline: break
      }
    #endif
    convolveRow = convolveRowBaseline
    convolveNarrow = convolveNarrowBaseline
    transformInput = transformInputBaseline
    multiplyTiles = multiplyTilesBaseline
    transformOutput = transformOutputBaseline
    transformWeights = transformWeightsBaseline
    integer = nil
  }
}
