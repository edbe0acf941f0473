import FakeBotAPI
import Foundation
import TestSupport
import TestTraits
import Testing

/// The command itself: how it is started, what it refuses, and what others can see of it.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct BotCommandTests {
  private static let token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

  @Test(
    "What cannot be served is refused in a sentence, before anything is asked of Telegram",
    arguments: [
      ([], nil, Int32(64), "in a file .env in this folder, name a file with --token-file FILE"),
      ([], nil, 64, "or give --token TOKEN"),
      ([], "nonsense", 78, "token"),
      (["--api-root", "http://example.org"], token, 64, "http"),
      (["--api-root", "ftp://127.0.0.1"], token, 64, "--api-root"),
      (["--threads", "0"], token, 64, "--threads"),
      (["--precision", "double"], token, 64, "--precision"),
      (["--max-memory", "100M"], token, 64, "256MiB"),
      (["--max-memory", "much"], token, 64, "--max-memory"),
      (["--max-per-user", "0"], token, 64, "--max-per-user"),
      (["--sandbox", "on"], token, 64, "--sandbox"),
      (["--max-minutes", "99999"], token, 64, "--max-minutes"),
      (["--model", "no-such-model"], token, 78, "no such model"),
      (["--check-health"], nil, 64, "--health-file"),
      (["--check-health", "--health-file", "none"], nil, 69, "not heard"),
      (["--token-file", "none"], nil, 66, "none"),
      (["--state-dir", "/dev/null/x"], token, 73, "/dev/null"),
    ] as [([String], String?, Int32, String)])
  func refusals(arguments: [String], token: String?, code: Int32, words: String) throws {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.run(
      Command.path, ["bot"] + arguments,
      environment: token.map { ["TELEGRAM_BOT_TOKEN": $0] } ?? [:], in: folder.url)
    expectRefusal(result, code, saying: words)
    if let token { #expect(!result.standardError.contains(token)) }
  }

  enum Way: CaseIterable {
    case argument, environment, standardInput
  }

  @Test(
    "Wherever the token comes from, it is gone from what others can see", arguments: Way.allCases)
  func source(way: Way) throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let options: [String] =
      switch way {
      case .argument: ["--token", server.token]
      case .environment: []
      case .standardInput: ["--token-file", "-"]
      }
    let run = try ProcessRunner.start(
      Command.path, ["bot", "--api-root", server.root, "--state-dir", "state"] + options,
      input: way == .standardInput ? Array("\(server.token)\n".utf8) : [],
      environment: way == .environment ? ["TELEGRAM_BOT_TOKEN": server.token] : [:],
      in: folder.url)
    #expect(server.wait { $0.isPolled }, "\(run.standardErrorSoFar)")
    let secret = Data(server.token.split(separator: ":")[1].utf8)
    let folders = ["/proc/\(run.identifier)"] + Self.children(of: run.identifier)
    #expect(folders.count == 2, "the bot and its worker")
    for folder in folders {
      for name in ["cmdline", "environ"] {
        let content = (try? Data(contentsOf: URL(filePath: "\(folder)/\(name)"))) ?? Data()
        #expect(content.range(of: secret) == nil, "\(folder)/\(name)")
      }
    }
    run.send(SIGTERM)
    let result = try run.finish()
    #expect(result.signal == SIGTERM)
    #expect(result.standardError.contains("warning: a token after --token") == (way == .argument))
    #expect(!result.standardError.contains(String(decoding: secret, as: UTF8.self)))
  }

  @Test("A token from .env, a health file, an allow-list and figures for the admin")
  func service() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write(Array("# the bot\nTG_BOT_TOKEN='\(server.token)'\n".utf8), as: ".env")
    let run = try ProcessRunner.start(
      Command.path,
      [
        "bot", "--api-root", server.root, "--state-dir", "state", "--health-file", "health",
        "--allow-user", "42", "--admin", "7",
      ], in: folder.url)
    #expect(server.wait { $0.isPolled }, "\(run.standardErrorSoFar)")
    let users = [42, 43, 7].map { server.user(id: $0, language: "en") }
    for user in users { user.sends("/stats") }
    let expected = [Int64(42): "owner", 43: "your number", 7: "accepted 0"]
    for (chat, words) in expected {
      // "if you should be one of them, tell its owner your number: 43".
      #expect(
        server.wait { server in
          server.answers(in: chat).contains { $0.text?.contains(words) == true }
        }, "\(chat): \(server.answers(in: chat).compactMap(\.text))")
    }
    #expect(wait { folder.names.contains("health") })
    let health = try ProcessRunner.run(
      Command.path, ["bot", "--check-health", "--health-file", "health"], in: folder.url)
    #expect(health.exitCode == 0)
    #expect(
      server.wait { $0.commands(language: "ru").map(\.name).contains("restart") })
    #expect(!server.commands().map(\.name).contains("stats"))
    #expect(server.violations.isEmpty, "\(server.violations)")
    run.send(SIGTERM)
    _ = try run.finish()
  }

  @Test("A server of one's own on this machine: files come from its folder, whatever their size")
  func localServer() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    server.options.isLocal = true
    let bot = try BotProcess(server, ["--api-local"])
    let ann = server.user(id: 42, language: "en")
    ann.sendsDocument(Samples.photo, declaredSize: 25 << 20, name: "cat.jpg", caption: "fast x2")
    #expect(server.wait { !$0.answers(in: 42).isEmpty }, "\(bot.output)")
    ann.sendsDocument(Samples.photo, name: "cat.jpg", caption: "fast x2")
    #expect(server.wait { !$0.documents(in: 42).isEmpty }, "\(bot.output)")
    #expect(server.calls(of: "file").isEmpty)
    try bot.stop()
  }

  private static func children(of process: pid_t) -> [String] {
    let tasks =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return tasks.flatMap { task in
      let text = try? String(
        contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").map { "/proc/\($0)" }
    }
  }
}
