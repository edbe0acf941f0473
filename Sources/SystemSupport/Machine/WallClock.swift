import Glibc

/// The time of day, which may be set forward and back.
package enum WallClock {
  /// Seconds since 1970.
  package static func now() -> Int { time(nil) }

  /// The same with its fraction.
  package static func preciseNow() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }
}
