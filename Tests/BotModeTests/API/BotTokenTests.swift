import Foundation
import Testing
import Upscale

@testable import BotMode

@Suite("Bot token") struct BotTokenTests {
  @Test("A token has an identifier and a secret, and white space around it does not count")
  func valid() throws {
    for text in [testToken, " \(testToken)\n", "\t\(testToken)\r\n"] {
      let token = try BotToken(text)
      #expect(token.id == 1_234_567)
      #expect(token.literal == testToken)
    }
    #expect(try BotToken("1:x").literal == "1:x")
    #expect(try BotToken("18014398509481983:x").id == (1 << 54) - 1)
  }

  @Test(
    "What is no token is refused, and not repeated",
    arguments: [
      "", " ", "SECRETsecret", ":SECRETsecret", "0:SECRETsecret", "012:SECRETsecret",
      "-1:SECRETsecret", "+1:SECRETsecret", "1:", "1:SECRET secret", "1:SECRET/secret",
      "1:SECRET:secret", "1:SECRETsécret", "bot1:SECRETsecret", "\"1:SECRETsecret\"",
      "18014398509481984:SECRETsecret", "99999999999999999999:SECRETsecret",
      "1:" + String(repeating: "SECRETsecret", count: 10), "1:SECRETsecret\u{0}x",
      "１:SECRETsecret",
    ])
  func invalid(text: String) {
    do {
      _ = try BotToken(text)
      Issue.record("'\(text)' passed")
    } catch {
      #expect(error.cause == .configuration)
      #expect(error.cause == .configuration)
      #expect(!error.message.contains("SECRET"))
    }
  }

  @Test("No way of printing a token shows its secret") func printing() throws {
    let token = try BotToken(testToken)
    var dumped = ""
    dump(token, to: &dumped)
    dump([token], to: &dumped)
    dump((1, Optional(token)), to: &dumped)
    let texts = [
      "\(token)", "\([token])", "\(String(describing: Optional(token)))",
      String(reflecting: token), dumped, "\(Mirror(reflecting: token).children.map(\.value))",
    ]
    for text in texts {
      #expect(!text.contains("secret"), "\(text)")
      #expect(text.contains("1234567"))
    }
    #expect("\(token)" == "<token of bot 1234567>")
  }
}

@Suite("Redaction") struct RedactionTests {
  private func redacted(_ text: String) throws -> String {
    Redaction(try BotToken(testToken)).redacted(text)
  }

  @Test("The token goes, in every form that it has") func forms() throws {
    for form in [
      testToken, testSecret, testToken.replacing(":", with: "%3A"),
      testToken.replacing(":", with: "%3a"), "\(testToken)\(testToken)", "x\(testSecret)y",
    ] {
      let text = try redacted("before \(form) after")
      #expect(!text.contains(testSecret), "\(text)")
      #expect(text.hasPrefix("before "))
      #expect(text.hasSuffix(" after"))
    }
    #expect(
      try redacted("https://api.telegram.org/bot\(testToken)/getMe")
        == "https://api.telegram.org/bot<redacted>/getMe")
  }

  @Test("Anybody's token goes") func others() throws {
    #expect(try redacted("/bot42:short/getMe") == "/bot<redacted>/getMe")
    #expect(try redacted("/BOT42%3Ashort/x") == "/BOT<redacted>/x")
    #expect(
      try redacted("987654321:BBanother-token_of-somebody_else123") == "<redacted>")
    #expect(
      Redaction.redacted("file/bot7:abc/photos/1.jpg") == "file/bot<redacted>/photos/1.jpg")
  }

  @Test(
    "Everything else stays",
    arguments: [
      "", "at 12:30 photo 5:4", "127.0.0.1:8081", "bot", "bot12", "bot12:", "robot 3", "[::1]:80",
      "картинка 12:34", "error 404: not found", "1234567", "port 1234567:80",
    ])
  func stays(text: String) throws {
    #expect(try redacted(text) == text)
  }

  @Test("A short secret does not eat words") func shortSecret() throws {
    let redaction = Redaction(try BotToken("1:test"))
    #expect(redaction.redacted("a test of 1:test") == "a test of <redacted>")
  }
}

@Suite("Address of the API") struct APIRootTests {
  @Test(
    "Addresses that keep the token safe are taken",
    arguments: [
      ("https://api.telegram.org", "https://api.telegram.org"),
      ("https://api.telegram.org/", "https://api.telegram.org"),
      ("HTTPS://API.Telegram.org:443//", "https://api.telegram.org:443"),
      ("https://example.com/some/path/", "https://example.com/some/path"),
      ("https://my_host", "https://my_host"),
      ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
      ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
      ("http://127.255.3.4", "http://127.255.3.4"), ("http://LOCALHOST:1", "http://localhost:1"),
      ("http://[::1]:8081", "http://[::1]:8081"),
    ])
  func valid(address: String, text: String) throws {
    let root = try APIRoot(address)
    #expect(root.text == text)
    #expect(root.isPlain == text.hasPrefix("http://"))
    #expect(
      root.method("getMe", try BotToken("1:x")) == "\(text)/bot1:x/getMe")
  }

  @Test(
    "Addresses that are none, or would not, are refused in a sentence",
    arguments: [
      "", "api.telegram.org", "ftp://127.0.0.1", "file:///etc/passwd", "https://", "https:///x",
      "http://api.telegram.org", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://127.1",
      "http://127.0.0.1@example.com", "http://0127.0.0.1", "http://127.0.0.256", "http://0.0.0.0",
      "http://localhost.example.com", "http://[::2]", "http://[::1", "http://[::ffff:10.0.0.1]",
      "https://user:pass@example.com", "https://example.com?x", "https://example.com#x",
      "https://exa mple.com", "https://example.com\\@evil.com", "https://example.com:",
      "https://example.com:0", "https://example.com:65536", "https://example.com:x",
      "https://example.com:+1", "https://example.com/a/../b", "https://example.com/%2e%2e",
      "https://exämple.com", "https://example.com\n",
    ])
  func invalid(address: String) {
    do {
      _ = try APIRoot(address)
      Issue.record("'\(address)' passed")
    } catch {
      #expect(error.cause == .usage)
      #expect(error.message.hasPrefix("this is not the address of a Bot API server"))
    }
  }

  @Test("Paths of files are encoded, and stay below the bot's files") func files() throws {
    let token = try BotToken("1:x")
    #expect(
      APIRoot.telegram.file("photos/file_1.jpg", token)
        == "https://api.telegram.org/file/bot1:x/photos/file_1.jpg")
    #expect(
      APIRoot.telegram.file("a b/ü:?.jpg", token)
        == "https://api.telegram.org/file/bot1:x/a%20b/%C3%BC%3A%3F.jpg")
    for path in ["", "/x", "x/", "a//b", "..", "../x", "a/../../x", "./x"] {
      #expect(APIRoot.telegram.file(path, token) == nil)
    }
  }
}
