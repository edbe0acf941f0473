/// What goes to the server in one request.
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
  /// Whether it goes to this machine in the clear.
  var isPlain: Bool
  /// Whether it may go out a second time when a connection that was kept alive is dead.
  var isRepeatable: Bool
  /// The most bytes of an answer.
  var bodyLimit: Int
  var limits: TimeLimits
}
