import Foundation

/// Programs of this package that are built with the tests.
public enum BuiltProgram {
  /// The command `upscale`: the executable beside the test bundle, or the one that
  /// `UPSCALE_EXECUTABLE` names.
  public static let upscale =
    ProcessInfo.processInfo.environment["UPSCALE_EXECUTABLE"] ?? path("upscale")

  /// The program that tries to leave the worker's sandbox.
  public static let sandboxProbe = path("sandbox-probe")

  /// The program that compares the networks' definitions with the engine.
  public static let naiveForward = path("naive-forward")

  /// The program of the README that uses the library.
  public static let snippet = path("EnlargePhoto")

  private static func path(_ name: String) -> String {
    var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folder = URL(filePath: argument).deletingLastPathComponent()
    }
    while folder.path != "/" {
      let candidate = folder.appending(path: name).path
      if FileManager.default.isExecutableFile(atPath: candidate), candidate.contains(".build") {
        return candidate
      }
      folder = folder.deletingLastPathComponent()
    }
    return name
  }
}
