/// A number of bytes as people read it: "512 MiB".
public func byteCountText(_ count: Int) -> String {
  var value = Double(count)
  for unit in ["bytes", "KiB", "MiB"] {
    if value < 1024 { return text(value, unit) }
    value /= 1024
  }
  return text(value, "GiB")

  func text(_ value: Double, _ unit: String) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 || value >= 100
      ? "\(Int(value.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
  }
}

/// An amount that is too large, and what is allowed, as texts that differ.
///
/// - Parameters:
///   - amount: in bytes.
///   - limit: in bytes.
/// - Returns: both as people read them; exact where that rounds them to the same.
package func byteCountTexts(_ amount: Int, of limit: Int) -> (amount: String, limit: String) {
  let (first, second) = (byteCountText(amount), byteCountText(limit))
  guard first == second, amount != limit else { return (first, second) }
  return ("\(grouped(amount)) bytes", "\(grouped(limit)) bytes")
}

/// The same of numbers: "101 million", "100 million"; exact where rounding makes them alike.
///
/// - Parameters:
///   - amount: what is too much.
///   - limit: what is allowed.
/// - Returns: both as people read them.
package func countTexts(_ amount: Int, of limit: Int) -> (amount: String, limit: String) {
  func text(_ count: Int) -> String {
    count >= 1_000_000 ? "\((Double(count) / 1e6).rounded().magnitudeText) million" : grouped(count)
  }
  let (first, second) = (text(amount), text(limit))
  guard first == second, amount != limit else { return (first, second) }
  return (grouped(amount), grouped(limit))
}

extension Double {
  fileprivate var magnitudeText: String { grouped(Int(self)) }
}

/// 1234567 as "1,234,567".
private func grouped(_ number: Int) -> String {
  let digits = String(max(0, number))
  return String(
    digits.enumerated().flatMap { index, digit -> [Character] in
      index > 0 && (digits.count - index).isMultiple(of: 3) ? [",", digit] : [digit]
    })
}
