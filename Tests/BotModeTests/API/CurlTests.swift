import Testing

@testable import BotMode

@Test("libcurl is found") func found() {
  #expect(Curl.version?.hasPrefix("libcurl/") == true)
}
