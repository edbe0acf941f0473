import Upscale

/// Examines a picture's file before any of its pixels are decoded.
struct PictureExaminer {
  let limits: WorkerLimits

  var pictureLimits: PictureLimits {
    var limits = PictureLimits()
    limits.pixels = self.limits.pixels
    limits.side = self.limits.side
    limits.fileBytes = self.limits.fileBytes
    return limits
  }

  /// The contents of a file that is not too large.
  ///
  /// - Throws: `.fileTooLarge`, `.fault` where there is no such file.
  func read(_ path: String) throws(WorkerRefusal) -> [UInt8] {
    if let status = BytePath(path).status(), status.isRegular,
      status.size > limits.fileBytes
    {
      throw WorkerRefusal(
        reason: .fileTooLarge(bytes: status.size, limit: limits.fileBytes),
        message: "the file has \(status.size) bytes")
    }
    do throws(UpscaleError) {
      return try InputFile.read(path: path, limit: limits.fileBytes)
    } catch {
      throw WorkerRefusal(error)
    }
  }

  /// What the header says.
  ///
  /// - Throws: why the picture cannot be used, as far as the header shows that.
  func examine(_ bytes: [UInt8]) throws(WorkerRefusal) -> PictureExamination {
    guard PictureFormat.detect(bytes) != nil else {
      let foreign = ForeignFormat.detect(bytes)
      throw WorkerRefusal(
        reason: .notAPicture(foreign), message: "the file is \(foreign?.rawValue ?? "no picture")")
    }
    do throws(UpscaleError) {
      let reader = try PictureReader(bytes, limits: pictureLimits)
      return PictureExamination(
        format: reader.info.format, width: reader.width, height: reader.height,
        hasAlpha: reader.layout.hasAlpha, frameCount: reader.info.frameCount, bytes: bytes.count,
        warnings: reader.warnings)
    } catch {
      throw refusal(of: bytes, error)
    }
  }

  /// The refusal, with the picture's size if that is the reason.
  private func refusal(of bytes: [UInt8], _ error: UpscaleError) -> WorkerRefusal {
    guard error.cause.isAboutInput, let size = PictureReader.storedSize(bytes) else {
      return WorkerRefusal(error)
    }
    if max(size.width, size.height) > limits.side {
      return WorkerRefusal(
        reason: .sideTooLong(width: size.width, height: size.height, limit: limits.side),
        message: error.message)
    }
    let (pixels, isHuge) = size.width.multipliedReportingOverflow(by: size.height)
    guard isHuge || pixels > limits.pixels else { return WorkerRefusal(error) }
    return WorkerRefusal(
      reason: .tooManyPixels(width: size.width, height: size.height, limit: limits.pixels),
      message: error.message)
  }
}
