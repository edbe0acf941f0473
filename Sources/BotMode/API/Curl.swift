import CCurl
import Upscale

/// libcurl, as this machine has it.
enum Curl {
  /// "libcurl/7.88.1 OpenSSL/3.0…", or nil where there is none.
  static var version: String? { cc_version().map { String(cString: $0) } }

  static let missing = UpscaleError(
    .badModel, "the bot needs libcurl 7.85 or later: apt-get install libcurl4")
}
