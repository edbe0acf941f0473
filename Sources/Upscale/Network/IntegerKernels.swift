import UpscaleKernels

/// The kernels of convolutions in integers.
struct IntegerKernels: Sendable {
  let transformInput: @Sendable (UnsafePointer<IntegerInput>) -> Void
  let multiplyTiles: @Sendable (UnsafePointer<WinogradProduct>) -> Void
  let roundWeights: @Sendable (UnsafePointer<IntegerWeights>) -> Void
}
