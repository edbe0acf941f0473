package import Upscale

/// The pictures among the inputs, and what was skipped.
package struct Findings: Sendable {
  package var pictures: [SourcePicture] = []
  package var skipped: [(path: BytePath, reason: SkipReason)] = []
  package var failed: [(path: BytePath, error: UpscaleError)] = []

  package init() {}
}
