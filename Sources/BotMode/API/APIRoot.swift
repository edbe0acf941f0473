package import Upscale

/// The server that speaks the Bot API.
package struct APIRoot: Sendable, Hashable {
  package static let telegram = APIRoot(text: "https://api.telegram.org", isLoopback: false)

  /// Without a slash at its end.
  package let text: String
  /// Whether it is this machine.
  package let isLoopback: Bool

  private init(text: String, isLoopback: Bool) {
    self.text = text
    self.isLoopback = isLoopback
  }

  /// - Throws: `.usage` for what is no address, or one that would carry the token in the clear.
  package init(_ address: String) throws(UpscaleError) {
    throw UpscaleError(.usage, "to come")
  }
}
