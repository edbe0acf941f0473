import CCurl

/// libcurl, as this machine has it.
enum Curl {
  /// "libcurl/7.88.1 OpenSSL/3.0…", or nil where there is none.
  static var version: String? { cc_version().map { String(cString: $0) } }
}
