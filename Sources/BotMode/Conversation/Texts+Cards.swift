/// Texts of the cards.
extension Texts {
  /// "photo: 640 × 480 → 2560 × 1920": what comes in and goes out.
  func sizes(_ job: Job) -> String {
    let title = job.source.title(self)
    guard let width = job.source.width, let height = job.source.height else {
      return job.source.size.map { "\(title): \(megabytes($0)), ×\(job.wish.scale)" }
        ?? "\(title): ×\(job.wish.scale)"
    }
    // Sides may come from a damaged file, so products must not overflow.
    let result = [width, height].map {
      $0.multipliedReportingOverflow(by: job.wish.scale).partialValue
    }
    return "\(title): \(width) × \(height) → \(result[0]) × \(result[1])"
  }

  func waiting(place: Int, seconds: Double, isGuess: Bool) -> String {
    let end = ready(in: seconds, isGuess: isGuess)
    return place <= 1
      ? say("Next in turn, \(end)", "Следующее в очереди, \(end)")
      : say("Place \(place) in the queue, \(end)", "Место в очереди: \(place), \(end)")
  }

  func fetching(seconds: Double, isGuess: Bool) -> String {
    let end = ready(in: seconds, isGuess: isGuess)
    return say("Fetching the picture, \(end)", "Загружаю изображение, \(end)")
  }

  /// - Parameters:
  ///   - seconds: until the result is there.
  ///   - isGuess: whether the picture's pixels are not known yet.
  /// - Returns: the end of a sentence.
  private func ready(in seconds: Double, isGuess: Bool) -> String {
    let time = duration(seconds, isRough: true)
    return say("ready in about \(time)", "готово примерно через \(time)")
      + (isGuess ? say(", judging by the file's size", ", судя по размеру файла") : "") + "."
  }

  func computing(percent: Int, seconds: Double) -> String {
    say("Enlarging: \(percent) %", "Увеличиваю: \(percent) %") + left(seconds)
  }

  func fitting(seconds: Double) -> String {
    say("Making the file small enough to send", "Уменьшаю файл, чтобы его можно было отправить")
      + left(seconds)
  }

  func sending(seconds: Double) -> String {
    say(
      "Sending the result, which takes \(duration(seconds)).",
      "Отправляю результат, это займёт \(duration(seconds)).")
  }

  private func left(_ seconds: Double) -> String {
    say(", \(duration(seconds)) left.", ", осталось \(duration(seconds)).")
  }

  func album(_ count: Int) -> String {
    say("Album, \(count) to do:", "Альбом, осталось \(count):")
  }
}
