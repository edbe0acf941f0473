import Foundation
import TestSupport
import TestTraits
import Testing

/// The recipes do what one run does.
@Suite(.serialized, .waiting) struct RecipeTests {
  static let folder = Checkout.url.appending(path: "Recipes").path

  private static func inputs() throws -> BatchFixture {
    let batch = try BatchFixture()
    for index in 0..<16 {
      try batch.add(Samples.grayPNG(width: 8 + index, height: 12), "with space/\(index).png")
    }
    #expect(try batch.run(to: "whole").exitCode == 0)
    return batch
  }

  static let hasParallel =
    (try? ProcessRunner.shell("parallel --version | grep -q GNU"))?.exitCode == 0

  @Test("GNU parallel", .enabled(if: hasParallel))
  func parallel() throws {
    let batch = try Self.inputs()
    let result = try ProcessRunner.run(
      Self.folder + "/parallel.sh", ["in", "out", "-m", Command.quickModel],
      environment: ["UPSCALE": Command.path, "JOBS": "2", "HOME": batch.folder.url.path],
      in: batch.folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(try batch.outputs() == batch.outputs("whole"))
    #expect(try batch.journal().count == 16)
    try batch.add(Array("torn".utf8), "torn.png")
    let failing = try ProcessRunner.run(
      Self.folder + "/parallel.sh", ["in", "out", "-m", Command.quickModel],
      environment: ["UPSCALE": Command.path, "HOME": batch.folder.url.path], in: batch.folder.url)
    #expect(failing.exitCode == 1)
    #expect(failing.standardError.contains("1 of 4 parts"), "\(failing.standardError)")
  }

  @Test("A Slurm array's tasks, together")
  func slurm() throws {
    let batch = try Self.inputs()
    for task in 1...4 {
      let result = try ProcessRunner.run(
        Self.folder + "/slurm-array.sh", [],
        environment: [
          "UPSCALE": Command.path, "INPUT": "in", "OUTPUT": "out",
          "OPTIONS": "-m \(Command.quickModel)", "SLURM_ARRAY_TASK_ID": "\(task)",
          "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "4",
        ], in: batch.folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
    }
    #expect(try batch.outputs() == batch.outputs("whole"))
    #expect(try batch.journal().count == 16)
  }

  @Test("The Kubernetes Job's command, as its pods run it")
  func kubernetes() throws {
    let text = try String(
      contentsOfFile: Self.folder + "/kubernetes-indexed-job.yaml", encoding: .utf8)
    let completions = try #require(text.firstMatch(of: /completions: (\d+)/)?.1)
    let told = try #require(text.firstMatch(of: /JOB_COMPLETIONS\n +value: "(\d+)"/)?.1)
    #expect(completions == told)
    let command = try #require(text.firstMatch(of: /command: \[(.+)\]/)?.1)
    let batch = try Self.inputs()
    let words = command.split(separator: ", ").dropFirst().map {
      String($0).replacing("/pictures/", with: "")
    }
    for index in 0..<(Int(completions) ?? 0) {
      let result = try ProcessRunner.run(
        Command.path, words + ["-m", Command.quickModel],
        environment: ["JOB_COMPLETION_INDEX": "\(index)", "JOB_COMPLETIONS": String(told)],
        in: batch.folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
    }
    #expect(try batch.outputs() == batch.outputs("whole"))
    #expect(try batch.journal().count == 16)
  }
}
