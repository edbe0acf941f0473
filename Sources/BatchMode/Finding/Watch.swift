import Upscale

/// Finds out which of the files in watched folders are new and complete.
///
/// A file is complete when its size and modification time stay the same for some seconds. One that
/// changes later is new again.
struct Watch {
  /// Seconds for which a file must not change.
  static let rest = 3.0
  /// The least number of seconds between two searches of the folders.
  static let pause = 2.0

  private struct Sighting: Equatable {
    let size: Int
    let modified: Int
    /// When it was first seen so, in seconds of the monotonic clock.
    var since: Double
    var isTold = false
  }

  private var sightings: [BytePath: Sighting] = [:]

  /// The part of the findings that is new and complete. Each file is returned once, and again after it
  /// has changed.
  ///
  /// - Parameters:
  ///   - findings: all that was found.
  ///   - now: seconds of the monotonic clock.
  ///   - date: seconds since 1970, to recognise files that have not changed for long when they are found.
  /// - Returns: the part of `findings` that is new.
  mutating func news(in findings: Findings, now: Double, date: Double) -> Findings {
    var news = Findings()
    var present: [BytePath: Sighting] = [:]
    func isNew(_ path: BytePath, size: Int, modified: Int) -> Bool {
      var sighting = Sighting(size: size, modified: modified, since: now)
      if let before = sightings[path], before.size == size, before.modified == modified {
        sighting = before
      }
      let age = date - Double(modified) * 1e-9
      let isResting = now - sighting.since >= Self.rest || age >= Self.rest
      defer { present[path] = sighting }
      guard isResting, !sighting.isTold else { return false }
      sighting.isTold = true
      return true
    }
    for picture in findings.pictures
    where isNew(picture.path, size: picture.size, modified: picture.modified) {
      news.pictures.append(picture)
    }
    for (path, error) in findings.failed {
      let status = path.status(followingLinks: false)
      if isNew(path, size: status?.size ?? 0, modified: status?.modificationTime ?? 0) {
        news.failed.append((path, error))
      }
    }
    for (path, reason) in findings.skipped {
      let status = path.status(followingLinks: false)
      if isNew(path, size: status?.size ?? 0, modified: status?.modificationTime ?? 0) {
        news.skipped.append((path, reason))
      }
    }
    sightings = present
    return news
  }
}
