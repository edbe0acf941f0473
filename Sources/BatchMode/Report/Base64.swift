/// `bytes` in the base64 of RFC 4648, with padding.
func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  let padding = UInt8(ascii: "=")
  let size = (bytes.count + 2) / 3 * 4
  return String(unsafeUninitializedCapacity: size) { target in
    var place = 0
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let second = start + 1 < bytes.count ? bytes[start + 1] : 0
      let third = start + 2 < bytes.count ? bytes[start + 2] : 0
      let group = Int(bytes[start]) << 16 | Int(second) << 8 | Int(third)
      target[place] = digits[group >> 18]
      target[place + 1] = digits[group >> 12 & 63]
      target[place + 2] = start + 1 < bytes.count ? digits[group >> 6 & 63] : padding
      target[place + 3] = start + 2 < bytes.count ? digits[group & 63] : padding
      place += 4
    }
    return size
  }
}
