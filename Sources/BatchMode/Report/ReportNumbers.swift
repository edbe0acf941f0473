import SystemSupport

/// Numbers as the page shows them; the same in every locale.
enum ReportNumbers {
  /// "12,345"
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Rounded to `digits` after the point, of which trailing zeros are left out.
  static func decimal(_ number: Double, digits: Int) -> String {
    guard number.isFinite, number.magnitude < 1e12 else { return "–" }
    var factor = 1
    for _ in 0..<digits { factor *= 10 }
    let scaled = Int((number.magnitude * Double(factor)).rounded())
    var text = (number < 0 && scaled > 0 ? "-" : "") + grouped(scaled / factor)
    var fraction = String(scaled % factor + factor).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    if digits > 0, !fraction.isEmpty { text += "." + fraction }
    return text
  }

  /// About two significant digits, and no fewer than all whole ones: 0.31, 3.4, 42, 1,234.
  static func brief(_ number: Double) -> String {
    decimal(number, digits: number.magnitude < 1 ? 2 : number.magnitude < 100 ? 1 : 0)
  }

  /// A value and its unit: ("34.5", "Mpx").
  static func pixels(_ count: Int) -> (String, String) {
    count < 1_000_000_000
      ? (brief(Double(count) / 1e6), "Mpx") : (brief(Double(count) / 1e9), "Gpx")
  }

  /// "340 ms", "3.4 s", "2 min 5 s", "3 h 20 min"
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds > 0, seconds < 0.0005 { return "< 1 ms" }
    if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 59.95 { return "\(decimal(seconds, digits: 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    let minutes = Int((seconds / 60).rounded())
    return "\(grouped(minutes / 60)) h \(minutes % 60) min"
  }

  /// "25 November 2025, 14:05", in the time zone of this machine.
  static func date(_ secondsSince1970: Int) -> String {
    guard let time = CalendarTime(local: secondsSince1970) else { return "–" }
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return
      "\(time.day) \(months[time.month - 1]) \(time.year), \(two(time.hour)):\(two(time.minute))"
  }
}
