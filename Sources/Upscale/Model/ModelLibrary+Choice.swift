public import SystemSupport

extension ModelLibrary {
  /// A model that was chosen for its cost.
  public struct Choice: Sendable {
    /// The model, loaded.
    public let model: Model
    /// What a list says of it.
    public let summary: ModelSummary
    /// How many models serve, this one included.
    public let candidateCount: Int
  }

  /// Chooses the cheapest model that serves.
  ///
  /// A model serves if it takes and gives colour, has a scale of its own that is not below the one that is
  /// asked for, so that one application is enough, and can be loaded. Cheapest is what has the fewest
  /// multiply-adds for a pixel of the input. What a model was trained for is in no file: nothing is known
  /// of how well it serves.
  ///
  /// - Parameter scale: the factor to reach.
  /// - Returns: the model, and what it was chosen from.
  /// - Throws: `.badModel` if none serves; as `list`.
  public func cheapest(toReach scale: Double) throws(UpscaleError) -> Choice {
    let models = try list().models
    let colourful = models.filter {
      let channels = $0.architecture.channels
      return channels.input >= 3 && channels.output >= 3
    }
    var candidates = colourful.filter { Double($0.architecture.scale) >= scale }
    var failure: UpscaleError?
    // Of equal ones the first of the list: what comes along goes before files.
    while let best = candidates.indices.min(by: {
      candidates[$0].architecture.multiplyAddsPerPixel
        < candidates[$1].architecture.multiplyAddsPerPixel
    }) {
      let summary = candidates[best]
      do throws(UpscaleError) {
        let model = try ModelReference(summary.name).load(from: self)
        return Choice(model: model, summary: summary, candidateCount: candidates.count)
      } catch {
        // Its numbers are bad, or it is gone: the next one.
        guard error.cause == .badModel else { throw error }
        failure = error
        candidates.remove(at: best)
      }
    }
    if let failure { throw failure }
    let wanted = DecimalNumber.text(scale)
    let greatest = colourful.max { $0.architecture.scale < $1.architecture.scale }
    throw UpscaleError(
      .badModel,
      "no model reaches x\(wanted) in one application"
        + (greatest.map {
          "; the greatest scale is x\($0.architecture.scale) of '\($0.name)', which is applied as often as "
            + "it takes if it is asked for by name"
        } ?? ""))
  }
}
