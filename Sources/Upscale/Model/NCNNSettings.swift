import SystemSupport

/// The `key=value` words of a layer of an ncnn graph, ticked off as they are understood.
///
/// Arrays are written as `-23300-key=count,value,…` or, in newer files, as `key=value,…`.
struct NCNNSettings {
  private var values: [Int: String] = [:]
  private var left: Set<Int>
  private let layer: String

  /// Sizes of the layer's output, which let ncnn allocate memory early; they have no other effect.
  private static let shapeHints = [30, -23_330]

  init(_ words: ArraySlice<String>, layer: String) throws(UpscaleError) {
    self.layer = quoted(layer)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let key = Int(parts[0]),
        values.updateValue(String(parts[1]), forKey: key) == nil
      else {
        throw UpscaleError(.badModel, "layer \(self.layer) has a damaged setting \(quoted(word))")
      }
    }
    left = Set(values.keys).subtracting(Self.shapeHints)
  }

  func refusal(_ key: Int) -> UpscaleError {
    UpscaleError(
      .badModel,
      "layer \(layer) has setting \(key)=\(quoted(values[key] ?? "nothing")), "
        + "which no RRDBNet, SRVGGNetCompact or SPAN has")
  }

  func has(_ key: Int) -> Bool { values[key] != nil }

  mutating func ignore(_ key: Int) { left.remove(key) }

  /// Refuses settings that were not asked for: what they mean is not known.
  func finish() throws(UpscaleError) {
    if let key = left.min() { throw refusal(key) }
  }

  mutating func whole(_ key: Int, otherwise: Int? = nil) throws(UpscaleError) -> Int {
    left.remove(key)
    guard let text = values[key] else {
      if let otherwise { return otherwise }
      throw refusal(key)
    }
    guard let value = Int(text) else { throw refusal(key) }
    return value
  }

  mutating func require(_ key: Int, is expected: Int, otherwise: Int) throws(UpscaleError) {
    guard try whole(key, otherwise: otherwise) == expected else { throw refusal(key) }
  }

  /// ncnn takes a number without point or exponent for a whole one, and its bits for a fraction: 2 is
  /// then 3e-45.
  private static func fraction(_ text: String) -> Float? {
    guard let number = Float(text), number == 0 || text.contains(where: { ".eE".contains($0) })
    else { return nil }
    return number
  }

  /// The fractions of an array.
  mutating func fractions(_ key: Int) throws(UpscaleError) -> [Float] {
    left.remove(key)
    var words = (values[key] ?? "").split(separator: ",", omittingEmptySubsequences: false)[...]
    if key < 0 {
      guard let count = words.popFirst().flatMap({ Int($0) }), count == words.count else {
        throw refusal(key)
      }
    }
    let numbers = words.compactMap { Self.fraction(String($0)) }
    guard numbers.count == words.count, numbers.allSatisfy(\.isFinite) else { throw refusal(key) }
    return numbers
  }

  /// A fraction; of an array, the only one.
  mutating func fraction(_ key: Int) throws(UpscaleError) -> Float {
    let numbers = try fractions(key)
    guard numbers.count == 1 else { throw refusal(key) }
    return numbers[0]
  }

  mutating func require(_ key: Int, isNear expected: Float) throws(UpscaleError) {
    guard abs(try fraction(key) - expected) < 1e-6 else { throw refusal(key) }
  }
}
