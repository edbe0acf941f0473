public import Upscale

/// The error that decoding ends in, or nil if there is a picture.
public func refusal(
  of bytes: [UInt8], limits: PictureLimits = PictureLimits()
) -> UpscaleError? {
  do {
    _ = try PictureDecoder.decode(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}
