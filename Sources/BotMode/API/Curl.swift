import CCurl
import Upscale

/// The libcurl of this machine.
enum Curl {
  /// "libcurl/7.88.1 OpenSSL/3.0…", or nil where there is none.
  static var version: String? { cc_version().map { String(cString: $0) } }

  /// Bytes of address space that libcurl and its libraries take.
  private static let mappedBytes = 48 << 20

  static var missing: UpscaleError {
    if let scarcity = Scarcity.ofDescriptors { return scarcity }
    return Machine.addressSpaceLeft() < mappedBytes
      ? UpscaleError(
        .memory(),
        "not enough memory to load libcurl; raise the limits of this process (ulimit -v, ulimit -d)"
      )
      : UpscaleError(
        .configuration, "the bot needs libcurl 7.85 or later: apt-get install libcurl4")
  }
}
