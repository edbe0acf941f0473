import Testing
import Upscale

@testable import BatchMode

@Suite struct WatchTests {
  private static func findings(_ pictures: (name: String, size: Int, modified: Double)...)
    -> Findings
  {
    var findings = Findings()
    findings.pictures = pictures.map { name, size, modified in
      SourcePicture(
        path: BytePath(name), relative: BytePath(name),
        identity: FileIdentity(device: 1, inode: UInt64(name.hashValue.magnitude)), size: size,
        modified: Int(modified * 1e9), format: .png, width: 1, height: 1)
    }
    return findings
  }

  @Test("A file is news once, when it has rested; and again when it changes")
  func rests() {
    var watch = Watch()
    func news(_ findings: Findings, at now: Double) -> [String] {
      watch.news(in: findings, now: now, date: 1000 + now).pictures.map(\.path.text)
    }
    let old = ("old.png", 5, 900.0)
    #expect(news(Self.findings(old, ("new.png", 1, 1000)), at: 0) == ["old.png"])
    #expect(news(Self.findings(old, ("new.png", 2, 1001)), at: 2) == [])
    #expect(news(Self.findings(old, ("new.png", 2, 1001)), at: 3) == [])
    #expect(news(Self.findings(old, ("new.png", 2, 1001)), at: 5) == ["new.png"])
    #expect(news(Self.findings(old, ("new.png", 2, 1001)), at: 9) == [])
    #expect(news(Self.findings(("old.png", 6, 1009), ("new.png", 2, 1001)), at: 10) == [])
    #expect(news(Self.findings(("old.png", 6, 1009), ("new.png", 2, 1001)), at: 13) == ["old.png"])
    // A clock that is ahead elsewhere does not matter for long.
    #expect(news(Self.findings(("far.png", 6, 9999)), at: 20) == [])
    #expect(news(Self.findings(("far.png", 6, 9999)), at: 24) == ["far.png"])
  }
}
