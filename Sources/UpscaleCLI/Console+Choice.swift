import Upscale

extension Console {
  /// Says which model `--model auto` takes, and why.
  func tell(_ choice: ModelLibrary.Choice, toReach scale: Double) {
    let summary = choice.summary
    let cost = fixed(summary.architecture.multiplyAddsPerPixel / 1e6, digits: 2)
    let others =
      choice.candidateCount == 1
      ? "the only model here that reaches"
      : "the cheapest of \(choice.candidateCount) models that reach"
    let reason =
      "\(others) x\(DecimalNumber.text(scale)) in colour "
      + "(\(cost) million multiply-adds for a pixel of the input)"
    let purpose =
      summary.entry?.summary
      ?? "\(BytePath(summary.path).text): nobody says what it was trained for"
    say("upscale: --model auto takes '\(BytePath(summary.name).text)', \(reason). \(purpose)")
    event(
      "model",
      [
        "model": .string(summary.name), "path": .string(summary.path),
        "scale": .integer(summary.architecture.scale),
        "candidates": .integer(choice.candidateCount), "reason": .string(reason),
        "purpose": .string(purpose),
      ])
  }
}
