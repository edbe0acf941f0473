public import SystemSupport

/// A folder of the user's own weight files, each of which is a model by its file's name.
public struct ModelFolder: Sendable, Hashable {
  /// The path, as `BytePath.encoded` has it.
  public let directory: String
  /// Whether somebody chose it: then it must be there.
  public let isChosen: Bool

  /// The endings of weight files, in the order in which a name is looked for.
  static let suffixes = [".safetensors", ".pth", ".pt", ".ckpt", ".param"]
  /// The most weight files that are looked at.
  static let limit = 10_000

  /// A folder, which need not exist.
  ///
  /// - Parameters:
  ///   - directory: its path.
  ///   - isChosen: whether the user named it, so that it must be there.
  public init(directory: String, isChosen: Bool = true) {
    self.directory = directory
    self.isChosen = isChosen
  }

  /// The folder of this user.
  ///
  /// - Parameter chosen: a folder that goes before all others.
  /// - Returns: `chosen`, or that of `UPSCALE_MODELS`, or `upscale/models` in the user's data by the XDG
  ///   base directory specification; nil where none of these is set.
  public static func standard(chosen: String? = nil) -> ModelFolder? {
    standard(chosen: chosen) { BytePath(variable: $0)?.encoded }
  }

  static func standard(chosen: String?, variable: (String) -> String?) -> ModelFolder? {
    if let chosen { return ModelFolder(directory: chosen) }
    if let directory = variable("UPSCALE_MODELS"), !directory.isEmpty {
      return ModelFolder(directory: directory)
    }
    // The specification ignores relative paths.
    func data(_ name: String, _ below: String) -> ModelFolder? {
      guard let root = variable(name), root.hasPrefix("/") else { return nil }
      return ModelFolder(directory: root + below, isChosen: false)
    }
    return data("XDG_DATA_HOME", "/upscale/models") ?? data("HOME", "/.local/share/upscale/models")
  }

  private var path: BytePath { BytePath(directory) }

  /// Refuses a chosen folder that is not there.
  ///
  /// - Returns: whether there is a folder.
  /// - Throws: `.configuration`; `.permission` where it may not be looked for.
  @discardableResult
  public func check() throws(UpscaleError) -> Bool {
    do throws(SystemFailure) {
      if try path.examine().isFolder { return true }
    } catch {
      guard error.cause == .noSuchFile || error.cause == .notFolder else {
        throw Self.failure(error, path)
      }
      guard isChosen else { return false }
      throw UpscaleError(.configuration, "there is no models folder '\(path.text)'")
    }
    throw UpscaleError(.configuration, "the models folder '\(path.text)' is not a folder")
  }

  /// The file that a name stands for: itself if it ends so, or with the first of the endings that there is.
  ///
  /// - Parameter name: without a folder; with or without an ending.
  /// - Returns: its path; nil where there is none.
  /// - Throws: as `check`.
  func file(of name: String) throws(UpscaleError) -> String? {
    guard !name.isEmpty, !name.contains("/"), BytePath(name).bytes.count <= 240, try check() else {
      return nil
    }
    let endings = (Self.suffixes.contains(where: name.hasSuffix) ? [""] : []) + Self.suffixes
    for ending in endings {
      let file = path.appending(BytePath(name + ending))
      do throws(SystemFailure) {
        if try file.examine().isFolder { continue }
      } catch {
        if error.cause == .noSuchFile || error.cause == .notFolder { continue }
        // A link that leads nowhere else is said to be one when it is opened.
        if error.cause == .denied { throw Self.failure(error, path) }
      }
      return file.encoded
    }
    return nil
  }

  /// The weight files in the folder, not in folders below it, in the order of their names' bytes.
  ///
  /// - Returns: their names, `limit` at most, and whether there are more.
  /// - Throws: as `check`, and `.inputOutput`.
  func files() throws(UpscaleError) -> (names: [BytePath], isCut: Bool) {
    guard try check() else { return ([], false) }
    let endings = Self.suffixes.map { Array($0.utf8) }
    var names: [BytePath] = []
    do throws(SystemFailure) {
      var listing = try FolderListing(path)
      while let name = try listing.next() {
        let isModel = endings.contains { name.count > $0.count && name.suffix($0.count) == $0[...] }
        guard isModel, name.first != UInt8(ascii: ".") else { continue }
        guard names.count < Self.limit else { return (names.sorted(), true) }
        names.append(BytePath(bytes: name))
      }
    } catch {
      throw Self.failure(error, path)
    }
    return (names.sorted(), false)
  }

  /// A file of the folder.
  func path(of name: BytePath) -> BytePath { path.appending(name) }

  private static func failure(_ failure: SystemFailure, _ folder: BytePath) -> UpscaleError {
    switch failure.cause {
    case .denied, .notPermitted:
      UpscaleError(
        .permission, "the models folder '\(folder.text)' may not be read: permission denied")
    default:
      UpscaleError(
        .inputOutput, "the models folder '\(folder.text)' cannot be read: \(failure.reason)")
    }
  }
}
