import Foundation
import Glibc
import TestSupport
import Testing

@testable import BotMode

/// Nobody but the server gets the token. Each test that changes the environment has a process of
/// its own.
@Suite("Bot API: secrecy") struct BotAPISecrecyTests {
  @Test("A proxy sees where a request goes, and nothing of it", arguments: [403, 407, 502])
  func proxy(status: Int) async {
    await #expect(processExitsWith: .success) { [status] in
      try withServer({ _, peer in
        peer.answer(status, "no")
        peer.end()
      }) { server in
        setenv("https_proxy", server.root, 1)
        let api = try BotAPI(
          root: APIRoot("https://bot-api.invalid"), token: BotToken(testToken), isLocal: false)
        let error = failure { () throws(BotAPIError) in try api.sendMessage(chat: 1, text: "x") }
        guard case .network(_, mayHaveTakenEffect: false)? = error else {
          preconditionFailure(String(describing: error))
        }
        precondition(server.requests.map(\.method) == ["CONNECT"])
        precondition(server.requests.map(\.path) == ["bot-api.invalid:443"])
        precondition(
          !server.requests.contains { "\($0.headers)\($0.text)".contains(testSecret) })
      }
    }
  }

  @Test("A request to this machine in the clear goes past any proxy") func loopback() async {
    await #expect(processExitsWith: .success) {
      try withServer({ _, peer in peer.answer(502, "") }) { proxy in
        for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, proxy.root, 1) }
        try withServer({ _, peer in peer.answer(result: #"{"id":1}"#) }) { server in
          let user = try BotAPI.of(server).getMe()
          precondition(user.id == 1)
        }
        precondition(proxy.connectionCount == 0)
      }
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
  func trustedCertificate() async throws {
    let server = try TLSServer()
    defer { server.stop() }
    let (certificate, port) = (server.certificate, server.port)
    await #expect(processExitsWith: .success) {
      [certificate = certificate as String, port = port as String] in
      setenv("SSL_CERT_FILE", certificate, 1)
      // It answers nothing but GET.
      let folder = try TemporaryFolder()
      let count = try tlsClient(port).download("x", to: folder.path("x"), limit: 1 << 20)
      precondition(count > 0)
    }
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
        exec timeout 60 openssl s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www >port
        """,
      ], in: folder.url)
    var line = ""
    let isUp = program.wait(upTo: 20) {
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
