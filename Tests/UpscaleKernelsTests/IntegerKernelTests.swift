import TestSupport
import Testing
import UpscaleKernels

@testable import Upscale

@Suite("Integer kernels equal their definition, up to the rounding to integers")
struct IntegerKernelTests {
  // MARK: Input

  @Test(
    "A window's integers are within half a unit, as fine as the limits let them be",
    arguments: integerLevels, IntegerInputCase.all)
  func input(level: CPULevel, shape: IntegerInputCase) throws {
    let kernels = try #require(Kernels(level).integer)
    // Far from 1 in both directions too: scales come from the values. One channel may stand out, so
    // that 16 bits are the limit, and not the norm.
    for (magnitude, spike) in [(1, 1), (1e-4, 1), (3e7, 1), (1, 1000)] as [(Float, Float)] {
      let values = noise(2 * shape.blockFloats, seed: 5).enumerated().map {
        $1 * magnitude * ($0 % channelBlock == 5 ? spike : 1)
      }
      let result = try shape.computed(values, kernels)
      // What errors exceed their bound by.
      var (excess, stray, limits) = (-Double.infinity, 0, IntegerLimits.inputs)
      for tile in 0..<shape.tiles {
        let windows = (0..<shape.lanes).map {
          DoubleWindow(shape.window(values, tile: tile, lane: $0))
        }
        for position in 0..<Winograd.positions {
          let scale = Double(result.scale(tile: tile, position: position))
          let integers = (0..<2 * channelBlock).map {
            result.integer(tile: tile, position: position, lane: $0)
          }
          limits.check(integers, unit: scale, values: windows.map { $0.values[position] })
          for (lane, window) in windows.enumerated() {
            let error = abs(window.values[position] - Double(integers[lane]) * scale)
            // A hundredth of a unit for the scale and its inverse, which are floats.
            excess = max(excess, error - 0.51 * scale - window.rounding[position])
          }
          stray += integers[shape.lanes...].count { $0 != 0 }
        }
      }
      #expect(excess <= 0)
      #expect(limits.areKept && limits.areUsed)
      #expect(stray == 0, "a block that is not there is zeros")
      #expect(result.isConfined)
    }
  }

  @Test("Windows of zeros give zeros and a scale", arguments: integerLevels, [true, false])
  func zeroWindows(level: CPULevel, isEnlarged: Bool) throws {
    let kernels = try #require(Kernels(level).integer)
    let shape = IntegerInputCase(tiles: 5, isEnlarged: isEnlarged, hasSecond: true)
    var values = [Float](repeating: 0, count: 2 * shape.blockFloats)
    // The first column belongs to the first window alone, and in that to the first column.
    let row = shape.pixels * channelBlock
    for start in stride(from: 0, to: values.count, by: row) {
      for lane in 0..<channelBlock { values[start + lane] = Float(lane + 1) }
    }
    let result = try shape.computed(values, kernels)
    for tile in 0..<shape.tiles {
      for position in 0..<Winograd.positions {
        let isZero = (0..<2 * channelBlock).allSatisfy {
          result.integer(tile: tile, position: position, lane: $0) == 0
        }
        let scale = result.scale(tile: tile, position: position)
        #expect(isZero == (tile > 0 || position % 6 > 0), "tile \(tile), position \(position)")
        #expect(scale > 0 && scale.isFinite)
      }
    }
  }

  // MARK: Weights

  @Test(
    "Weights are within half a unit, as fine as the limits let them be",
    arguments: integerLevels, IntegerWeightsCase.all)
  func weights(level: CPULevel, shape: IntegerWeightsCase) throws {
    let kernels = try #require(Kernels(level).integer)
    for kind in IntegerWeightsCase.Kind.allCases {
      let weights = shape.weights(kind)
      let result = try shape.computed(weights, kernels)
      // Errors in units.
      var (error, stray, limits) = (0.0, 0, IntegerLimits.weights)
      for position in 0..<Winograd.positions {
        for output in 0..<shape.group {
          var next = 0
          for (group, count) in shape.groups.enumerated() {
            let unit = Double(result.unit(position: position, group: group, output: output))
            let values = (next..<next + count).map {
              Double(weights[(position * shape.channelCount + $0) * shape.group + output])
            }
            let integers = (0..<2 * channelBlock).map {
              result.integer(position: position, group: group, lane: $0, output: output)
            }
            limits.check(integers, unit: unit, values: values)
            for (value, integer) in zip(values, integers) {
              error = max(error, abs(value / unit - Double(integer)))
            }
            stray += integers[count...].count { $0 != 0 }
            next += count
          }
        }
      }
      // A hundredth of a unit for its inverse, which is a float. Weights that do not fit in 16 bits
      // would be off by thousands.
      #expect(error <= 0.51, "\(kind)")
      #expect(limits.areKept && limits.areUsed, "\(kind)")
      #expect(stray == 0, "lanes without a channel are zeros")
      #expect(result.isConfined)
    }
  }

  // MARK: Products

  @Test(
    "Products are exact sums times scales, for any number of tiles", arguments: integerLevels,
    IntegerProductCase.all)
  func products(level: CPULevel, shape: IntegerProductCase) throws {
    let kernels = try #require(Kernels(level).integer)
    for tiles in 1...33 {
      var random = SeededRandom(seed: UInt64(tiles))
      let product = try IntegerProduct(
        shape, tiles: tiles,
        input: { _ in Int16.random(in: -8184...8184, using: &random) },
        weight: { _ in Int16.random(in: -8184...8184, using: &random) },
        scale: { Float.random(in: 0.5...2, using: &random) })
      product.multiply(kernels)
      // Each sum becomes a float, and is added as one.
      let share = Double(shape.blocks + 3) * 0x1p-24
      #expect(product.largestError <= share, "\(tiles) tiles")
      #expect(product.isConfined, "\(tiles) tiles")
    }
  }

  @Test(
    "Products that floats hold are exact to the last bit", arguments: integerLevels,
    IntegerProductCase.all)
  func exactProducts(level: CPULevel, shape: IntegerProductCase) throws {
    let kernels = try #require(Kernels(level).integer)
    for tiles in [1, 5, 14, 27] {
      var random = SeededRandom(seed: UInt64(tiles))
      // 6 * 32 * 255 * 15 is less than 2^20, and the scales are at least a quarter and at most 4: 24
      // bits hold it.
      let product = try IntegerProduct(
        shape, tiles: tiles, input: { _ in Int16.random(in: -255...255, using: &random) },
        weight: { _ in Int16.random(in: -15...15, using: &random) },
        scale: { [0.5, 1, 2].randomElement(using: &random) ?? 1 })
      product.multiply(kernels)
      #expect(product.largestError == 0, "\(tiles) tiles")
    }
  }

  @Test(
    "The largest inputs times the largest weights do not overflow", arguments: integerLevels,
    IntegerProductCase.all)
  func largestProducts(level: CPULevel, shape: IntegerProductCase) throws {
    let kernels = try #require(Kernels(level).integer)
    // Sums are the largest where weights are in proportion to inputs: spread evenly, or on the
    // fewest lanes that 16 bits allow, in a pair and beside it or in three pairs.
    #expect(IntegerLimits.inputNorm * IntegerLimits.weightNorm < 1 << 31)
    for lanes in [Array(0..<32), [0, 16, 1], [3, 14, 31]] {
      func largest(_ norm: Int) -> Int16 { Int16(Double(norm) / Double(lanes.count).squareRoot()) }
      let (input, weight) = (
        largest(IntegerLimits.inputNorm), largest(IntegerLimits.weightNorm)
      )
      try #require(lanes.count * Int(input) * Int(weight) > 2_140_000_000)
      for sign: Int16 in [1, -1] {
        for isAlternating in [false, true] {
          func signed(_ lane: Int, _ value: Int16) -> Int16 {
            guard lanes.contains(lane) else { return 0 }
            return isAlternating && lane % 2 == 1 ? -value : value
          }
          let product = try IntegerProduct(
            shape, tiles: 14, input: { sign * signed($0, input) }, weight: { signed($0, weight) },
            scale: { 1 })
          product.multiply(kernels)
          #expect(product.largestError <= Double(shape.blocks + 3) * 0x1p-24)
        }
      }
    }
  }
}

@Suite("Wavefronts in integers")
struct IntegerWavefrontTests {
  static let chains = [
    Chain(channels: [32, 16, 16, 16, 16, 32], isDense: true, width: 31, height: 18),
    Chain(channels: [64, 32, 32, 32, 32, 64], isDense: true, width: 13, height: 9),
    Chain(channels: [10, 5, 5, 10], isDense: true, width: 11, height: 9),
    Chain(channels: [24, 48, 3], isDense: false, width: 11, height: 9),
    Chain(channels: [16, 32, 16, 3], isDense: false, isEnlarged: true, width: 17, height: 9),
    Chain(channels: [3, 64], isDense: false, width: 1, height: 1),
  ]

  @Test("Fast is near exact, and not the same", arguments: integerLevels, chains)
  func nearExact(level: CPULevel, chain: Chain) throws {
    let engine = Engine(level: level, threads: 2)
    let exact = try chain.computed(on: engine, panel: 5)
    let fast = try chain.computed(on: engine, panel: 5, precision: .fast)
    let error = relativeError(fast, exact.map(Double.init))
    // These came to 5e-4 at most; with 70 dB a picture is off by 3e-4 of its range in the mean.
    #expect(error < 1e-3)
    #expect(error > 1e-5, "more than the rounding of floats")
  }

  @Test("The same bits for any number of threads and any panel", arguments: integerLevels)
  func sameBits(level: CPULevel) throws {
    for isDense in [true, false] {
      let chain = Chain(channels: [32, 32, 16, 32], isDense: isDense, width: 61, height: 51)
      let whole = try chain.computed(
        on: Engine(level: level, threads: 1), panel: 64, precision: .fast)
      for threads in 1...3 {
        let engine = Engine(level: level, threads: threads)
        for panel in [1, 3, 5, 16] {
          let cut = try chain.computed(on: engine, panel: panel, precision: .fast)
          let isSame = cut.elementsEqual(whole)
          #expect(isSame, "\(threads) threads, panels of \(panel)")
        }
      }
    }
  }
}
