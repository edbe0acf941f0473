/// Texts about results, and about pictures without one.
extension Texts {
  func caption(_ picture: FinishedPicture, of source: PictureOffer) -> String {
    var lines = [
      "\(picture.inputWidth) × \(picture.inputHeight) → \(picture.file.width) × \(picture.file.height), "
        + duration(picture.seconds, isRough: false)
    ]
    if !picture.concessions.isEmpty {
      lines.append(
        say("Larger files cannot be sent here, so: ", "Файлы больше отправить нельзя, поэтому: ")
          + picture.concessions.map { describe($0) }.joined(separator: ", ") + ".")
    }
    if let damage = picture.damage { lines.append(self.damage(damage, of: source)) }
    return lines.joined(separator: "\n")
  }

  private func describe(_ concession: Concession) -> String {
    switch concession {
    case .format(let name, let quality?):
      say("\(name) of quality \(quality)", "\(name) с качеством \(quality)")
    case .format(let name, nil): name
    case .scale(let factor): say("×\(number(factor)) in all", "всего ×\(number(factor))")
    }
  }

  func failure(_ failure: Failure, _ rules: BotRules) -> String {
    switch failure {
    case .unusable(let reason): refusal(reason, rules)
    case .foreign(let name): refusal(.format(name), rules)
    case .notAPicture: refusal(.noPicture, rules)
    case .damaged:
      say(
        "This file is damaged: the picture in it cannot be read. Send it again, or save it anew.",
        "Файл повреждён: прочитать изображение не удалось. Пришлите его ещё раз или пересохраните.")
    case .resultTooLarge:
      say(
        "The result would be too large to send, however it is written. Choose a smaller factor in "
          + "/settings.",
        "Результат слишком велик, чтобы его отправить в любом виде. Выберите меньший масштаб в "
          + "/settings.")
    case .noMemory:
      say(
        "There is not enough memory here for this picture: send a smaller one, or choose a smaller "
          + "factor in /settings.",
        "Для этого изображения здесь не хватает памяти: пришлите поменьше или выберите меньший "
          + "масштаб в /settings.")
    case .noDisk:
      say(
        "The server has no room for this picture now: please send it again later.",
        "На сервере сейчас нет места для этого изображения: пришлите его позже.")
    case .crashed:
      say(
        "This picture could not be enlarged: the program failed on it twice. The owner can see that "
          + "in the log.",
        "Увеличить это изображение не удалось: программа дважды завершилась с ошибкой. Владелец "
          + "увидит это в журнале.")
    case .tookTooLong:
      say(
        "This picture took much longer than expected and was given up. Send a smaller one.",
        "Это изображение заняло гораздо больше времени, чем ожидалось, и было оставлено. Пришлите "
          + "поменьше.")
    case .cannotFetch:
      say(
        "Telegram does not give me this picture: please send it again.",
        "Telegram не отдаёт мне это изображение: пришлите его ещё раз.")
    case .cannotSend:
      say(
        "The result is ready, but Telegram does not take it: please try again later.",
        "Результат готов, но Telegram его не принимает: попробуйте позже.")
    case .internalFault:
      say(
        "Something went wrong here, and the owner can see it in the log. Please try again.",
        "Произошла внутренняя ошибка, владелец увидит её в журнале. Попробуйте ещё раз.")
    }
  }

  var mayHaveArrived: String {
    say(
      "The result was sent twice and Telegram confirmed neither. If it is not here, send the picture "
        + "again.",
      "Результат отправлен дважды, но Telegram этого не подтвердил. Если его здесь нет, пришлите "
        + "изображение ещё раз.")
  }

  func failed(_ title: String, _ reason: String) -> String { "\(title): \(reason)" }

  /// One text for many refusals.
  ///
  /// - Parameters:
  ///   - count: how many there were beside the first.
  ///   - reason: a sentence, or "" for various ones.
  /// - Returns: "12 more pictures were refused: …".
  func moreRefused(_ count: Int, _ reason: String) -> String {
    let russian =
      switch (count % 10, count % 100) {
      case (1, let rest) where rest != 11: "Отклонено ещё \(count) изображение"
      case (2...4, let rest) where !(12...14).contains(rest): "Отклонены ещё \(count) изображения"
      default: "Отклонено ещё \(count) изображений"
      }
    let english =
      count == 1 ? "1 more picture was refused" : "\(count) more pictures were refused"
    return say(english, russian) + (reason.isEmpty ? "." : ": " + reason)
  }
}
