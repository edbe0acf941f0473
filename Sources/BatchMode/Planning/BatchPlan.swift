package import Upscale

/// Which output each picture gets; made before any work is done.
package struct BatchPlan: Sendable {
  package struct Item: Sendable {
    package let source: SourcePicture
    /// Below the folder of outputs.
    package let output: BytePath
  }

  package private(set) var items: [Item] = []
  /// Pictures that are refused since another one has the same output.
  package private(set) var refused: [(source: SourcePicture, error: UpscaleError)] = []
  /// Pictures that are left out, where outputs lie among inputs.
  package private(set) var skipped: [(path: BytePath, reason: SkipReason)] = []

  /// - Parameters:
  ///   - pictures: all that were found, those of other shards too.
  ///   - root: the folder of outputs.
  ///   - settings: format and factor.
  ///   - template: how outputs are named.
  ///   - isFlat: no folders below the outputs.
  ///   - isMixed: whether outputs lie among inputs.
  ///   - isStrict: to throw where two pictures would have one output; else the first one has it, and
  ///     the others are `refused`.
  /// - Throws: `.usage` when two pictures would have one output, or an output would be an
  ///   input: the sentence names both.
  package init(
    _ pictures: [SourcePicture], root: BytePath, settings: BatchSettings, template: NameTemplate,
    isFlat: Bool, isMixed: Bool = false, isStrict: Bool = true
  ) throws(UpscaleError) {
    let scale = settings.target?.sidesText ?? settings.scaleText
    items = pictures.map { source in
      let name = template.name(
        for: source.relative, format: settings.format ?? source.format, scale: scale)
      let folder = source.relative.folder
      let isAtTop = isFlat || folder == BytePath(".")
      return Item(
        source: source, output: isAtTop ? BytePath(bytes: name) : folder.appending(name))
    }
    try refuseCollisions(isStrict: isStrict)
    try refuseInputs(root: root, isMixed: isMixed)
  }

  /// A part of the plan.
  package func filtered<Failure: Error>(
    _ isWanted: (Item) throws(Failure) -> Bool
  ) throws(Failure) -> BatchPlan {
    var plan = self
    plan.items = []
    for item in items where try isWanted(item) { plan.items.append(item) }
    return plan
  }

  private mutating func refuseCollisions(isStrict: Bool) throws(UpscaleError) {
    var owners: [BytePath: BytePath] = [:]
    owners.reserveCapacity(items.count)
    var kept: [Item] = []
    for item in items {
      guard let owner = owners[item.output] else {
        owners[item.output] = item.source.path
        kept.append(item)
        continue
      }
      // A list may name a file twice.
      guard owner != item.source.path else { continue }
      let error = UpscaleError(
        .outputsCollide,
        "'\(owner.text)' and '\(item.source.path.text)' would both become '\(item.output.text)'")
      if isStrict { throw error }
      refused.append((item.source, error))
    }
    items = kept
  }

  /// An output must not be an input. Where they lie together, a picture that has the name of another one's
  /// output may be the output of a run whose journal is lost: neither of the two is done.
  private mutating func refuseInputs(root: BytePath, isMixed: Bool) throws(UpscaleError) {
    guard root.status() != nil else { return }
    var inputs: [FileIdentity: Int] = [:]
    inputs.reserveCapacity(items.count)
    for (index, item) in items.enumerated() { inputs[item.source.identity] = index }
    var left: Set<Int> = []
    for (index, item) in items.enumerated() {
      let path = root.appending(item.output)
      for followingLinks in [false, true] {
        guard let status = path.status(followingLinks: followingLinks),
          let input = inputs[status.identity]
        else { continue }
        if isMixed, input != index {
          if left.insert(index).inserted { skipped.append((item.source.path, .nameTaken)) }
          if left.insert(input).inserted {
            skipped.append((items[input].source.path, .namedAsOutput))
          }
          break
        }
        throw UpscaleError(
          .outputIsInput,
          "the output '\(path.text)' is the input '\(items[input].source.path.text)'; choose "
            + "another folder")
      }
    }
    if !left.isEmpty { items = items.indices.filter { !left.contains($0) }.map { items[$0] } }
  }
}
