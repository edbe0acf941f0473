import Foundation
import TestSupport
import Testing
import Upscale

@testable import BotMode

@Suite("Names of the bot's files")
struct StateNameTests {
  @Test("a state folder whose name is not UTF-8 is the very one that was named")
  func bytes() throws {
    let folder = try TemporaryFolder()
    let parent = BytePath(folder.url.path).appending([0x63, 0xE9] as [UInt8])
    let state = try StateFolder(parent.encoded, bot: 42)
    _ = try Database(path: state.database)
    for name in ["42/work", "42/lock", "42/bot.sqlite"] {
      #expect(parent.appending(name).status() != nil, "\(name)")
    }
    #expect(BytePath(folder.url.path).appending("c\u{FFFD}").status() == nil)
    // Files in the folder of work are found and removed.
    let left = BytePath(state.path("7.in"))
    try OutputFile.write([1], to: left.encoded)
    #expect(left.status() != nil && state.sweep(keeping: []) == 1 && left.status() == nil)
    // The health file is found again.
    let health = parent.appending("health")
    try Health.write(health.encoded, "well")
    #expect(health.status() != nil)
    try Health.check(health.encoded)
  }
}
