import Foundation

/// Messages and files that a bot sends.
extension State {
  mutating func sendMessage(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let chat = try target(parameters, isEdit: false, time: time)
    let text = try messageText(parameters, index)
    let reply = try reply(parameters, in: chat)
    let markup = try markup(parameters, index, inlineOnly: false)
    return sent(to: chat, index) { message in
      message.text = text
      message.replyTo = reply
      message.markup = markup
    }
  }

  /// Adds a message of the bot's.
  mutating func sent(
    to chat: Chat, _ index: Int, _ fill: (inout FakeBotAPI.Message) -> Void
  ) -> JSON {
    let message = add(to: chat.id, from: botID) { message in
      fill(&message)
      message.call = index
    }
    calls[index].messages.append(message.id)
    return json(message)
  }

  mutating func messageText(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> String {
    let text = parameters.text("text") ?? ""
    if text.allSatisfy({ $0.isWhitespace }) {
      complain("an empty text", call: index)
      throw .badRequest("message text is empty")
    }
    if text.utf16.count > 4096 {
      complain("a text of \(text.utf16.count) units", call: index)
      throw .badRequest("message is too long")
    }
    return text
  }

  mutating func caption(
    _ text: String?, _ index: Int
  ) throws(Refusal) -> String? {
    guard let text, !text.isEmpty else { return nil }
    if text.utf16.count > 1024 {
      complain("a caption of \(text.utf16.count) units", call: index)
      throw .badRequest("message caption is too long")
    }
    return text
  }

  /// The upload or known file that a parameter names.
  func file(
    _ value: String?, _ name: String, _ parameters: Parameters
  ) throws(Refusal) -> FakeBotAPI.StoredFile {
    if let upload = parameters.uploads[name] { return upload }
    guard let value, !value.isEmpty else {
      throw .badRequest("there is no \(name) in the request")
    }
    let attached = "attach://"
    if value.hasPrefix(attached) {
      guard let upload = parameters.uploads[String(value.dropFirst(attached.count))] else {
        throw .badRequest("can't find file part in the request")
      }
      return upload
    }
    if options.isLocal, value.hasPrefix("file:///"), let url = URL(string: value),
      let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
    {
      return FakeBotAPI.StoredFile(
        id: "", uniqueID: "", name: url.lastPathComponent, size: size, hash: 0, path: url.path)
    }
    guard let file = files[value] else {
      throw .badRequest("wrong file identifier/HTTP URL specified")
    }
    return file
  }

  /// Takes an uploaded file in, unless it is known already.
  mutating func keep(
    _ file: FakeBotAPI.StoredFile
  ) throws(Refusal) -> FakeBotAPI.StoredFile {
    if file.size > largestUpload { throw Refusal(413, "Request Entity Too Large") }
    if file.size == 0 { throw .badRequest("file must be non-empty") }
    return file.id.isEmpty ? register(file) : file
  }

  mutating func sendDocument(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let given = try file(parameters.text("document"), "document", parameters)
    if given.size > largestUpload { throw Refusal(413, "Request Entity Too Large") }
    let chat = try target(parameters, isEdit: false, time: time)
    let caption = try caption(parameters.text("caption"), index)
    let reply = try reply(parameters, in: chat)
    let markup = try markup(parameters, index, inlineOnly: false)
    if let thumbnail = parameters.uploads["thumbnail"] { checkThumbnail(thumbnail, index) }
    let file = try keep(given)
    return sent(to: chat, index) { message in
      message.attachment = FakeBotAPI.Attachment(kind: "document", file: file)
      message.caption = caption
      message.replyTo = reply
      message.markup = markup
    }
  }

  mutating func checkThumbnail(_ file: FakeBotAPI.StoredFile, _ index: Int) {
    guard file.size < 200_000, let size = PictureSize(of: file.path), size.isJPEG,
      size.width <= 320, size.height <= 320
    else { return complain("a thumbnail that is no JPEG of 320 pixels and 200 kB", call: index) }
  }

  func photoSize(_ file: FakeBotAPI.StoredFile) throws(Refusal) -> PictureSize {
    if file.size > 10 << 20 {
      throw .badRequest(
        "file of size \(file.size) bytes is too big for a photo; the maximum size is 10485760 bytes"
      )
    }
    guard let size = PictureSize(of: file.path) else { throw .badRequest("IMAGE_PROCESS_FAILED") }
    let (long, short) = (max(size.width, size.height), min(size.width, size.height))
    if size.width + size.height > 10_000 || short == 0 || long > short * 20 {
      throw .badRequest("PHOTO_INVALID_DIMENSIONS")
    }
    return size
  }

  mutating func photo(
    _ given: FakeBotAPI.StoredFile
  ) throws(Refusal) -> FakeBotAPI.Attachment {
    let size = try photoSize(given)
    let file = try keep(given)
    return FakeBotAPI.Attachment(
      kind: "photo", file: file, width: size.width, height: size.height,
      sizes: [.init(file: file, width: size.width, height: size.height)])
  }

  mutating func sendPhoto(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let given = try file(parameters.text("photo"), "photo", parameters)
    let chat = try target(parameters, isEdit: false, time: time)
    let caption = try caption(parameters.text("caption"), index)
    let reply = try reply(parameters, in: chat)
    let markup = try markup(parameters, index, inlineOnly: false)
    let attachment = try photo(given)
    return sent(to: chat, index) { message in
      message.attachment = attachment
      message.caption = caption
      message.replyTo = reply
      message.markup = markup
    }
  }

  mutating func sendMediaGroup(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    guard case .array(let media)? = parameters.json("media") else {
      throw .badRequest("can't parse media JSON object")
    }
    guard (2...10).contains(media.count) else {
      complain("a media group of \(media.count)", call: index)
      throw .badRequest("there must be from 2 to 10 items in the media group")
    }
    let chat = try target(parameters, isEdit: false, time: time)
    let reply = try reply(parameters, in: chat)
    let kinds = Set(media.map { $0["type"]?.asString ?? "" })
    guard kinds.isSubset(of: ["photo", "document"]) else {
      throw .badRequest("can't parse InputMedia: type is unsupported")
    }
    guard kinds.count == 1 else {
      complain("documents and photos in one media group", call: index)
      throw .badRequest("documents can't be mixed with other media types")
    }
    var items: [(FakeBotAPI.Attachment, String?)] = []
    for item in media {
      let given = try file(item["media"]?.asString, "media", parameters)
      let caption = try caption(item["caption"]?.asString, index)
      if item["type"]?.asString == "photo" {
        items.append((try photo(given), caption))
      } else {
        items.append((FakeBotAPI.Attachment(kind: "document", file: try keep(given)), caption))
      }
    }
    albumCount += 1
    let album = "\(13_840_000_000_000 + albumCount)"
    let messages = items.map { attachment, caption in
      sent(to: chat, index) { message in
        message.attachment = attachment
        message.caption = caption
        message.albumID = album
        message.replyTo = reply
      }
    }
    return .array(messages)
  }

  mutating func sendChatAction(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> JSON {
    let actions: Set = [
      "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
      "upload_document", "choose_sticker", "find_location", "record_video_note",
      "upload_video_note",
    ]
    guard actions.contains(parameters.text("action") ?? "") else {
      complain("an unknown action", call: index)
      throw .badRequest("wrong parameter action in request")
    }
    _ = try chat(parameters)
    return true
  }
}
