/// Work for the worker: one at a time.
package enum WorkerTask: Codable, Sendable, Equatable {
  case upscale(UpscaleTask)
  case transcode(TranscodeTask)
}
