import Foundation

// Control by HTTP, for scripts: POST /control/NAME with a JSON object, answered by a JSON object
// (status 400 and {"error": "…"} when the request makes no sense).
//
//   user        {id, name?, username?, language?}
//   group       {id, title?, super?}
//   text        {user, text}                                       + place → {message}
//   photo       {user, path, width?, height?, caption?}            + place → {message}
//   document    {user, path | size, declared_size?, name?, type?, caption?} + place → {message}
//   sticker     {user, path, width?, height?, animated?, video?}   + place → {message}
//   media       {user, kind?, path?, name?, type?, caption?}       + place → {message}
//   album       {user, items: [{kind: photo | document, path, name?, type?}], caption?} + place
//               → {messages}
//     (place: group?, reply? – a message of the same chat; the private chat by default)
//   press       {user, message, data | label, group?} → {query}
//   delete      {user, message, group?}
//   block, unblock {user}
//   migrate     {user, group, to}
//   update      {update: {…}}                    an update as it is
//   repeat      {id?} → {id}                     an update once more, by default the newest
//   jump        {to}                             the number of the next update
//   expire      {}                               buttons pressed until now cannot be answered
//   webhook     {url?}
//   fault       {method, kind, times?, skipping?, …}  kind is one of: status {code, words?},
//               too_many_requests {retry_after}, bad_request {words}, unauthorized, forbidden,
//               conflict, html_bad_gateway, redirect {to}, reset_before_body, reset_after_body,
//               reset_after_effect, slow_body {bytes_per_second}, truncated_json, garbled_json,
//               deep_json {depth}, reset_in_body, short_body, hang {seconds},
//               hang_after_effect {seconds}, slow_upload {bytes_per_second}
//   clear       {}                               no more faults
//   rate        {rate, seed?}                    faults by chance
//   options     {nulls?, omits_sizes?, reverses_sizes?, odd_paths?, local?, ignores_timeout?,
//               slows_spinning?, flood?, privacy?} → all of them
//   away        {seconds}                        unreachable for a while
//   calls       {since?} → {calls: [{index, time, end?, method, http, connection, fields,
//               uploads: {NAME: {name?, type?, size, hash, path}}, status?, refusal?, retry_after?,
//               took_effect, delivered, fault?, by_chance, messages}]}
//   messages    {chat, deleted?} → {messages: [{message, from_bot, date, text?, caption?, reply?,
//               markup?, buttons, deleted, earlier, call?, kind?, file?: {…}, album?}]}
//   violations  {} → {violations}
//   counters    {} → {pending, confirmed_offset, next_update_id, polls, polled, calls, violations,
//               unanswered: [query]}
//   answers     {query} → {calls}                how the bot answered a press
//   commands    {language?} → {commands, description?, short_description?}
//   quit        {}

extension FakeBotAPI {
  /// Whether a script has asked for the end of the program.
  public var isQuitWanted: Bool { look { $0.isQuitWanted } }

  /// As a script's `quit`.
  public func quit() { change { $0.isQuitWanted = true } }

  /// What is wrong with a request to /control/.
  private struct Nonsense: Error {
    var words: String
  }

  /// Does what a script asks for.
  func control(_ name: String, _ body: [UInt8]) -> Response {
    do {
      let request = body.isEmpty ? .object([:]) : JSON(bytes: body)
      guard case .object? = request, let request else {
        throw Nonsense(words: "the body is no JSON object")
      }
      return Response(body: .bytes(Array(try control(name, request).text.utf8)))
    } catch {
      let words = (error as? Nonsense)?.words ?? "\(error)"
      return Response(
        status: 400, body: .bytes(Array(JSON.object(["error": .string(words)]).text.utf8)))
    }
  }

  private func control(_ name: String, _ request: JSON) throws -> JSON {
    switch name {
    case "user":
      _ = user(
        id: try integer(request, "id"), name: request["name"]?.asString ?? "Ann",
        username: request["username"]?.asString, language: request["language"]?.asString)
    case "group":
      _ = group(
        id: try integer(request, "id"), title: request["title"]?.asString ?? "Pictures",
        isSuper: request["super"]?.asBool ?? false)
    case "text", "photo", "document", "sticker", "media", "album":
      return try send(name, request)
    case "press":
      let (person, message) = (try person(request), Int(try integer(request, "message")))
      let group = try givenGroup(request)
      let query =
        if let label = request["label"]?.asString {
          person.presses(label: label, on: message, in: group)
        } else {
          person.presses(try text(request, "data"), on: message, in: group)
        }
      guard let query else { throw Nonsense(words: "no button has that label") }
      return ["query": .string(query)]
    case "delete":
      try person(request).deletes(Int(try integer(request, "message")), in: givenGroup(request))
    case "block": try person(request).blocksBot()
    case "unblock": try person(request).unblocksBot()
    case "migrate":
      guard let group = try givenGroup(request) else { throw Nonsense(words: "which group?") }
      group.migrates(to: try integer(request, "to"), by: try person(request))
    case "calls":
      let since = Int(request["since"]?.asInteger ?? 0)
      return ["calls": .array(calls.dropFirst(since).map { $0.json })]
    case "messages":
      let chat = try integer(request, "chat")
      let all = request["deleted"]?.asBool == true ? allMessages(in: chat) : messages(in: chat)
      return ["messages": .array(all.map { $0.json })]
    default: return try steer(name, request)
    }
    return [:]
  }

  private func steer(_ name: String, _ request: JSON) throws -> JSON {
    switch name {
    case "update":
      guard let update = request["update"] else { throw Nonsense(words: "which update?") }
      enqueue(rawUpdate: update)
    case "repeat":
      guard let id = repeatUpdate(request["id"]?.asInteger) else {
        throw Nonsense(words: "no such update")
      }
      return ["id": .integer(id)]
    case "jump": jumpUpdateIDs(to: try integer(request, "to"))
    case "expire": expireCallbacks()
    case "webhook": setWebhook(request["url"]?.asString)
    case "fault":
      inject(
        Fault(
          method: try text(request, "method"), kind: try Self.kind(request),
          times: Int(request["times"]?.asInteger ?? 1),
          skipping: Int(request["skipping"]?.asInteger ?? 0)))
    case "clear": clearFaults()
    case "rate":
      setFaultRate(
        request["rate"]?.asNumber ?? 0, seed: UInt64(request["seed"]?.asInteger ?? 1))
    case "options": return setOptions(request)
    case "away":
      let seconds = request["seconds"]?.asNumber ?? 1
      Thread.detachNewThread { [self] in
        goAway()
        Thread.sleep(forTimeInterval: seconds)
        try? comeBack()
      }
    case "violations": return ["violations": .array(violations.map { .string($0) })]
    case "counters":
      return [
        "pending": .integer(Int64(pendingUpdates)), "confirmed_offset": .integer(confirmedOffset),
        "next_update_id": .integer(nextUpdateID), "polls": .integer(Int64(pollCount)),
        "polled": .bool(isPolled), "calls": .integer(Int64(calls.count)),
        "violations": .integer(Int64(violations.count)),
        "unanswered": .array(unansweredCallbacks.map { .string($0) }),
      ]
    case "answers":
      return ["calls": .array(callbackAnswers(try text(request, "query")).map { $0.json })]
    case "commands":
      let language = request["language"]?.asString ?? ""
      return [
        "commands": look { $0.commands["default/" + language] ?? [] },
        "description": botDescription(language: language).map { .string($0) } ?? nil,
        "short_description": botShortDescription(language: language).map { .string($0) } ?? nil,
      ]
    case "quit": quit()
    default: throw Nonsense(words: "there is no /control/\(name)")
    }
    return [:]
  }

  // MARK: What people do

  private func send(_ name: String, _ request: JSON) throws -> JSON {
    let person = try person(request)
    var way = Way.privately
    way.group = try givenGroup(request)
    way.reply = request["reply"]?.asInteger.map { Int($0) }
    let caption = request["caption"]?.asString
    let message: Int
    switch name {
    case "text": message = person.sends(try text(request, "text"), way)
    case "photo":
      let bytes = try bytes(request)
      let size = try size(request, of: bytes)
      message = person.sendsPhoto(
        bytes, width: size.width, height: size.height, caption: caption, way)
    case "document":
      let size = request["size"]?.asInteger ?? request["declared_size"]?.asInteger
      let path = request["path"]?.asString
      message = person.sendsDocument(
        path == nil ? [] : try bytes(request), declaredSize: size.map { Int($0) },
        name: request["name"]?.asString ?? (path as NSString?)?.lastPathComponent,
        type: request["type"]?.asString, caption: caption, way)
    case "sticker":
      let bytes = try bytes(request)
      let size = (try? size(request, of: bytes)) ?? (width: 512, height: 512)
      message = person.sendsSticker(
        bytes, width: size.width, height: size.height,
        isAnimated: request["animated"]?.asBool ?? false,
        isVideo: request["video"]?.asBool ?? false, way)
    case "media":
      message = person.sendsMedia(
        request["kind"]?.asString ?? "animation",
        request["path"] == nil ? [0] : try bytes(request),
        name: request["name"]?.asString ?? "clip.mp4",
        type: request["type"]?.asString ?? "video/mp4", caption: caption, way)
    default:
      let items = try (request["items"]?.items ?? []).map { item -> Item in
        let content = try bytes(item)
        if item["kind"]?.asString == "document" {
          return .document(
            content, name: item["name"]?.asString, type: item["type"]?.asString)
        }
        let size = try size(item, of: content)
        return .photo(content, width: size.width, height: size.height)
      }
      let messages = person.sendsAlbum(items, caption: caption, way)
      return ["messages": .array(messages.map { .integer(Int64($0)) })]
    }
    return ["message": .integer(Int64(message))]
  }

  private func integer(_ request: JSON, _ name: String) throws -> Int64 {
    guard let value = request[name]?.asInteger else {
      throw Nonsense(words: "'\(name)' is to be a whole number")
    }
    return value
  }

  private func text(_ request: JSON, _ name: String) throws -> String {
    guard let value = request[name]?.asString else {
      throw Nonsense(words: "'\(name)' is to be a string")
    }
    return value
  }

  private func person(_ request: JSON) throws -> User {
    let id = try integer(request, "user")
    guard let user = look({ $0.chats[id]?.user }) else { throw Nonsense(words: "no such user") }
    return user
  }

  private func givenGroup(_ request: JSON) throws -> Group? {
    guard let id = request["group"]?.asInteger else { return nil }
    guard look({ $0.chats[id] }) != nil else { throw Nonsense(words: "no such group") }
    return Group(id: id, server: self)
  }

  private func bytes(_ request: JSON) throws -> [UInt8] {
    let path = try text(request, "path")
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Nonsense(words: "cannot read '\(path)'")
    }
    return Array(data)
  }

  private func size(_ request: JSON, of bytes: [UInt8]) throws -> (width: Int, height: Int) {
    if let width = request["width"]?.asInteger, let height = request["height"]?.asInteger {
      return (Int(width), Int(height))
    }
    guard let size = PictureSize(bytes: bytes) else {
      throw Nonsense(words: "say 'width' and 'height' of a picture that is no PNG, JPEG or WebP")
    }
    return (size.width, size.height)
  }

  // MARK: Settings

  private static func kind(_ request: JSON) throws -> Fault.Kind {
    let words = request["words"]?.asString ?? ""
    let seconds = request["seconds"]?.asNumber ?? 1
    let rate = Int(request["bytes_per_second"]?.asInteger ?? 1000)
    switch request["kind"]?.asString {
    case "status": return .status(Int(request["code"]?.asInteger ?? 500), words)
    case "too_many_requests":
      return .tooManyRequests(retryAfter: Int(request["retry_after"]?.asInteger ?? 1))
    case "bad_request": return .badRequest(words)
    case "unauthorized": return .unauthorized
    case "forbidden": return .forbidden
    case "conflict": return .conflict
    case "html_bad_gateway": return .htmlBadGateway
    case "redirect": return .redirect(to: request["to"]?.asString ?? "/")
    case "reset_before_body": return .resetBeforeBody
    case "reset_after_body": return .resetAfterBody
    case "reset_after_effect": return .resetAfterEffect
    case "slow_body": return .slowBody(bytesPerSecond: rate)
    case "truncated_json": return .truncatedJSON
    case "garbled_json": return .garbledJSON
    case "deep_json": return .deepJSON(Int(request["depth"]?.asInteger ?? 100_000))
    case "reset_in_body": return .resetInBody
    case "short_body": return .shortBody
    case "hang": return .hang(seconds: seconds)
    case "hang_after_effect": return .hangAfterEffect(seconds: seconds)
    case "slow_upload": return .slowUpload(bytesPerSecond: rate)
    default: throw Nonsense(words: "there is no such kind of fault")
    }
  }

  private func setOptions(_ request: JSON) -> JSON {
    let names: [(String, WritableKeyPath<Options, Bool>)] = [
      ("nulls", \.writesNulls), ("omits_sizes", \.omitsFileSizes),
      ("reverses_sizes", \.reversesPhotoSizes), ("odd_paths", \.usesOddFilePaths),
      ("local", \.isLocal), ("ignores_timeout", \.ignoresPollTimeout),
      ("slows_spinning", \.slowsSpinningPolls), ("privacy", \.hasPrivacyMode),
    ]
    return change { state in
      for (name, path) in names {
        if let value = request[name]?.asBool { state.options[keyPath: path] = value }
      }
      if let value = request["flood"]?.asBool { state.options.flood = value ? Flood() : nil }
      var all: [String: JSON] = ["flood": .bool(state.options.flood != nil)]
      for (name, path) in names { all[name] = .bool(state.options[keyPath: path]) }
      return .object(all)
    }
  }
}

// MARK: What scripts read

extension FakeBotAPI.StoredFile {
  var json: FakeBotAPI.JSON {
    var members: [String: FakeBotAPI.JSON] = [
      "size": .integer(Int64(size)), "path": .string(path),
      "hash": .string(String(hash, radix: 16)),
    ]
    if let name { members["name"] = .string(name) }
    if let type { members["type"] = .string(type) }
    return .object(members)
  }
}

extension FakeBotAPI.Call {
  /// The call as a script sees it.
  public var json: FakeBotAPI.JSON {
    var members: [String: FakeBotAPI.JSON] = [
      "index": .integer(Int64(index)), "time": .real(time), "method": .string(method),
      "http": .string(httpMethod), "connection": .integer(Int64(connection)),
      "fields": .object(fields.mapValues { .string($0) }),
      "uploads": .object(uploads.mapValues { $0.json }), "took_effect": .bool(tookEffect),
      "delivered": .bool(wasDelivered), "by_chance": .bool(isFaultRandom),
      "messages": .array(messages.map { .integer(Int64($0)) }),
    ]
    if let endTime { members["end"] = .real(endTime) }
    if let status { members["status"] = .integer(Int64(status)) }
    if let refusal { members["refusal"] = .string(refusal) }
    if let retryAfter { members["retry_after"] = .integer(Int64(retryAfter)) }
    if let fault { members["fault"] = .string("\(fault)") }
    return .object(members)
  }
}

extension FakeBotAPI.Message {
  /// The message as a script sees it.
  public var json: FakeBotAPI.JSON {
    var members: [String: FakeBotAPI.JSON] = [
      "message": .integer(Int64(id)), "from_bot": .bool(isFromBot),
      "date": .integer(Int64(date)), "deleted": .bool(isDeleted),
      "earlier": .array(earlierTexts.map { .string($0) }),
      "buttons": .array(
        buttons.map { row in
          .array(
            row.map { ["text": .string($0.text), "data": $0.data.map { .string($0) } ?? nil] })
        }),
    ]
    if let text { members["text"] = .string(text) }
    if let caption { members["caption"] = .string(caption) }
    if let replyTo { members["reply"] = .integer(Int64(replyTo)) }
    if let markup { members["markup"] = markup }
    if let call { members["call"] = .integer(Int64(call)) }
    if let albumID { members["album"] = .string(albumID) }
    if let attachment {
      members["kind"] = .string(attachment.kind)
      members["file"] = attachment.file.json
    }
    return .object(members)
  }
}
