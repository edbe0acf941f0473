import SystemSupport

/// The tuples, lists and dictionaries that a pickle makes; values name them by number.
///
/// Values may be nested up to a depth: whoever goes through them needs no more of the stack.
struct PickleContainers {
  private(set) var tuples: [[PickleValue]] = []
  private(set) var lists: [[PickleValue]] = []
  /// Entries whose keys are text.
  private(set) var dictionaries: [[String: PickleValue]] = []
  // How deep the values in each are nested.
  private var tupleDepths: [Int] = []
  private var listDepths: [Int] = []
  private var dictionaryDepths: [Int] = []

  /// How deep values may be nested.
  static let depthLimit = 100

  static let tooDeep = UpscaleError(
    .badModel, "has a pickle whose values are nested more than \(depthLimit) deep")

  /// What a tuple or a list holds; nil for other values.
  func items(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let number): tuples[number]
    case .list(let number): lists[number]
    default: nil
    }
  }

  private func depth(of value: PickleValue) -> Int {
    switch value {
    case .tuple(let number): tupleDepths[number]
    case .list(let number): listDepths[number]
    case .dictionary(let number): dictionaryDepths[number]
    default: 0
    }
  }

  private func depth(around items: some Sequence<PickleValue>) throws(UpscaleError) -> Int {
    let depth = 1 + (items.lazy.map(depth).max() ?? 0)
    guard depth <= Self.depthLimit else { throw Self.tooDeep }
    return depth
  }

  mutating func makeTuple(_ items: [PickleValue]) throws(UpscaleError) -> PickleValue {
    tupleDepths.append(try depth(around: items))
    tuples.append(items)
    return .tuple(tuples.count - 1)
  }

  mutating func makeList(_ items: [PickleValue]) throws(UpscaleError) -> PickleValue {
    listDepths.append(try depth(around: items))
    lists.append(items)
    return .list(lists.count - 1)
  }

  mutating func makeDictionary(
    _ items: [String: PickleValue]
  ) throws(UpscaleError) -> PickleValue {
    dictionaryDepths.append(try depth(around: items.values))
    dictionaries.append(items)
    return .dictionary(dictionaries.count - 1)
  }

  mutating func append(_ items: [PickleValue], toList number: Int) throws(UpscaleError) {
    listDepths[number] = max(listDepths[number], try depth(around: items))
    lists[number] += items
  }

  /// Sets keys to values, one after the other.
  mutating func set(
    _ items: [PickleValue], inDictionary number: Int
  ) throws(UpscaleError) {
    guard items.count % 2 == 0 else { throw PickleMachine.damaged }
    dictionaryDepths[number] = max(dictionaryDepths[number], try depth(around: items))
    for index in stride(from: 0, to: items.count, by: 2) {
      // Other keys than text (an optimiser's numbers) lead to nothing that is looked for.
      guard case .text(let key) = items[index] else { continue }
      guard dictionaries[number].updateValue(items[index + 1], forKey: key) == nil else {
        throw UpscaleError(.badModel, "has two entries \(quoted(key)) in one dictionary")
      }
    }
  }
}
