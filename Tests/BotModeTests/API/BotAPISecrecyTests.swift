import Foundation
import Glibc
import TestSupport
import Testing

@testable import BotMode

/// Only the server gets the token.
@Suite("Bot API: secrecy") struct BotAPISecrecyTests {
  /// What the bot says of a server that it does not reach, with an environment of its own.
  private func words(_ root: String, _ environment: [String: String]) throws -> String {
    let folder = try TemporaryFolder()
    let run = try ProcessRunner.start(
      BuiltProgram.upscale, ["bot", "--api-root", root, "--state-dir", "state"],
      environment: environment.merging(["TELEGRAM_BOT_TOKEN": testToken]) { $1 }, in: folder.url)
    #expect(run.wait(upTo: 600) { run.standardErrorSoFar.contains("not reached") })
    run.send(SIGTERM)
    return try run.finish(within: 20).standardError
  }

  @Test("A proxy sees where a request goes, and nothing of it", arguments: [403, 407, 502])
  func proxy(status: Int) throws {
    try withServer({ _, peer in
      peer.answer(status, "no")
      peer.end()
    }) { server in
      let said = try words("https://bot-api.invalid", ["https_proxy": server.root])
      #expect(!said.contains(testSecret))
      #expect(!server.requests.isEmpty)
      #expect(server.requests.allSatisfy { $0.method == "CONNECT" })
      #expect(server.requests.allSatisfy { $0.path == "bot-api.invalid:443" })
      #expect(!server.requests.contains { "\($0.headers)\($0.text)".contains(testSecret) })
    }
  }

  @Test("A request to this machine in the clear goes past any proxy") func loopback() throws {
    try withServer({ _, peer in peer.answer(502, "") }) { proxy in
      try withServer({ _, peer in peer.answer(503, "") }) { server in
        _ = try words(
          server.root,
          ["http_proxy": proxy.root, "all_proxy": proxy.root, "ALL_PROXY": proxy.root])
        #expect(server.requests.first?.path.hasSuffix("/getMe") == true)
      }
      #expect(proxy.connectionCount == 0)
    }
  }

  @Test(
    "A server whose certificate nobody vouches for does not get the token",
    .enabled(if: TLSServer.isAvailable))
  func unknownCertificate() async throws {
    let server = try TLSServer()
    defer { server.stop() }
    let error = failure { () throws(BotAPIError) in try tlsClient(server.port).getMe() }
    guard case .network(let text, mayHaveTakenEffect: false)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.lowercased().contains("certificate"))
  }

  @Test("A certificate that the user trusts is good", .enabled(if: TLSServer.isAvailable))
  func trustedCertificate() throws {
    let server = try TLSServer()
    defer { server.stop() }
    // The server knows no Bot API: what fails is the answer, not the certificate.
    let root = "https://localhost:\(server.port)"
    #expect(try words(root, [:]).contains("certificate"))
    #expect(try !words(root, ["SSL_CERT_FILE": server.certificate]).contains("certificate"))
  }

  @Test("Connections are not handed down to children") func descriptors() throws {
    try withServer({ _, peer in peer.answer(result: #"{"id":1}"#) }) { server in
      let api = try BotAPI.of(server)
      _ = try api.getMe()
      var found = 0
      for descriptor in Int32(0)..<4096 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            getpeername(descriptor, $0, &length)
          }
        }
        guard status == 0, address.sin_family == sa_family_t(AF_INET),
          address.sin_port.bigEndian == server.port
        else { continue }
        found += 1
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
      }
      #expect(found == 1)
    }
  }
}

/// A client of `TLSServer`.
private func tlsClient(_ port: String) throws(BotAPIError) -> BotAPI {
  do {
    return try BotAPI(
      root: APIRoot("https://localhost:\(port)"), token: BotToken(testToken), isLocal: false)
  } catch {
    throw .local(error)
  }
}

/// A server with a certificate of its own, by `openssl s_server`.
private final class TLSServer {
  let certificate: String
  let port: String
  private let folder: TemporaryFolder
  private let program: ProcessRunner.Running

  struct NotThere: Error {}

  static var isAvailable: Bool { access("/usr/bin/openssl", X_OK) == 0 }

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    let made = try ProcessRunner.shell(
      """
      openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost
      """, in: folder.url)
    guard made.exitCode == 0 else { throw NotThere() }
    certificate = folder.path("cert.pem")
    // Its end comes by itself, too: it may hold on to what the test's process had open.
    program = try ProcessRunner.start(
      "/bin/sh",
      [
        "-c",
        """
        exec timeout 600 openssl s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www >port
        """,
      ], in: folder.url)
    var line = ""
    let isUp = program.wait(upTo: 600) {
      line = (try? folder.read("port")).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return line.contains("ACCEPT") && line.hasSuffix("\n")
    }
    guard isUp else { throw NotThere() }
    port = line.components(separatedBy: ":").last?.trimmingCharacters(in: .newlines) ?? ""
  }

  func stop() {
    program.send(SIGTERM)
    _ = try? program.finish()
  }
}
