import Upscale

extension Failure {
  init(_ reason: WorkerRefusal.Reason) {
    switch reason {
    case .notAPicture(.video?): self = .unusable(.video)
    case .notAPicture(let format?): self = .foreign(format.shortName)
    case .notAPicture(nil): self = .notAPicture
    case .damaged: self = .damaged
    case .tooManyPixels(let width, let height, _), .sideTooLong(let width, let height, _):
      self = .unusable(.tooManyPixels(width: width, height: height))
    case .fileTooLarge(let bytes, _): self = .unusable(.tooManyBytes(bytes))
    case .tooManyResultPixels, .resultTooLarge: self = .resultTooLarge
    case .notEnoughMemory: self = .noMemory
    case .diskFull: self = .noDisk
    case .badModel, .fault, .cancelled: self = .internalFault
    }
  }
}

extension ForeignFormat {
  /// The usual name, the same in all languages.
  fileprivate var shortName: String {
    switch self {
    case .gif: "GIF"
    case .heic: "HEIC"
    case .avif: "AVIF"
    case .tiff: "TIFF"
    case .bmp: "BMP"
    case .jpegXL: "JPEG XL"
    case .jpeg2000: "JPEG 2000"
    case .photoshop: "PSD"
    case .icon: "ICO"
    case .pdf: "PDF"
    case .svg: "SVG"
    case .netpbm: "PNM"
    case .video: "video"
    }
  }
}
