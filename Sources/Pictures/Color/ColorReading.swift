/// How a reader gives the colours of its rows.
package enum ColorReading: Sendable {
  /// As the file has them.
  case asStored
  /// 16-bit samples that are proportional to light with the curve of sRGB, others as the file has them.
  case encoded
  /// As sRGB.
  case srgb
}
