import Upscale

/// Downloads and uploads.
extension BotAPI {
  /// Saves a file of `getFile`; a file at `path` is replaced, and after a failure there is none.
  ///
  /// - Parameters:
  ///   - filePath: as `File` has it.
  ///   - path: where to.
  ///   - limit: the most bytes; a larger file ends in `.tooLarge`.
  ///   - expecting: how many bytes it has, where that is known: any other number is a failure.
  ///   - isCancelled: is asked several times a second.
  /// - Returns: how many bytes.
  /// - Throws: `.tooLarge`, `.interrupted`, `.local`, ….
  @discardableResult
  func download(
    _ filePath: String, to path: String, limit: Int, expecting: Int64? = nil,
    isCancelled: (() -> Bool)? = nil
  ) throws(BotAPIError) -> Int {
    let file: SavedFile
    do {
      file = try SavedFile(path)
    } catch {
      throw .local(redacted(error))
    }
    do throws(BotAPIError) {
      let count: Int
      if isLocal, filePath.hasPrefix("/") {
        count = try copy(
          filePath, to: file, limit: limit, isCancelled: isCancelled)
      } else {
        count = try fetch(
          filePath, to: file, limit: limit, isCancelled: isCancelled)
      }
      if let expecting, count < expecting {
        throw .network("the download broke off", mayHaveTakenEffect: false)
      }
      // This is not the file but, most likely, a page of a proxy.
      if let expecting, count > expecting {
        throw .garbled(status: 200, mayHaveTakenEffect: false)
      }
      do throws(UpscaleError) {
        try file.finish()
      } catch {
        throw .local(redacted(error))
      }
      return count
    } catch {
      file.discard()
      throw error
    }
  }

  /// Sends a file, read from the disk piece by piece.
  ///
  /// - Parameters:
  ///   - chat: where.
  ///   - path: the file.
  ///   - fileName: as the user sees it; made harmless first (`UploadName`).
  ///   - mimeType: "image/png", ….
  ///   - caption: plain, at most 1024 UTF-16 units.
  ///   - replyTo: the message that this one answers.
  ///   - markup: buttons.
  ///   - isCancelled: is asked several times a second.
  /// - Returns: the identifier of the new message.
  /// - Throws: as the others, `.interrupted` and `.local`.
  func sendDocument(
    chat: Int64, path: String, fileName: String, mimeType: String, caption: String? = nil,
    replyTo: Int64? = nil, markup: Markup? = nil,
    isCancelled: (() -> Bool)? = nil
  ) throws(BotAPIError) -> Int64 {
    let source = try openForReading(path)
    let parameters: Parameters = [
      "chat_id": "\(chat)", "caption": caption,
      "reply_parameters": Self.replyParameters(replyTo), "reply_markup": markup?.json,
      // Otherwise Telegram makes a sticker of a WebP and a video of a GIF.
      "disable_content_type_detection":
        ["image/webp", "image/gif"].contains(mimeType) ? "true" : nil,
    ]
    return try source.file.withDescriptor { (descriptor) throws(BotAPIError) -> Int64 in
      let request = HTTPRequest(
        url: root.method("sendDocument", token),
        body: .multipart(
          fields(parameters),
          file: HTTPRequest.UploadedFile(
            field: "document", name: UploadName.sanitised(fileName), type: mimeType,
            descriptor: descriptor, byteCount: source.byteCount)),
        isPlain: root.isPlain, isRepeatable: false, bodyLimit: Self.answerLimit,
        limits: transferLimits)
      let sent: SentMessage = try perform(
        request, pool: calls, isCancelled: isCancelled)
      return sent.id
    }
  }

  private var transferLimits: TimeLimits {
    TimeLimits(
      connecting: timeouts.connecting, total: 0,
      standstill: isLocal ? timeouts.localStandstill : timeouts.standstill)
  }

  private func fetch(
    _ filePath: String, to file: SavedFile, limit: Int,
    isCancelled: (() -> Bool)?
  ) throws(BotAPIError) -> Int {
    guard let url = root.file(filePath, token) else {
      throw .garbled(status: 200, mayHaveTakenEffect: false)
    }
    let request = HTTPRequest(
      url: url, body: .none, isPlain: root.isPlain, isRepeatable: true, bodyLimit: limit,
      limits: transferLimits)
    var words: [UInt8] = []
    var trouble: UpscaleError?
    let exchange = Exchange(
      take: { status, bytes in
        guard status == 200 else {
          words.append(contentsOf: bytes.prefix(65536 - words.count))
          return words.count < 65536
        }
        do throws(UpscaleError) {
          try file.write(bytes)
          return true
        } catch {
          trouble = error
          return false
        }
      }, isCancelled: isCancelled)
    let response = try calls.withConnection { connection throws(BotAPIError) in
      connection.perform(request, exchange)
    }
    if let trouble { throw .local(redacted(trouble)) }
    if response.status >= 400, let refusal = refusal(in: words, response) { throw refusal }
    guard case .done = response.end, response.status == 200 else {
      if case .done = response.end {
        throw .garbled(status: response.status, mayHaveTakenEffect: false)
      }
      // Not the file but a page of a proxy, which is larger than the picture may be.
      if case .tooLarge = response.end, response.status != 200 {
        throw .garbled(status: response.status, mayHaveTakenEffect: false)
      }
      throw failure(response)
    }
    return file.byteCount
  }

  /// Copies the file of a local server, whose disk this process can read.
  private func copy(
    _ source: String, to file: SavedFile, limit: Int,
    isCancelled: (() -> Bool)?
  ) throws(BotAPIError) -> Int {
    let source = try openForReading(source)
    guard source.byteCount <= limit else { throw .tooLarge }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    while true {
      if isCancelled?() == true { throw .interrupted }
      let count: Int
      do throws(SystemFailure) {
        count = try source.file.read(into: piece)
      } catch {
        throw .local(error.reading("the server's file"))
      }
      guard count > 0 else { return file.byteCount }
      guard file.byteCount + count <= limit else { throw .tooLarge }
      do throws(UpscaleError) {
        try file.write(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      } catch {
        throw .local(redacted(error))
      }
    }
  }

  private func openForReading(_ path: String) throws(BotAPIError) -> SentFile {
    do {
      return try SentFile(path)
    } catch {
      throw .local(redacted(error))
    }
  }

  private func redacted(_ error: UpscaleError) -> UpscaleError {
    UpscaleError(error.cause, redaction.redacted(error.message))
  }
}
