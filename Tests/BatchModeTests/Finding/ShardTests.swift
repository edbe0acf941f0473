import Testing
import Upscale

@testable import BatchMode

@Suite struct ShardTests {
  @Test("Each name belongs to one part, and parts are about as large", arguments: [2, 3, 4, 7, 16])
  func partition(count: Int) {
    let names = (0..<4000).map { BytePath("folder \($0 % 7)/IMG_\($0).jpg") }
    let shards = (1...count).compactMap { Shard(index: $0, count: count) }
    #expect(shards.count == count)
    for name in names { #expect(shards.count { $0.contains(name) } == 1) }
    for shard in shards {
      let share = Double(names.count(where: shard.contains)) * Double(count) / 4000
      #expect((0.75...1.25).contains(share), "\(shard): \(share)")
    }
  }

  @Test("The split is the same for ever: recorded runs depend on it")
  func stable() {
    let names = ["a.png", "b.png", "sub/c.jpg", "日本.webp"]
    let parts = names.map { name in
      (1...8).first { Shard(index: $0, count: 8)?.contains(BytePath(name)) == true }
    }
    #expect(parts == [5, 6, 6, 7])
  }

  @Test(
    "What is no part is refused",
    arguments: ["", "1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3", "1/4 ", "auto"])
  func refused(text: String) {
    let error = #expect(throws: UpscaleError.self) { try Shard(text) { _ in nil } }
    #expect(error?.cause == .usage)
  }

  @Test("Schedulers' variables")
  func automatic() throws {
    func shard(_ variables: [String: String]) throws -> Shard {
      try Shard("auto") { variables[$0] }
    }
    let slurm = [
      "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "4",
      "SLURM_ARRAY_TASK_STEP": "2",
    ]
    #expect(try shard(slurm) == Shard(index: 3, count: 4))
    #expect(
      try shard(["JOB_COMPLETION_INDEX": "0", "JOB_COMPLETIONS": "3"]) == Shard(index: 1, count: 3))
    #expect(throws: UpscaleError.self) { try shard(["JOB_COMPLETION_INDEX": "0"]) }
    #expect(throws: UpscaleError.self) { try shard(["SLURM_ARRAY_TASK_ID": "1"]) }
    let (most, least) = ("9223372036854775807", "-9223372036854775808")
    #expect(throws: UpscaleError.self) {
      try shard(["JOB_COMPLETION_INDEX": most, "JOB_COMPLETIONS": most])
    }
    #expect(throws: UpscaleError.self) {
      try shard([
        "SLURM_ARRAY_TASK_ID": most, "SLURM_ARRAY_TASK_MIN": least, "SLURM_ARRAY_TASK_COUNT": "4",
      ])
    }
    #expect(throws: UpscaleError.self) {
      try shard(["JOB_COMPLETION_INDEX": "3", "JOB_COMPLETIONS": "3"])
    }
  }
}
