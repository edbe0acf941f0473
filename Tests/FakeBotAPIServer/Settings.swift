import FakeBotAPI
import Foundation

/// The settings of the command line.
struct Settings {
  var token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
  var port: UInt16 = 0
  var rate = 0.0
  var seed: UInt64 = 1
  var folder: String?
  var options = FakeBotAPI.Options()

  /// Ends the program when the line makes no sense.
  init(_ line: some Sequence<String>) {
    var rest = Array(line)[...]
    func value(_ option: String) -> String {
      guard let value = rest.popFirst() else { Self.refuse("\(option) wants a value") }
      return value
    }
    func number<Number: LosslessStringConvertible>(_ option: String) -> Number {
      let text = value(option)
      guard let number = Number(text) else {
        Self.refuse("\(option) wants a number, not '\(text)'")
      }
      return number
    }
    while let option = rest.popFirst() {
      switch option {
      case "--token": token = value(option)
      case "--port": port = number(option)
      case "--fault-rate": rate = number(option)
      case "--seed": seed = number(option)
      case "--folder": folder = value(option)
      case "--flood": options.flood = FakeBotAPI.Flood()
      default: Self.refuse("what is '\(option)'?")
      }
    }
  }

  private static func refuse(_ words: String) -> Never {
    FileHandle.standardError.write(Data("fake-bot-api: \(words)\n".utf8))
    exit(64)
  }
}
