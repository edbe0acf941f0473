public import UpscaleKernels

/// x86-64-v4, 32 registers of 16 floats: Skylake-SP and later, Zen 4 and later.
public enum AVX512: KernelLevel {
  public typealias Vector = SIMD16<Float>
  public typealias Bits = SIMD16<Int32>
  public typealias WideTile = FourteenPixels<PixelPair<AVX512>>
  public typealias NarrowTile = FourteenPixels<PixelSingle<AVX512>>

  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    c.addingProduct(a, b)
  }
}

/// `convolveRow` at this level.
@inline(never)
public func convolveRowAVX512(_ row: UnsafePointer<ConvolutionRow>) {
  convolveRow(row.pointee, level: AVX512.self)
}

/// `transformInput` at this level.
@inline(never)
public func transformInputAVX512(_ input: UnsafePointer<WinogradInput>) {
  transformInput(input.pointee, level: AVX512.self)
}

/// `multiplyTiles` at this level.
@inline(never)
public func multiplyTilesAVX512(_ product: UnsafePointer<WinogradProduct>) {
  multiplyTiles(product.pointee, level: AVX512.self)
}

/// `transformOutput` at this level.
@inline(never)
public func transformOutputAVX512(_ output: UnsafePointer<WinogradOutput>) {
  transformOutput(output.pointee, level: AVX512.self)
}

/// `transformWeights` at this level.
@inline(never)
public func transformWeightsAVX512(_ call: UnsafePointer<WinogradWeights>) {
  transformWeights(call.pointee, level: AVX512.self)
}
