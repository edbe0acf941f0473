import BotMode
import CSandboxTries
import Foundation
import Upscale

/// Makes all attempts as one user.
struct Probe {
  /// The user who makes the attempts.
  enum Who: Equatable {
    case present
    case user(UInt32)
  }

  /// Whether attempts are made inside the worker's sandbox. Outside of it, they show that they would succeed.
  let isLockedIn: Bool
  let who: Who

  /// The outcome of each try, in the table's order.
  func run() throws -> [Verdict] {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sandbox-probe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var user = -1
    if case .user(let number) = who {
      user = Int(number)
      guard chown(folder.path, number, number) == 0 else { throw Failure(code: errno) }
    }
    return Try.all().map { attempt in
      var attempt = attempt.definition
      return Verdict(st_run(&attempt, folder.path, user, isLockedIn ? lockIn : { _ in 0 }))
    }
  }

  struct Failure: Error {
    let code: Int32
  }
}

/// Enters the sandbox as a worker does.
private func lockIn(_ place: UnsafePointer<st_place>) -> Int32 {
  var settings = WorkerSettings(models: [], workFolder: String(cString: place.pointee.inside))
  settings.sandbox = .required
  do {
    _ = try WorkerSandbox.enter(
      settings, weights: [String(cString: place.pointee.model)], memory: 200 << 20, threads: 2)
    return 0
  } catch {
    FileHandle.standardError.write(Data("sandbox-probe: \(error.message)\n".utf8))
    return 1
  }
}
