import Upscale

extension PictureFormat {
  init(_ format: ResultFormat) {
    switch format {
    case .png: self = .png
    case .jpeg: self = .jpeg
    case .webp: self = .webp
    }
  }
}
