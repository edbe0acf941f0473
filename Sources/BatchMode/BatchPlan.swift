package import Upscale

/// Which output each picture gets, decided before any work.
package struct BatchPlan: Sendable {
  package struct Item: Sendable {
    package let source: SourcePicture
    /// Below the folder of outputs.
    package let output: BytePath
  }

  package private(set) var items: [Item] = []

  /// - Parameters:
  ///   - pictures: all that were found, whoever is to do them.
  ///   - root: the folder of outputs.
  /// - Throws: kind `.usage` when two pictures would have one output, or an output would be an
  ///   input: the sentence names both.
  package init(
    _ pictures: [SourcePicture], root: BytePath, settings: BatchSettings, template: NameTemplate,
    isFlat: Bool
  ) throws(UpscaleError) {
    let scale = settings.scaleText
    items = pictures.map { source in
      let name = template.name(
        for: source.relative, format: settings.format ?? source.format, scale: scale)
      let folder = source.relative.folder
      let isAtTop = isFlat || folder == BytePath(".")
      return Item(
        source: source, output: isAtTop ? BytePath(bytes: name) : folder.appending(name))
    }
    try refuseCollisions()
    try refuseInputs(root: root)
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

  private func refuseCollisions() throws(UpscaleError) {
    var owners: [BytePath: Int] = [:]
    owners.reserveCapacity(items.count)
    var first: (Int, Int)?
    var count = 0
    for (index, item) in items.enumerated() {
      guard let owner = owners.updateValue(index, forKey: item.output) else { continue }
      // The same file named twice is no quarrel, but one of the names must go.
      first = first ?? (owner, index)
      count += 1
    }
    guard let (one, other) = first else { return }
    throw UpscaleError(
      .usage,
      "'\(items[one].source.path.text)' and '\(items[other].source.path.text)' would both become "
        + "'\(items[other].output.text)'"
        + (count > 1 ? " (and \(count - 1) more such pairs)" : "")
        + "; name outputs by --name '{name}.{ext}', or leave out --flat or --format")
  }

  private func refuseInputs(root: BytePath) throws(UpscaleError) {
    guard root.status() != nil else { return }
    var inputs: [FileIdentity: Int] = [:]
    inputs.reserveCapacity(items.count)
    for (index, item) in items.enumerated() { inputs[item.source.identity] = index }
    for item in items {
      let path = root.appending(item.output)
      for followingLinks in [false, true] {
        guard let status = path.status(followingLinks: followingLinks),
          let input = inputs[status.identity]
        else { continue }
        throw UpscaleError(
          .usage,
          "the output '\(path.text)' is the input '\(items[input].source.path.text)'; choose "
            + "another folder, or --name '{stem}_{scale}x.{ext}'")
      }
    }
  }
}
