import SystemSupport

/// One line of an ncnn graph.
struct NCNNLayer: Sendable {
  /// What a layer computes, as far as the known networks have it.
  enum Operation: Sendable, Hashable {
    case input
    /// The same as what comes in, for one reader or several.
    case copy
    /// Of 3x3, or of 1x1, with bias, over a border of zeros; LeakyReLU or ReLU may follow.
    case convolution(outputs: Int, inputs: Int, side: Int, Slope?)
    /// PReLU with so many slopes.
    case slopes(Int)
    case leaky(Slope)
    case concatenation
    /// Nearest neighbour.
    case enlargement(Int)
    /// Bicubic, to so many quarters.
    case reduction(quarters: Int)
    case pixelShuffle(Int)
    /// Of two; each is multiplied by 0.2 first, or is not.
    case sum(isFirstScaled: Bool, isSecondScaled: Bool)
    /// Multiplication by 0.2.
    case scaling
    /// To 0…1, as every picture is in the end.
    case clamping
    /// So many numbers, one for each channel.
    case constants(Int)
    case difference
    case product
    /// Multiplication by the range of a SPAN's samples.
    case ranging(Float)
    /// Subtraction of 0.5.
    case lowering
    /// SiLU.
    case swish
    case sigmoid
  }

  /// Of LeakyReLU: RRDBNet's, SRVGGNetCompact's, and that of ReLU.
  enum Slope: Float, Sendable, CaseIterable {
    case rrdbNet = 0.2
    case compact = 0.1
    case none = 0

    init?(near value: Float) {
      guard let slope = Self.allCases.first(where: { abs($0.rawValue - value) < 1e-6 }) else {
        return nil
      }
      self = slope
    }
  }

  /// The name, quoted.
  let name: String
  let operation: Operation
  let inputs: [String]
  let outputs: [String]
  /// The layer in words: its name, kind, settings and inputs.
  let text: String

  var hasWeights: Bool {
    switch operation {
    case .convolution, .slopes: true
    default: false
    }
  }

  /// - Parameter words: of the line: kind, name, numbers of inputs and outputs, these, settings.
  /// - Throws: `.badModel`, naming the layer and its setting that no known network has.
  init(_ words: [String]) throws(UpscaleError) {
    guard words.count >= 4, let inputs = Int(words[2]), let outputs = Int(words[3]),
      (0...64).contains(inputs), (0...64).contains(outputs), words.count >= 4 + inputs + outputs
    else {
      throw UpscaleError(
        .badModel, "is damaged: \(quoted(words.joined(separator: " "))) is no layer")
    }
    name = quoted(words[1])
    self.inputs = Array(words[4..<4 + inputs])
    self.outputs = Array(words[(4 + inputs)..<(4 + inputs + outputs)])
    let rest = words[(4 + inputs + outputs)...]
    text = Self.text(words[1], kind: words[0], settings: rest, inputs: self.inputs)
    var settings = try NCNNSettings(rest, layer: words[1])
    operation = try Self.operation(words[0], &settings, name: words[1], inputs: inputs)
    try settings.finish()
    guard Self.inputs(of: operation).contains(inputs),
      outputs == 1 || words[0] == "Split" && outputs > 0
    else {
      throw UpscaleError(
        .badModel,
        "layer \(text) has \(inputs) inputs and \(outputs) outputs, "
          + "as in no RRDBNet, SRVGGNetCompact or SPAN")
    }
  }

  private static func text(
    _ name: String, kind: String, settings: ArraySlice<String>, inputs: [String]
  ) -> String {
    var text = kind
    if !settings.isEmpty { text += " " + settings.prefix(6).joined(separator: " ") }
    text = String(quoted(text).dropFirst().dropLast())
    if !inputs.isEmpty {
      text += " of " + inputs.prefix(2).map(quoted).joined(separator: " and ")
      if inputs.count > 2 { text += " and \(inputs.count - 2) more" }
    }
    return "\(quoted(name)) (\(text))"
  }

  /// Whether it changes nothing that a picture keeps.
  var isPassive: Bool { operation == .copy || operation == .clamping }

  /// The slope of what it or its activation does to negative numbers, where that is fixed.
  var slope: Slope? {
    switch operation {
    case .leaky(let slope): slope
    case .convolution(_, _, _, let slope): slope
    default: nil
    }
  }

  /// How many inputs a layer may have.
  private static func inputs(of operation: Operation) -> ClosedRange<Int> {
    switch operation {
    case .input, .constants: 0...0
    case .concatenation: 2...64
    case .sum, .difference, .product: 2...2
    default: 1...1
    }
  }

  private static func operation(
    _ kind: String, _ settings: inout NCNNSettings, name: String, inputs: Int
  ) throws(UpscaleError) -> Operation {
    switch kind {
    case "Input":
      // Hints about the size, without effect.
      for key in [0, 1, 2, 11] { settings.ignore(key) }
      return .input
    case "Split", "Noop": return .copy
    case "Convolution": return try convolution(&settings)
    case "PReLU":
      let count = try settings.whole(0)
      guard (1...65_536).contains(count) else { throw settings.refusal(0) }
      return .slopes(count)
    case "ReLU":
      guard settings.has(0) else { return .leaky(.none) }
      guard let slope = Slope(near: try settings.fraction(0)) else { throw settings.refusal(0) }
      return .leaky(slope)
    case "Concat":
      // Channels are the first axis of three.
      guard [0, -3].contains(try settings.whole(0, otherwise: 0)) else {
        throw settings.refusal(0)
      }
      return .concatenation
    case "Interp": return try interpolation(&settings)
    case "PixelShuffle":
      try settings.require(1, is: 0, otherwise: 0)
      let factor = try settings.whole(0)
      guard (1...16).contains(factor) else { throw settings.refusal(0) }
      return .pixelShuffle(factor)
    case "BinaryOp": return try binary(&settings)
    case "MemoryData":
      // Width, height and depth: one number for each channel.
      for key in [0, 1, 11] { try settings.require(key, is: 1, otherwise: 1) }
      // Whether they are stored as floats.
      try settings.require(21, is: 1, otherwise: 1)
      let count = try settings.whole(2)
      guard (1...4).contains(count) else { throw settings.refusal(2) }
      return .constants(count)
    case "Swish": return .swish
    case "Sigmoid": return .sigmoid
    case "Eltwise": return try elementwise(&settings)
    case "Clip":
      try settings.require(0, isNear: 0)
      try settings.require(1, isNear: 1)
      return .clamping
    default:
      throw UpscaleError(
        .badModel,
        "layer \(quoted(name)) is a \(quoted(kind)), "
          + "which no RRDBNet, SRVGGNetCompact or SPAN has")
    }
  }

  private static func convolution(_ settings: inout NCNNSettings) throws(UpscaleError) -> Operation
  {
    let side = try settings.whole(1)
    guard side == 3 || side == 1 else { throw settings.refusal(1) }
    try settings.require(11, is: side, otherwise: side)
    for key in [2, 12, 3, 13] { try settings.require(key, is: 1, otherwise: 1) }
    try settings.require(4, is: side / 2, otherwise: 0)
    for key in [14, 15, 16] { try settings.require(key, is: side / 2, otherwise: side / 2) }
    try settings.require(5, is: 1, otherwise: 0)
    try settings.require(7, is: 1, otherwise: 1)
    for key in [8, 19] { try settings.require(key, is: 0, otherwise: 0) }
    if settings.has(18) { try settings.require(18, isNear: 0) }
    // Which of the engine's optimisations may be used.
    settings.ignore(31)
    let activation = try settings.whole(9, otherwise: 0)
    var slope: Slope?
    switch activation {
    case 0: break
    case 1: slope = Slope.none
    case 2:
      let key = settings.has(10) ? 10 : -23_310
      slope = Slope(near: try settings.fraction(key))
      guard slope != nil else { throw settings.refusal(key) }
    default: throw settings.refusal(9)
    }
    let outputs = try settings.whole(0)
    let weights = try settings.whole(6)
    guard (1...65_536).contains(outputs), (1...1 << 40).contains(weights),
      weights % (outputs * side * side) == 0
    else { throw settings.refusal(6) }
    return .convolution(
      outputs: outputs, inputs: weights / (outputs * side * side), side: side, slope)
  }

  private static func interpolation(
    _ settings: inout NCNNSettings
  ) throws(UpscaleError) -> Operation {
    let kind = try settings.whole(0, otherwise: 0)
    guard kind == 1 || kind == 3 else { throw settings.refusal(0) }
    // A size instead of a factor, sampling at corners.
    for key in [3, 4, 5, 6] { try settings.require(key, is: 0, otherwise: 0) }
    let factor = try settings.fraction(1)
    if kind == 3 {
      let quarters = 4 * factor
      guard [2, 3].contains(quarters) else { throw settings.refusal(1) }
      try settings.require(2, isNear: factor)
      return .reduction(quarters: Int(quarters))
    }
    guard (1...16).contains(factor), factor == factor.rounded() else { throw settings.refusal(1) }
    try settings.require(2, isNear: factor)
    return .enlargement(Int(factor))
  }

  private static func binary(_ settings: inout NCNNSettings) throws(UpscaleError) -> Operation {
    let hasScalar = try settings.whole(1, otherwise: 0) != 0
    guard hasScalar else {
      settings.ignore(2)
      switch try settings.whole(0, otherwise: 0) {
      case 0: return .sum(isFirstScaled: false, isSecondScaled: false)
      case 1: return .difference
      case 2: return .product
      default: throw settings.refusal(0)
      }
    }
    switch try settings.whole(0, otherwise: 0) {
    case 0:
      try settings.require(2, isNear: -0.5)
      return .lowering
    case 1:
      try settings.require(2, isNear: 0.5)
      return .lowering
    case 2:
      let factor = try settings.fraction(2)
      guard abs(factor) <= PictureNormalization.limit, factor != 0 else {
        throw settings.refusal(2)
      }
      return abs(factor - 0.2) < 1e-6 ? .scaling : .ranging(factor)
    default: throw settings.refusal(0)
    }
  }

  private static func elementwise(_ settings: inout NCNNSettings) throws(UpscaleError) -> Operation
  {
    try settings.require(0, is: 1, otherwise: 0)
    let key = settings.has(1) ? 1 : -23_301
    let factors = settings.has(key) ? try settings.fractions(key) : []
    if factors.isEmpty { return .sum(isFirstScaled: false, isSecondScaled: false) }
    func isNear(_ value: Float, _ expected: Float) -> Bool { abs(value - expected) < 1e-6 }
    guard factors.count == 2, factors.allSatisfy({ isNear($0, 0.2) || isNear($0, 1) }) else {
      throw settings.refusal(key)
    }
    return .sum(isFirstScaled: isNear(factors[0], 0.2), isSecondScaled: isNear(factors[1], 0.2))
  }
}
