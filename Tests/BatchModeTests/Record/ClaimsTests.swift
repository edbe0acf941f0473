import Foundation
import TestSupport
import Testing
import Upscale

@testable import BatchMode

@Suite struct ClaimsTests {
  private static func claims(
    _ folder: TemporaryFolder, _ run: String, patience: Double = Claims.patience
  ) throws -> Claims {
    let root = BytePath(folder.url.path)
    return try Claims(in: root, journal: Journal(in: root, run: run), patience: patience)
  }

  @Test("One of two runs gets an output; the other gets it when it is given back")
  func exclusive() throws {
    let folder = try TemporaryFolder()
    let (one, other) = (try Self.claims(folder, "one"), try Self.claims(folder, "other"))
    let output = BytePath("sub/a.png")
    #expect(try one.take(output))
    #expect(try !other.take(output))
    #expect(try !one.take(output))
    #expect(try other.take(BytePath("sub/b.png")))
    one.release(output)
    #expect(try other.take(output))
    for name in [output, BytePath("sub/b.png")] { other.release(name) }
    one.close()
    other.close()
    #expect(folder.names == [Journal.fileName], "nothing is left")
  }

  /// A claim as another process would have left it.
  private static func leave(
    _ text: String, for output: BytePath, in folder: TemporaryFolder, age: TimeInterval = 0
  ) throws {
    let claims = try Self.claims(folder, "temporary")
    #expect(try claims.take(output))
    let name = try #require(folder.claimNames.first { !$0.hasPrefix("run-") })
    claims.release(output)
    claims.close()
    try FileManager.default.createDirectory(
      atPath: folder.path(Claims.folderName), withIntermediateDirectories: true)
    let path = try folder.write(Array(text.utf8), as: Claims.folderName + "/" + name)
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now.addingTimeInterval(-age)], ofItemAtPath: path)
  }

  @Test("A claim from elsewhere holds while its heart beats, and no longer")
  func elsewhere() throws {
    let output = BytePath("a.png")
    let text = #"{"host":"elsewhere","pid":1,"started":1}"#
    let fresh = try TemporaryFolder()
    try Self.leave(text, for: output, in: fresh)
    let claims = try Self.claims(fresh, "one")
    #expect(claims.isInDoubt(output))
    #expect(!claims.isInDoubt(BytePath("b.png")))
    #expect(try !claims.take(output))

    let old = try TemporaryFolder()
    try Self.leave(text, for: output, in: old, age: Claims.patience + 60)
    let heirs = (try Self.claims(old, "one"), try Self.claims(old, "two"))
    #expect(try heirs.0.take(output))
    #expect(try !heirs.1.take(output))
  }

  @Test("A claim that says nothing is one from elsewhere", arguments: ["", "{", "words"])
  func silent(text: String) throws {
    let folder = try TemporaryFolder()
    let output = BytePath("a.png")
    try Self.leave(text, for: output, in: folder)
    #expect(try !Self.claims(folder, "one").take(output))
    #expect(try Self.claims(folder, "two", patience: -1).take(output))
  }

  @Test("The claim of a dead process of this machine is stale at once")
  func dead() throws {
    let folder = try TemporaryFolder()
    let output = BytePath("a.png")
    let living = try Self.claims(folder, "living")
    #expect(try living.take(output))
    let name = try #require(folder.claimNames.first { !$0.hasPrefix("run-") })
    // The same process number, started at another time: the number came again.
    let text = String(decoding: try folder.read(Claims.folderName + "/" + name), as: UTF8.self)
    let other = text.replacing(/"started":\d+/, with: "\"started\":1")
    #expect(other != text)
    living.release(output)
    try folder.write(Array(other.utf8), as: Claims.folderName + "/" + name)
    let next = try Self.claims(folder, "next")
    #expect(next.isInDoubt(output))
    #expect(try next.take(output))
    next.release(output)
    next.close()
    living.close()
  }

  @Test("Of many that want a stale claim one gets it")
  func race() throws {
    for _ in 0..<20 {
      let folder = try TemporaryFolder()
      let output = BytePath("a.png")
      try Self.leave(
        #"{"host":"elsewhere","pid":1,"started":1}"#, for: output, in: folder, age: 1000)
      let runs = try (0..<4).map { try Self.claims(folder, "\($0)") }
      let winners = Shared(0)
      let workers = try Workers(count: 4) { index in
        if (try? runs[index].take(output)) == true { winners.update { $0 += 1 } }
      }
      workers.join()
      #expect(winners.read { $0 } == 1)
    }
  }
}

extension TemporaryFolder {
  fileprivate var claimNames: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(Claims.folderName))) ?? []).sorted()
  }
}
