// On ARM itself NEON is one of the levels that all tests go through.
#if UPSCALE_ALL_LEVELS && !arch(arm64)
  import Testing
  import UpscaleKernels

  @testable import Upscale

  @Suite("ARM's register tiles, with this machine's instructions")
  struct NEONTests {
    private let engine = Engine(
      level: .baseline,
      kernels: Kernels(
        convolveRow: convolveRowNEON, convolveNarrow: convolveNarrowNEON,
        transformInput: transformInputNEON,
        multiplyTiles: multiplyTilesNEON, transformOutput: transformOutputNEON,
        transformWeights: transformWeightsNEON, integer: nil), threads: 2)

    @Test("The direct convolution equals its definition", arguments: ConvolutionCase.all)
    func directConvolution(shape: ConvolutionCase) throws {
      #expect(try shape.error(on: engine) < 2e-6)
    }

    @Test("So does the one with few outputs", arguments: NarrowConvolutionTests.cases)
    func narrowConvolution(shape: (Int, Int, Int)) throws {
      #expect(try narrowError(engine.kernels, shape) < 2e-6)
    }

    @Test("So does a wavefront, with every register tile", arguments: 1...14)
    func wavefront(tiles: Int) throws {
      for isDense in [true, false] {
        let chain = Chain(
          channels: [24, 32, 16, 10], isDense: isDense, width: 4 * tiles - tiles % 3, height: 6)
        let values = try chain.computed(on: engine, panel: 64)
        #expect(relativeError(values, chain.reference()) < 1e-5)
      }
    }

    @Test("And one that enlarges its input")
    func enlarged() throws {
      let chain = Chain(
        channels: [16, 32, 3], isDense: false, isEnlarged: true, width: 9, height: 5)
      let values = try chain.computed(on: engine, panel: 3)
      #expect(relativeError(values, chain.reference()) < 1e-5)
    }
  }
#endif
