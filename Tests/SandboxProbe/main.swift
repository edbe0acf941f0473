import Foundation

// Enters the worker's sandbox and tries to leave it in every known way:
//
//   sandbox-probe [--table] [--walls-down]
//
// As root, it tries as root and as a user without rights. Prints unexpected outcomes, and with --table all;
// --walls-down makes the attempts without the sandbox only, to show that they would succeed there.
// Ends with 0 if all is as it should be, 1 if not, 69 where the system has no sandbox.

let arguments = CommandLine.arguments.dropFirst()
guard arguments.allSatisfy({ ["--table", "--walls-down"].contains($0) }) else {
  FileHandle.standardError.write(Data("usage: sandbox-probe [--table] [--walls-down]\n".utf8))
  exit(64)
}
let tries = Try.all()
let isRoot = geteuid() == 0
/// A user who owns no files.
let nobody: Probe.Who = isRoot ? .user(65534) : .present

let without = try Probe(isLockedIn: false, who: .present).run()
guard !arguments.contains("--walls-down") else {
  for (attempt, verdict) in zip(tries, without) { print("\(attempt.name): \(verdict.words)") }
  exit(0)
}
/// nil where it cannot be tried.
func tried(by who: Probe.Who) throws -> [Verdict]? {
  let verdicts = try Probe(isLockedIn: true, who: who).run()
  return verdicts.allSatisfy { $0 == .notTried } ? nil : verdicts
}
let asRoot = isRoot ? try tried(by: .present) : nil
let asUser = try tried(by: nobody)
guard asRoot != nil || asUser != nil else { exit(69) }

var mistakes: [String] = []
for (index, attempt) in tries.enumerated() {
  if let asRoot, !attempt.isRight(asRoot[index], asRoot: true) {
    mistakes.append("\(attempt.group): \(attempt.name), as root: \(asRoot[index].words)")
  }
  if let asUser, !attempt.isRight(asUser[index], asRoot: false) {
    mistakes.append("\(attempt.group): \(attempt.name), as a user: \(asUser[index].words)")
  }
}
if arguments.contains("--table") {
  print("| | call | without the sandbox | as root | as a user | why it is allowed |")
  print("|---|---|---|---|---|---|")
  for (index, attempt) in tries.enumerated() {
    let cells = [
      attempt.group, "`\(attempt.name.replacing("|", with: "\\|"))`", without[index].words,
      asRoot?[index].words ?? "not tried", asUser?[index].words ?? "not tried",
      attempt.reason ?? "",
    ]
    print("| \(cells.joined(separator: " | ")) |")
  }
}
for mistake in mistakes { print("not as it should be: \(mistake)") }
print("\(tries.count) tries, \(mistakes.count) not as they should be")
exit(mistakes.isEmpty ? 0 : 1)
