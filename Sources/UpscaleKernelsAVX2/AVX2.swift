public import UpscaleKernels

/// x86-64-v3, 16 registers of 8 floats: Haswell and later, Zen and later.
public enum AVX2: KernelLevel {
  public typealias Vector = SIMD8<Float>
  public typealias Bits = SIMD8<Int32>
  public typealias WideTile = SixPixels<PixelPair<AVX2>>
  public typealias NarrowTile = SixPixels<PixelSingle<AVX2>>

  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    c.addingProduct(a, b)
  }
}

/// `convolveRow` at this level.
@inline(never)
public func convolveRowAVX2(_ row: UnsafePointer<ConvolutionRow>) {
  convolveRow(row.pointee, level: AVX2.self)
}

/// `transformInput` at this level.
@inline(never)
public func transformInputAVX2(_ input: UnsafePointer<WinogradInput>) {
  transformInput(input.pointee, level: AVX2.self)
}

/// `multiplyTiles` at this level.
@inline(never)
public func multiplyTilesAVX2(_ product: UnsafePointer<WinogradProduct>) {
  multiplyTiles(product.pointee, level: AVX2.self)
}

/// `transformOutput` at this level.
@inline(never)
public func transformOutputAVX2(_ output: UnsafePointer<WinogradOutput>) {
  transformOutput(output.pointee, level: AVX2.self)
}

/// `transformWeights` at this level.
@inline(never)
public func transformWeightsAVX2(_ call: UnsafePointer<WinogradWeights>) {
  transformWeights(call.pointee, level: AVX2.self)
}
