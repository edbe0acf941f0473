/// Numbers of a picture or of a layer, plane by plane (CHW): first all rows of channel 0, then those of
/// channel 1, and so on.
public struct Planes: Sendable, Equatable {
  /// Planes: 3 of a colour picture, as many as there are features of a layer.
  public let channels: Int
  /// Rows of a plane.
  public let height: Int
  /// Columns of a plane.
  public let width: Int
  /// `values[(channel * height + y) * width + x]`.
  public var values: [Double]

  /// Planes of given numbers.
  ///
  /// - Parameters:
  ///   - channels: planes.
  ///   - height: rows of each.
  ///   - width: columns of each.
  ///   - values: all numbers in the order of `values`; nil for zeros.
  /// - Precondition: There are `channels * height * width` numbers.
  public init(channels: Int, height: Int, width: Int, values: [Double]? = nil) {
    let count = channels * height * width
    precondition(values.map { $0.count == count } ?? true, "\(count) numbers are needed")
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values ?? [Double](repeating: 0, count: count)
  }

  /// The number at a place.
  public subscript(channel: Int, y: Int, x: Int) -> Double {
    get { values[(channel * height + y) * width + x] }
    set { values[(channel * height + y) * width + x] = newValue }
  }

  /// The planes of both, one after the other: what PyTorch calls `cat` along the channels.
  public func joined(_ other: Planes) -> Planes {
    Planes(
      channels: channels + other.channels, height: height, width: width,
      values: values + other.values)
  }

  /// Sums, number by number.
  public static func + (left: Planes, right: Planes) -> Planes {
    left.combined(right) { $0 + $1 }
  }

  /// Products with one number.
  public static func * (factor: Double, planes: Planes) -> Planes {
    planes.mapped { factor * $0 }
  }

  /// A function of every number.
  public func mapped(_ function: (Double) -> Double) -> Planes {
    Planes(channels: channels, height: height, width: width, values: values.map(function))
  }

  /// A function of every two numbers at the same place.
  ///
  /// - Precondition: Both have the same shape.
  public func combined(_ other: Planes, _ function: (Double, Double) -> Double) -> Planes {
    precondition(values.count == other.values.count, "planes of one shape are combined")
    return Planes(
      channels: channels, height: height, width: width,
      values: zip(values, other.values).map(function))
  }

  /// The rectangle of every plane.
  public func cropped(columns: Range<Int>, rows: Range<Int>) -> Planes {
    var result = Planes(channels: channels, height: rows.count, width: columns.count)
    for channel in 0..<channels {
      for (y, row) in rows.enumerated() {
        for (x, column) in columns.enumerated() {
          result[channel, y, x] = self[channel, row, column]
        }
      }
    }
    return result
  }
}
