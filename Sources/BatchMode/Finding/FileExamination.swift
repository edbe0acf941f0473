import Upscale

/// Opens files that anybody may have put there: never waits for a FIFO, never wakes a device.
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
      // Asked before opening too: opening alone can rewind a tape.
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

  /// "a FIFO": what a thing is that is no regular file.
  static func kind(_ status: FileStatus) -> String {
    switch status.kind {
    case .fifo: "a FIFO"
    case .socket: "a socket"
    case .characterDevice, .blockDevice: "a device"
    case .folder: "a folder"
    case .regular, .symbolicLink, .other: "a special file"
    }
  }

  /// Looks at one entry and files it under what it is.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - relative: its place below the outputs.
  ///   - isNamed: somebody named this very file, and expects it to be a picture.
  ///   - findings: where it goes.
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

  /// Whether a name promises one of our formats. What systems hide beside pictures does not count.
  private static func isNamedAsPicture(_ name: ArraySlice<UInt8>) -> Bool {
    name.first != UInt8(ascii: ".")
      && PictureFormat(fileName: String(decoding: name, as: UTF8.self)) != nil
  }
}
