/// All values that a known network computes on the way from its input to its output, numbered.
///
/// A foreign graph is the same network if each of its layers computes one of these values, and the last
/// one the output. How it writes them down (fused or not, which layers copy, in which order a sum's
/// operands come) does not matter.
struct NetworkGraph {
  /// How a value is computed. Operands are given by their numbers.
  private enum Value: Hashable {
    case input
    /// A picture of `factor` times `factor` smaller ones.
    case unshuffled(Int, factor: Int)
    /// By the layer of this number among those with weights.
    case convolved(Int, layer: Int)
    case slanted(Int, layer: Int)
    case leaky(Int, NCNNLayer.Slope)
    case reduced(Int, quarters: Int)
    case joined([Int])
    case enlarged(Int, factor: Int)
    case shuffled(Int, factor: Int)
    /// Times 0.2.
    case scaled(Int)
    /// In ascending order.
    case sum(Int, Int)
    case clamped(Int)
    /// The means of a picture's channels, and the picture without them, times their range, or both.
    case means
    case centered
    case ranged(Int)
    /// SiLU.
    case swish(Int)
    case sigmoid(Int)
    /// Less 0.5.
    case lowered(Int)
    /// In ascending order.
    case product(Int, Int)
  }

  private var numbers: [Value: Int] = [:]
  private var output = 0
  /// Of a SPAN's samples.
  private var range: Float?

  init(_ architecture: Architecture) {
    switch architecture {
    case .rrdbNet(let shape): add(shape)
    case .srvggNetCompact(let shape): add(shape)
    case .span(let shape): add(shape)
    }
  }

  // MARK: Known networks

  private mutating func add(_ value: Value) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = numbers.count
    return numbers.count - 1
  }

  private mutating func addSum(_ first: Int, _ second: Int) -> Int {
    add(.sum(min(first, second), max(first, second)))
  }

  private mutating func add(_ shape: RRDBNetShape) {
    var layer = 0
    func convolved(_ source: Int) -> Value {
      defer { layer += 1 }
      return .convolved(source, layer: layer)
    }
    var value = add(.input)
    if shape.unshuffle > 1 { value = add(.unshuffled(value, factor: shape.unshuffle)) }
    value = add(convolved(value))
    let first = value
    for _ in 0..<shape.blocks {
      let block = value
      for _ in 0..<3 {
        var maps = [value]
        for _ in 0..<4 {
          let convolution = add(convolved(maps.count == 1 ? maps[0] : add(.joined(maps))))
          maps.append(add(.leaky(convolution, .rrdbNet)))
        }
        let last = add(convolved(add(.joined(maps))))
        value = addSum(add(.scaled(last)), value)
      }
      value = addSum(add(.scaled(value)), block)
    }
    value = addSum(add(convolved(value)), first)
    for _ in 0..<shape.upsamplings {
      value = add(.leaky(add(convolved(add(.enlarged(value, factor: 2)))), .rrdbNet))
    }
    value = add(.leaky(add(convolved(value)), .rrdbNet))
    output = add(convolved(value))
    _ = add(.clamped(output))
  }

  private mutating func add(_ shape: SRVGGNetCompactShape) {
    let input = add(.input)
    var value = input
    let slope: NCNNLayer.Slope? =
      switch shape.activation {
      case .pReLU: nil
      case .reLU: NCNNLayer.Slope.none
      case .leakyReLU: .compact
      }
    var layer = 0
    for convolution in 0...shape.convolutions + 1 {
      value = add(.convolved(value, layer: layer))
      layer += 1
      guard convolution <= shape.convolutions else { break }
      if let slope {
        value = add(.leaky(value, slope))
      } else {
        value = add(.slanted(value, layer: layer))
        layer += 1
      }
    }
    var base = input
    if shape.shuffle > 1 {
      value = add(.shuffled(value, factor: shape.shuffle))
      base = add(.enlarged(input, factor: shape.shuffle))
    }
    output = addSum(value, base)
    if shape.scale != shape.shuffle {
      output = add(.reduced(output, quarters: 4 * shape.scale / shape.shuffle))
    }
    _ = add(.clamped(output))
  }

  /// SiLU, and the sigmoid that some graphs make it of.
  private mutating func addSwish(_ value: Int) -> Int {
    _ = add(.sigmoid(value))
    return add(.swish(value))
  }

  private mutating func add(_ shape: SPANShape) {
    var layer = 0
    func convolved(_ source: Int) -> Value {
      defer { layer += 1 }
      return .convolved(source, layer: layer)
    }
    var value = add(.input)
    if shape.normalization.mean.contains(where: { $0 != 0 }) {
      _ = add(.means)
      value = add(.centered)
    }
    if shape.normalization.range != 1 {
      range = shape.normalization.range
      value = add(.ranged(value))
    }
    let first = add(convolved(value))
    var (firstBlock, inner) = (first, first)
    value = first
    for block in 1...SPANShape.blocks {
      inner = addSwish(add(convolved(value)))
      let last = add(convolved(addSwish(add(convolved(inner)))))
      let factor = add(.lowered(add(.sigmoid(last))))
      let sum = addSum(last, value)
      value = add(.product(min(sum, factor), max(sum, factor)))
      if block == 1 { firstBlock = value }
    }
    value = add(convolved(value))
    value = add(convolved(add(.joined([first, value, firstBlock, inner]))))
    value = add(convolved(value))
    if shape.scale > 1 { value = add(.shuffled(value, factor: shape.scale)) }
    output = value
    _ = add(.clamped(output))
  }

  // MARK: Foreign graphs

  /// Whether a value is the network's output. Clamping it changes nothing: samples are clamped anyway.
  func isOutput(_ value: Int) -> Bool {
    value == output || value == numbers[.clamped(output)]
  }

  /// The number of the value that a layer computes.
  ///
  /// - Parameters:
  ///   - operation: the layer's.
  ///   - sources: the values that it reads.
  ///   - number: how many layers with weights came before it.
  /// - Returns: nil if the network has no such value.
  func value(of operation: NCNNLayer.Operation, _ sources: [Int], number: Int) -> Int? {
    switch operation {
    case .input: return numbers[.input]
    case .copy: return sources[0]
    case .convolution(_, _, _, let slope):
      let sum = numbers[.convolved(sources[0], layer: number)]
      return slope.map { slope in sum.flatMap { numbers[.leaky($0, slope)] } } ?? sum
    case .slopes: return numbers[.slanted(sources[0], layer: number)]
    case .leaky(let slope): return numbers[.leaky(sources[0], slope)]
    case .reduction(let quarters): return numbers[.reduced(sources[0], quarters: quarters)]
    case .concatenation: return numbers[.joined(sources)]
    case .enlargement(let factor):
      return factor == 1 ? sources[0] : numbers[.enlarged(sources[0], factor: factor)]
    case .pixelShuffle(let factor):
      return factor == 1 ? sources[0] : numbers[.shuffled(sources[0], factor: factor)]
    case .scaling: return numbers[.scaled(sources[0])]
    case .clamping: return numbers[.clamped(sources[0])]
    case .constants: return numbers[.means]
    case .difference:
      return sources == [numbers[.input], numbers[.means]] ? numbers[.centered] : nil
    case .ranging(let factor): return factor == range ? numbers[.ranged(sources[0])] : nil
    case .swish: return numbers[.swish(sources[0])]
    case .sigmoid: return numbers[.sigmoid(sources[0])]
    case .lowering: return numbers[.lowered(sources[0])]
    case .product:
      return numbers[
        .product(min(sources[0], sources[1]), max(sources[0], sources[1]))]
        ?? swish(of: sources)
    case .sum(let isFirstScaled, let isSecondScaled):
      guard let first = isFirstScaled ? numbers[.scaled(sources[0])] : sources[0],
        let second = isSecondScaled ? numbers[.scaled(sources[1])] : sources[1]
      else { return nil }
      return numbers[.sum(min(first, second), max(first, second))]
    }
  }

  /// SiLU that is written as a value times its sigmoid.
  private func swish(of sources: [Int]) -> Int? {
    for (value, factor) in [(sources[0], sources[1]), (sources[1], sources[0])]
    where numbers[.sigmoid(value)] == factor {
      return numbers[.swish(value)]
    }
    return nil
  }
}
