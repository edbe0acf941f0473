import CNettle

/// SHA-256 digests, by libnettle (which uses the CPU's SHA instructions where there are any).
package enum SHA256 {
  /// The digest of `bytes` in 64 lower-case hexadecimal digits.
  package static func hexDigest(_ bytes: UnsafeRawBufferPointer) -> String {
    hexadecimal(digest(bytes))
  }

  /// Bytes as lower-case hexadecimal digits.
  static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The digest of `bytes`: 32 bytes.
  package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    digest { $0(bytes) }
  }

  /// The digest of bytes that `source` hands over in pieces.
  package static func digest(
    _ source: (_ feed: (UnsafeRawBufferPointer) -> Void) -> Void
  ) -> [UInt8] {
    var context = sha256_ctx()
    nettle_sha256_init(&context)
    source { bytes in
      guard let start = bytes.baseAddress else { return }
      nettle_sha256_update(&context, bytes.count, start.assumingMemoryBound(to: UInt8.self))
    }
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
    nettle_sha256_digest(&context, digest.count, &digest)
    return digest
  }
}
