public import ArgumentParser
package import BotMode
public import Upscale

// What options choose from: the parser lists the values in the help and in its refusals.

extension Precision: ExpressibleByArgument {}

extension AlphaTreatment: ExpressibleByArgument {}

extension ChromaSubsampling: ExpressibleByArgument {}

extension WorkerSettings.Sandbox: ExpressibleByArgument {
  package static var allValueStrings: [String] { ["auto", "require", "off"] }

  package init?(argument: String) {
    switch argument {
    case "auto": self = .automatic
    case "require": self = .required
    case "off": self = .off
    default: return nil
    }
  }

  package var defaultValueDescription: String {
    switch self {
    case .automatic: "auto"
    case .required: "require"
    case .off: "off"
    }
  }
}

extension PictureFormat: ExpressibleByArgument {
  public static var allValueStrings: [String] { allCases.map(\.rawValue) }

  public init?(argument: String) {
    let name = argument.lowercased()
    self.init(rawValue: name == "jpg" ? "jpeg" : name)
  }
}

extension Picture.Depth: ExpressibleByArgument {
  public static var allValueStrings: [String] { allCases.map { "\($0.rawValue)" } }

  public init?(argument: String) {
    guard let depth = Self.allCases.first(where: { "\($0.rawValue)" == argument }) else {
      return nil
    }
    self = depth
  }
}
