/// A request to the server.
struct HTTPRequest {
  enum Body {
    /// None: the request is a GET.
    case none
    case form([(name: String, value: String)])
    /// The fields, and a file.
    case multipart([(name: String, value: String)], file: UploadedFile)
  }

  /// A file that is sent, open for reading.
  struct UploadedFile {
    /// The field that holds it.
    let field: String
    let name: String
    let type: String
    let descriptor: Int32
    let byteCount: Int
  }

  let url: String
  let body: Body
  /// Whether it is sent unencrypted, to this machine.
  var isPlain: Bool
  /// Whether it may be sent a second time when a kept connection turns out to be closed.
  var isRepeatable: Bool
  /// The most bytes of an answer.
  var bodyLimit: Int
  var limits: TimeLimits
}
