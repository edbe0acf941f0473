import Foundation

/// Programs of this package, as they are built beside the tests.
public enum BuiltProgram {
  /// The command `upscale`: the executable beside the test bundle, or the one that
  /// `UPSCALE_EXECUTABLE` names.
  public static let upscale: String = {
    if let chosen = ProcessInfo.processInfo.environment["UPSCALE_EXECUTABLE"] { return chosen }
    var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folder = URL(filePath: argument).deletingLastPathComponent()
    }
    while folder.path != "/" {
      let candidate = folder.appending(path: "upscale").path
      if FileManager.default.isExecutableFile(atPath: candidate), candidate.contains(".build") {
        return candidate
      }
      folder = folder.deletingLastPathComponent()
    }
    return "upscale"
  }()
}
