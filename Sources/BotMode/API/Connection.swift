import CCurl
import FoundationEssentials
import Upscale

/// A connection to the server that is kept alive between requests.
///
/// `@unchecked Sendable`: `ConnectionPool` gives it to one thread at a time; `interrupt` and `resume` may
/// be called from any.
final class Connection: @unchecked Sendable {
  private let handle: OpaquePointer

  private static let userAgent = "upscale/\(upscaleVersion)"

  /// A file of certificates that the user trusts instead of the system's.
  private static let certificates: String? = {
    guard let path = Environment["SSL_CERT_FILE"], !path.isEmpty else { return nil }
    return path
  }()

  /// - Throws: `.configuration` without libcurl, `.memory` without memory.
  init() throws(UpscaleError) {
    guard let handle = cc_connection_create() else {
      throw Curl.version == nil
        ? Curl.missing : UpscaleError(.memory(), "not enough memory for a connection")
    }
    self.handle = handle
  }

  deinit { cc_connection_destroy(handle) }

  /// Ends the request that is running, from any thread, and every further one until `resume`.
  func interrupt() { cc_connection_interrupt(handle) }

  func resume() { cc_connection_resume(handle) }

  /// Sends the request, and hands the answer to the exchange.
  func perform(_ request: HTTPRequest, _ exchange: Exchange) -> HTTPResponse {
    var texts = CStrings()
    defer { texts.free() }
    var form = ""
    var fields: [cc_field] = []
    var raw = cc_request(
      url: texts.add(request.url), user_agent: texts.add(Self.userAgent),
      certificates: Self.certificates.map { texts.add($0) },
      is_plain: request.isPlain ? 1 : 0, is_get: 0, is_repeatable: request.isRepeatable ? 1 : 0,
      form: nil, form_count: 0, fields: nil, field_count: 0,
      file_field: nil, file_name: nil, file_type: nil, file_descriptor: -1, file_count: 0,
      body_limit: Int64(request.bodyLimit), connect_seconds: Int32(request.limits.connecting),
      total_seconds: Int32(request.limits.total),
      low_speed_seconds: Int32(request.limits.standstill),
      low_speed_bytes: Int32(TimeLimits.slowest),
      context: Unmanaged.passUnretained(exchange).toOpaque(),
      take: { context, status, bytes, count in
        guard let exchange = Exchange.of(context) else { return 1 }
        let piece = UnsafeRawBufferPointer(start: bytes, count: count)
        return exchange.take(Int(status), piece) ? 0 : 1
      }, is_cancelled: nil)
    if exchange.isCancelled != nil {
      raw.is_cancelled = { context in Exchange.of(context)?.isCancelled?() == true ? 1 : 0 }
    }
    switch request.body {
    case .none:
      raw.is_get = 1
    case .form(let values):
      form = values.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
        .joined(separator: "&")
      raw.form = texts.add(form)
      raw.form_count = form.utf8.count
    case .multipart(let values, let file):
      fields = values.map { cc_field(name: texts.add($0.name), value: texts.add($0.value)) }
      raw.file_field = texts.add(file.field)
      raw.file_name = texts.add(file.name)
      raw.file_type = texts.add(file.type)
      raw.file_descriptor = file.descriptor
      raw.file_count = Int64(file.byteCount)
    }
    return withExtendedLifetime(exchange) {
      fields.withUnsafeBufferPointer { fields in
        raw.fields = fields.baseAddress
        raw.field_count = fields.count
        return HTTPResponse(cc_perform(handle, &raw))
      }
    }
  }
}

extension Exchange {
  fileprivate static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
    context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
  }
}

extension HTTPResponse {
  fileprivate init(_ raw: cc_response) {
    end =
      switch raw.end {
      case CC_DONE: .done
      case CC_INTERRUPTED: .interrupted
      case CC_STOPPED: .stopped
      case CC_TOO_LARGE: .tooLarge
      case CC_FILE_FAILED: .fileFailed(raw.file_error)
      default:
        withUnsafePointer(to: raw) { .failed(String(cString: cc_response_message($0))) }
      }
    status = Int(raw.status)
    wasSent = raw.was_sent != 0
    retryAfter =
      raw.retry_after > 0 ? Int(min(raw.retry_after, ServerNumber.longestPatience)) : nil
  }
}

/// C strings that are freed together.
private struct CStrings {
  private var pointers: [UnsafeMutablePointer<CChar>] = []

  mutating func add(_ text: String) -> UnsafePointer<CChar> {
    let bytes = text.utf8.filter { $0 != 0 }
    let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { pointer[index] = CChar(bitPattern: byte) }
    pointer[bytes.count] = 0
    pointers.append(pointer)
    return UnsafePointer(pointer)
  }

  mutating func free() {
    for pointer in pointers { pointer.deallocate() }
    pointers = []
  }
}
