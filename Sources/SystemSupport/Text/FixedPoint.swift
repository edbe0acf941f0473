/// A number with a fixed count of digits after the point, whatever the locale.
package func fixed(_ value: Double, digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var factor = 1
  for _ in 0..<digits { factor *= 10 }
  let scaled = Int((abs(value) * Double(factor)).rounded())
  let sign = value < 0 && scaled != 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(scaled)" }
  let fraction = String(scaled % factor)
  return "\(sign)\(scaled / factor)." + String(repeating: "0", count: digits - fraction.count)
    + fraction
}
