package import Upscale

/// What a look at the inputs gave.
package struct Findings: Sendable {
  package var pictures: [SourcePicture] = []
  package var skipped: [(path: BytePath, reason: SkipReason)] = []
  package var failed: [(path: BytePath, error: UpscaleError)] = []

  package init() {}
}
