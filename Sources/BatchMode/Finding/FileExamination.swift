import Upscale

/// Opens files of unknown origin: it never waits for a FIFO, and never opens a device.
enum FileExamination {
  /// Opens a regular file for reading.
  ///
  /// - Returns: the file and what the system says of it; nil where it is no regular file.
  /// - Throws: as reading does.
  static func open(
    _ path: BytePath
  ) throws(UpscaleError) -> (file: OpenFile, status: FileStatus)? {
    let file: OpenFile
    do throws(SystemFailure) {
      // Checked before opening, since opening alone has effects on some devices: it can rewind a tape.
      guard try path.examine().isRegular else { return nil }
      file = try OpenFile(path, [.reading, .withoutWaiting])
    } catch {
      throw failure(path, error)
    }
    guard let status = try? file.status(), status.isRegular else { return nil }
    return (file, status)
  }

  static func failure(_ path: BytePath, _ failure: SystemFailure) -> UpscaleError {
    failure.reading("'\(path.text)'")
  }

  /// What the system says of an input.
  ///
  /// - Throws: as reading does.
  static func status(of path: BytePath) throws(UpscaleError) -> FileStatus {
    do throws(SystemFailure) { return try path.examine() } catch { throw failure(path, error) }
  }

  /// What something is that is no regular file, with its article: "a FIFO".
  static func kind(_ status: FileStatus) -> String {
    switch status.kind {
    case .fifo: "a FIFO"
    case .socket: "a socket"
    case .characterDevice, .blockDevice: "a device"
    case .folder: "a folder"
    case .regular, .symbolicLink, .other: "a special file"
    }
  }

  /// Examines one file and adds it to the findings: as a picture, or as skipped with a reason.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - relative: the path of its output below the folder of outputs.
  ///   - isNamed: whether the user named this file, and so expects it to be a picture.
  ///   - findings: what it is added to.
  static func examine(
    _ path: BytePath, relative: BytePath, isNamed: Bool, into findings: inout Findings
  ) {
    do throws(UpscaleError) {
      guard let (file, status) = try open(path) else {
        let kind = path.status().map { Self.kind($0) } ?? "gone"
        if isNamed {
          throw UpscaleError(.noInput, "'\(path.text)' is \(kind), not a picture file")
        }
        findings.skipped.append((path, .special(kind)))
        return
      }
      let expected = isNamed || isNamedAsPicture(path.name)
      switch FileContent(of: file) {
      case .picture(let format, let width, let height):
        findings.pictures.append(
          SourcePicture(
            path: path, relative: relative, identity: status.identity, size: status.size,
            modified: status.modificationTime, format: format, width: width, height: height))
      case .foreign(let kind):
        guard expected else {
          findings.skipped.append((path, .foreign(kind)))
          return
        }
        throw UpscaleError(
          .unusablePicture,
          "'\(path.text)' is \(kind), which upscale does not read; convert it to PNG first")
      case .empty where expected:
        throw UpscaleError(.empty, "'\(path.text)' is empty")
      case .unknown where expected:
        throw UpscaleError(
          .unusablePicture, "'\(path.text)' is not a picture: it is no PNG, JPEG or WebP")
      case .empty, .unknown:
        findings.skipped.append((path, .noPicture))
      }
    } catch {
      findings.failed.append((path, error))
    }
  }

  /// Whether a name has the extension of a format that is read. Hidden files that systems put beside
  /// pictures do not count.
  private static func isNamedAsPicture(_ name: ArraySlice<UInt8>) -> Bool {
    name.first != UInt8(ascii: ".")
      && PictureFormat(fileName: String(decoding: name, as: UTF8.self)) != nil
  }
}
