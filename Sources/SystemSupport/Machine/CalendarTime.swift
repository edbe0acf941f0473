import Glibc

/// A moment as people write it.
package struct CalendarTime: Sendable {
  package let year: Int
  /// From 1 to 12.
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int

  /// A moment in the time zone of this machine.
  ///
  /// - Parameter secondsSince1970: nil is returned where no calendar reaches so far.
  package init?(local secondsSince1970: Int) {
    var moment = time_t(secondsSince1970)
    var parts = tm()
    guard localtime_r(&moment, &parts) != nil else { return nil }
    self.init(parts)
  }

  /// A moment in universal time.
  package init?(universal secondsSince1970: Int) {
    var moment = time_t(secondsSince1970)
    var parts = tm()
    guard gmtime_r(&moment, &parts) != nil else { return nil }
    self.init(parts)
  }

  private init(_ parts: tm) {
    year = Int(parts.tm_year) + 1900
    month = Int(parts.tm_mon) + 1
    day = Int(parts.tm_mday)
    hour = Int(parts.tm_hour)
    minute = Int(parts.tm_min)
    second = Int(parts.tm_sec)
  }
}
