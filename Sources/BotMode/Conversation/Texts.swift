import Upscale

/// All texts of the bot, in each language. They are sent as plain text, so names of files in them are not
/// interpreted as markup.
struct Texts: Sendable {
  let language: Language

  func say(_ english: String, _ russian: String) -> String {
    switch language {
    case .english: english
    case .russian: russian
    }
  }

  // MARK: Greeting and help

  func greeting(_ name: String?) -> String {
    let hello =
      name.map { say("Hello, \($0)!", "Здравствуйте, \($0)!") } ?? say("Hello!", "Здравствуйте!")
    return hello + "\n\n"
      + say(
        "I enlarge pictures and make them sharper. Send me a picture: a photo, a file (PNG, JPEG, "
          + "WebP) or a sticker. As a file it keeps its full quality.",
        "Я увеличиваю изображения и делаю их чётче. Пришлите изображение: фото, файл (PNG, JPEG, "
          + "WebP) или стикер. Файлом оно сохраняет полное качество.")
  }

  var askForPicture: String {
    say(
      "Send me a picture to enlarge: a photo, a file or a sticker.",
      "Пришлите изображение, которое нужно увеличить: фото, файл или стикер.")
  }

  func help(_ rules: BotRules) -> String {
    say(
      """
      Send a photo, a file (PNG, JPEG, WebP) or a sticker that does not move. I answer with a file \
      of four times the width and height, drawn by the Real-ESRGAN network or another.

      A caption can choose for one picture: "x2 anime jpg". Words: x2, x3, x4; photo, clean, anime, \
      fast; png, jpg, webp. "Clean" invents nothing and repairs nothing: it is for sharp photographs \
      without traces of JPEG, not for drawings and letters.

      /upscale_image – stop everything and send a new picture
      /cancel – stop my pictures
      /restart – the same, and start afresh
      /status – how far my pictures are
      /settings – network, factor and format
      /language – English or Russian
      /privacy – what is kept (next to nothing)
      /forget – delete my settings and pictures

      Limits: files of \(megabytes(rules.maxFileBytes)), pictures of \
      \(rules.maxPixels / 1_000_000) million pixels, \(rules.maxPerUser) pictures at a time. In \
      groups, answer a picture with /upscale.
      """,
      """
      Пришлите фото, файл (PNG, JPEG, WebP) или неподвижный стикер. В ответ придёт файл в четыре \
      раза шире и выше, нарисованный сетью Real-ESRGAN или другой.

      Подпись может выбрать для одного изображения: «x2 аниме jpg». Слова: x2, x3, x4; фото, чистое, \
      аниме, быстро; png, jpg, webp. «Чистое» ничего не придумывает и не исправляет: для чётких \
      фотографий без следов JPEG, но не для рисунков и текста.

      /upscale_image – остановить всё и прислать новое изображение
      /cancel – остановить мои изображения
      /restart – то же, и начать заново
      /status – что с моими изображениями
      /settings – сеть, масштаб и формат
      /language – русский или английский
      /privacy – что хранится (почти ничего)
      /forget – удалить мои настройки и изображения

      Ограничения: файлы до \(megabytes(rules.maxFileBytes)), изображения до \
      \(rules.maxPixels / 1_000_000) млн пикселей, \(rules.maxPerUser) изображений одновременно. В \
      группах ответьте на изображение командой /upscale.
      """)
  }

  var description: String {
    say(
      "Send a picture: I enlarge it four times with the Real-ESRGAN network and send it back as a "
        + "file. Nothing is kept.",
      "Пришлите изображение: я увеличу его в четыре раза сетью Real-ESRGAN и верну файлом. Ничего "
        + "не хранится.")
  }

  var shortDescription: String {
    say("Enlarges pictures with Real-ESRGAN", "Увеличивает изображения сетью Real-ESRGAN")
  }

  func summary(of command: ChatCommand) -> String {
    switch command {
    case .start: say("Begin", "Начать")
    case .help: say("What I can do", "Что я умею")
    case .upscaleImage:
      say("Send a new picture, stopping the others", "Прислать новое, остановив остальные")
    case .upscale:
      say("Enlarge the picture I answer to", "Увеличить изображение, на которое отвечаю")
    case .restart: say("Stop everything and start afresh", "Остановить всё и начать заново")
    case .cancel: say("Stop my pictures", "Остановить мои изображения")
    case .status: say("How far my pictures are", "Что с моими изображениями")
    case .settings: say("Network, factor and format", "Сеть, масштаб и формат")
    case .language: say("English or Russian", "Русский или английский")
    case .privacy: say("What is kept", "Что хранится")
    case .forget: say("Delete my settings and pictures", "Удалить мои настройки и изображения")
    case .stats: say("Figures of the service", "Показатели службы")
    }
  }

  var privacy: String {
    say(
      """
      Your pictures are fetched when their turn comes, enlarged on this server alone, and deleted as \
      soon as the result is sent; so is the note that they were there. Place, camera and other \
      details are not in the result. Kept are your settings under your Telegram number, if you have \
      changed them. Logs hold no names, texts or pictures. /forget deletes everything.
      """,
      """
      Ваши изображения загружаются, когда подходит очередь, увеличиваются только на этом сервере и \
      удаляются сразу после отправки результата вместе с записью о них. Места, камеры и других \
      сведений в результате нет. Хранятся только ваши настройки под вашим номером в Telegram, если вы \
      их меняли. В журналах нет имён, текстов и изображений. /forget удаляет всё.
      """)
  }

  // MARK: Commands

  func stopped(_ titles: [String]) -> String {
    say("Stopped: ", "Остановлено: ") + list(titles) + "."
  }

  var nothingToCancel: String {
    say(
      "There is nothing to stop: no picture of yours is in work.",
      "Останавливать нечего: ваших изображений в работе нет.")
  }

  var forgotten: String {
    say(
      "Done: your settings and pictures are deleted.",
      "Готово: ваши настройки и изображения удалены.")
  }

  var noStatus: String {
    say("No picture of yours is in work.", "Ваших изображений в работе нет.")
  }

  var unknownCommand: String {
    say("I do not know this command. /help lists mine.", "Такой команды нет. Мои команды – /help.")
  }

  var replyToPicture: String {
    say(
      "Answer a message that has a picture with /upscale.",
      "Ответьте командой /upscale на сообщение с изображением.")
  }

  func notAllowed(_ user: Int64) -> String {
    say(
      "This bot serves only some people. If you should be one of them, tell its owner your number: "
        + "\(user).",
      "Этот бот работает не для всех. Если вы должны быть среди его пользователей, сообщите "
        + "владельцу ваш номер: \(user).")
  }

  var notAdmin: String {
    say("This command is for the bot's owner.", "Эта команда – для владельца бота.")
  }

  // MARK: Settings

  func settings(_ wish: Wish) -> String {
    say("Settings for your next pictures:", "Настройки для следующих изображений:") + "\n"
      + describe(wish) + "\n\n"
      + say("A tap changes them.", "Нажатие меняет их.")
  }

  func describe(_ wish: Wish) -> String {
    "\(name(wish.look)), ×\(wish.scale), \(name(wish.format))"
  }

  func name(_ look: Look) -> String {
    switch look {
    case .photo: say("photo", "фото")
    case .clean: say("clean photo", "чистое фото")
    case .anime: say("anime and drawings", "аниме и рисунки")
    case .fast: say("fast", "быстро")
    }
  }

  func name(_ format: PictureFormat) -> String {
    switch format {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .webp: "WebP"
    }
  }

  var chooseLanguage: String { say("Which language?", "Какой язык?") }
  var languageChosen: String { say("I speak English now.", "Теперь я говорю по-русски.") }
  var saved: String { say("Saved", "Сохранено") }
  var cancel: String { say("Cancel", "Отменить") }
  var isCancelled: String { say("Cancelled.", "Отменено.") }
  var alreadyOver: String { say("This is over already.", "Это уже закончено.") }
  var notYours: String { say("This is not your picture.", "Это не ваше изображение.") }
  var notYourButton: String { say("This button is old.", "Эта кнопка устарела.") }
  var pictureIsGone: String {
    say(
      "I cannot see the picture any more: send it again.",
      "Изображение уже не видно: пришлите его ещё раз.")
  }

  // MARK: Pictures

  var photo: String { say("photo", "фото") }
  var sticker: String { say("sticker", "стикер") }
  var file: String { say("file", "файл") }

  func refusal(_ reason: Unusable, _ rules: BotRules) -> String {
    switch reason {
    case .animatedSticker, .videoSticker:
      say(
        "This sticker moves; I can only enlarge those that do not.",
        "Этот стикер движется, а я увеличиваю только неподвижные.")
    case .animation:
      say(
        "This is an animation (GIF); I can only enlarge single pictures. Send a PNG or JPEG.",
        "Это анимация (GIF), а я увеличиваю только отдельные изображения. Пришлите PNG или JPEG.")
    case .video:
      say("This is a video; I can only enlarge pictures.", "Это видео, а я увеличиваю изображения.")
    case .audio:
      say("This is a sound; I can only enlarge pictures.", "Это звук, а я увеличиваю изображения.")
    case .format(let name):
      say(
        "I cannot read \(name). Send the picture as PNG, JPEG or WebP, or as a photo.",
        "Формат \(name) я не читаю. Пришлите PNG, JPEG, WebP или отправьте как фото.")
    case .noPicture:
      say(
        "This is not a picture. Send a photo, a PNG, JPEG or WebP file, or a sticker.",
        "Это не изображение. Пришлите фото, файл PNG, JPEG, WebP или стикер.")
    case .tooManyBytes(let bytes):
      say(
        "This file has \(megabytes(bytes)); I can fetch \(megabytes(rules.maxFileBytes)) at most. "
          + "Send it as a photo, or save it as JPEG first.",
        "В этом файле \(megabytes(bytes)), а загрузить можно не больше "
          + "\(megabytes(rules.maxFileBytes)). Отправьте его как фото или сохраните в JPEG.")
    case .tooManyPixels(let width, let height):
      say(
        "This picture has \(width) × \(height) pixels; I take "
          + "\(rules.maxPixels / 1_000_000) million at most. Make it smaller, or send it as a photo.",
        "В этом изображении \(width) × \(height) пикселей, а я беру не больше "
          + "\(rules.maxPixels / 1_000_000) млн. Уменьшите его или отправьте как фото.")
    case .takesTooLong(let seconds):
      say(
        "This picture would take \(duration(seconds)) here, and \(duration(rules.maxSeconds)) is "
          + "the limit. Make it smaller, send it as a photo, or choose 'fast' in /settings.",
        "Это изображение заняло бы здесь \(duration(seconds)), а предел – "
          + "\(duration(rules.maxSeconds)). Уменьшите его, отправьте как фото или выберите «быстро» "
          + "в /settings.")
    }
  }

  func tooManyOfYours(_ limit: Int) -> String {
    say(
      "\(limit) of your pictures are waiting already: send this one again when some are done, or "
        + "/cancel.",
      "Ваших изображений в очереди уже \(limit): пришлите это ещё раз, когда часть будет готова, "
        + "или /cancel.")
  }

  var queueIsFull: String {
    say(
      "Too many pictures are waiting at the moment: please send this one again later.",
      "Сейчас в очереди слишком много изображений: пришлите это ещё раз позже.")
  }

  // MARK: Numbers

  /// "about 3 min".
  func duration(_ seconds: Double) -> String {
    say("about ", "примерно ") + duration(seconds, isRough: true)
  }

  /// "3 min"; rough durations have steps of five seconds.
  func duration(_ seconds: Double, isRough: Bool) -> String {
    let seconds = seconds.isFinite ? min(max(seconds, 0), 1e6) : 1e6
    if seconds < 90 {
      let step: Double = isRough && seconds >= 10 ? 5 : 1
      let value = max(1, Int((seconds / step).rounded(.up) * step))
      return say("\(value) s", "\(value) с")
    }
    let minutes = Int((seconds / 60).rounded())
    guard minutes >= 100 else { return say("\(minutes) min", "\(minutes) мин") }
    return say("\(minutes / 60) h \(minutes % 60) min", "\(minutes / 60) ч \(minutes % 60) мин")
  }

  /// "3.2 MB".
  func megabytes(_ bytes: Int) -> String {
    let unit = say("MB", "МБ")
    return bytes >= 10 << 20
      ? "\((bytes >> 20) + (bytes >> 19 & 1)) \(unit)"
      : "\(number(max(0.1, Double(bytes) / 1_048_576))) \(unit)"
  }

  /// With one digit after the point, if it is not 0.
  func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(tenths / 10)" + say(".", ",") + "\(tenths % 10)"
  }

  func list(_ titles: [String]) -> String {
    titles.count <= 5
      ? titles.joined(separator: ", ")
      : titles.prefix(4).joined(separator: ", ")
        + say(" and \(titles.count - 4) more", " и ещё \(titles.count - 4)")
  }
}
