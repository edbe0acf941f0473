import FakeBotAPI
import Foundation

// A strict Bot API server as a program, for scripts: see Tests/FakeBotAPI/Control.swift.
//
//   fake-bot-api [--token T] [--port N] [--flood] [--fault-rate 0.1 --seed N] [--folder DIR]
//
// Says "listening http://127.0.0.1:PORT" and serves until /control/quit, SIGINT or SIGTERM.

let settings = Settings(CommandLine.arguments.dropFirst())

// Blocked in all threads, and waited for by one.
var endings = sigset_t()
sigemptyset(&endings)
sigaddset(&endings, SIGINT)
sigaddset(&endings, SIGTERM)
pthread_sigmask(SIG_BLOCK, &endings, nil)

let server = try FakeBotAPI(
  token: settings.token, port: settings.port, options: settings.options,
  folder: settings.folder, allowsControl: true)
server.setFaultRate(settings.rate, seed: settings.seed)
Thread.detachNewThread { [server, endings] in
  var endings = endings
  var signal: Int32 = 0
  sigwait(&endings, &signal)
  server.quit()
}
FileHandle.standardOutput.write(Data("listening \(server.root)\n".utf8))
while !server.wait(upTo: 3600, until: { $0.isQuitWanted }) {}
// The answer to the script that said quit is still on its way.
Thread.sleep(forTimeInterval: 0.1)
server.stop()
