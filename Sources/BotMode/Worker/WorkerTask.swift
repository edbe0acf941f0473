/// A task of the worker, which does one at a time.
package enum WorkerTask: Codable, Sendable, Equatable {
  case upscale(UpscaleTask)
  case transcode(TranscodeTask)
}
