import BotMode
import Foundation
import Synchronization
import TestSupport
import Testing
import Upscale

/// Workers with work folders of their own.
struct WorkerHarness {
  let folder: TemporaryFolder
  let worker: WorkerProcess
  let settings: WorkerSettings

  /// A network of a few weights, which is computed quickly.
  static let tinyModel = Checkout.path("Tests/Golden/tiny/srvgg-x2.safetensors")
  static let quickModel = "realesr-animevideov3"
  static let slowModel = "realesrgan-x4plus"
  static let photo = Checkout.path("Tests/Fixtures/cat.jpg")

  /// The worker of the built executable.
  init(
    models: [String] = [tinyModel], patience: WorkerProcess.Patience = WorkerProcess.Patience(),
    adjusting adjust: (inout WorkerSettings) -> Void = { _ in }
  ) throws {
    try self.init(
      models: models, program: BuiltProgram.upscale, arguments: ["bot-worker"], patience: patience,
      log: { _ in }, adjusting: adjust)
  }

  /// A worker that is played by a line of shell.
  init(
    script: String, patience: WorkerProcess.Patience = WorkerProcess.Patience(),
    log: @escaping @Sendable (String) -> Void = { _ in },
    adjusting adjust: (inout WorkerSettings) -> Void = { _ in }
  ) throws {
    try self.init(
      models: [Self.tinyModel], program: "/bin/sh", arguments: ["-c", script], patience: patience,
      log: log, adjusting: adjust)
  }

  private init(
    models: [String], program: String, arguments: [String], patience: WorkerProcess.Patience,
    log: @escaping @Sendable (String) -> Void, adjusting adjust: (inout WorkerSettings) -> Void
  ) throws {
    folder = try TemporaryFolder()
    var settings = WorkerSettings(models: models, workFolder: folder.url.path)
    settings.threads = 2
    settings.maxMemory = 800_000_000
    adjust(&settings)
    self.settings = settings
    worker = WorkerProcess(
      settings, patience: patience, program: program, arguments: arguments, log: log)
  }

  /// A task for a picture in the work folder.
  func task(
    _ picture: Picture, as format: PictureFormat = .png, model: String = tinyModel,
    scale: Double? = nil, into result: PictureFormat = .png, byteLimit: Int = 50_000_000
  ) throws -> WorkerTask {
    try task(
      PictureEncoder.encode(picture, as: format), model: model, scale: scale, into: result,
      byteLimit: byteLimit)
  }

  /// A task for a file's contents.
  func task(
    _ bytes: [UInt8], model: String = tinyModel, scale: Double? = nil,
    into result: PictureFormat = .png, byteLimit: Int = 50_000_000
  ) throws -> WorkerTask {
    let name = "in-\(UUID().uuidString)"
    return WorkerTask(
      .upscale(model: model, scale: scale), input: try folder.write(bytes, as: name),
      output: folder.path(name + "-result"), format: result, byteLimit: byteLimit)
  }

  /// The picture in a result's file.
  func picture(_ result: WorkerResult) throws -> DecodedPicture {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: result.file.path)))
    #expect(bytes.count == result.file.bytes)
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.info.format == result.file.format)
    #expect(decoded.picture.width == result.file.width)
    #expect(decoded.picture.height == result.file.height)
    return decoded
  }

  /// What a request fails with; nil if it does not.
  static func failure<Result>(
    _ body: () throws(WorkerFailure) -> Result
  ) -> WorkerFailure? {
    do throws(WorkerFailure) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  /// Why a request is refused.
  static func reason<Result>(
    _ body: () throws(WorkerFailure) -> Result
  ) -> WorkerRefusal.Reason? {
    if case .refused(let refusal) = failure(body) { return refusal.reason }
    return nil
  }

  /// How a worker ended under a request.
  static func crash<Result>(
    _ body: () throws(WorkerFailure) -> Result
  ) -> WorkerEnd? {
    if case .crashed(let end) = failure(body) { return end }
    return nil
  }
}

/// Waits until a condition holds, ten minutes at most.
func holds(within seconds: Double = 600, _ condition: () -> Bool) -> Bool {
  let end = Date.now.addingTimeInterval(seconds)
  while Date.now < end {
    if condition() { return true }
    usleep(10_000)
  }
  return condition()
}
