// On other architectures it is compiled in debug builds only, so that tests keep it correct.
#if arch(arm64) || UPSCALE_ALL_LEVELS
  /// Every 64-bit ARM: 32 registers of 4 floats.
  public enum NEON: KernelLevel {
    public typealias Vector = SIMD4<Float>
    public typealias Bits = SIMD4<Int32>
    public typealias WideTile = TwelvePixels<PixelPair<NEON>>
    public typealias NarrowTile = TwelvePixels<PixelSingle<NEON>>

    @_alwaysEmitIntoClient @inline(__always)
    public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
      // Elsewhere the fused one would be a library call for each lane.
      #if arch(arm64)
        c.addingProduct(a, b)
      #else
        a * b + c
      #endif
    }

    @_alwaysEmitIntoClient @inline(__always)
    public static func total(_ value: Vector) -> Float { laneTotal(value) }
  }

  /// `convolveNarrow` at this level.
  @inline(never)
  public func convolveNarrowNEON(_ row: UnsafePointer<NarrowRow>) {
    convolveNarrow(row.pointee, level: NEON.self)
  }

  /// `convolveRow` at this level.
  @inline(never)
  public func convolveRowNEON(_ row: UnsafePointer<ConvolutionRow>) {
    convolveRow(row.pointee, level: NEON.self)
  }

  /// `transformInput` at this level.
  @inline(never)
  public func transformInputNEON(_ input: UnsafePointer<WinogradInput>) {
    transformInput(input.pointee, level: NEON.self)
  }

  /// `multiplyTiles` at this level.
  @inline(never)
  public func multiplyTilesNEON(_ product: UnsafePointer<WinogradProduct>) {
    multiplyTiles(product.pointee, level: NEON.self)
  }

  /// `transformOutput` at this level.
  @inline(never)
  public func transformOutputNEON(_ output: UnsafePointer<WinogradOutput>) {
    transformOutput(output.pointee, level: NEON.self)
  }

  /// `transformWeights` at this level.
  @inline(never)
  public func transformWeightsNEON(_ call: UnsafePointer<WinogradWeights>) {
    transformWeights(call.pointee, level: NEON.self)
  }
#endif
