/// Translates the families of names that RRDBNets' tensors have into Real-ESRGAN's.
///
/// | part | Real-ESRGAN | ESRGAN, BSRGAN, RealSR | ESRGAN before 2019, most community models |
/// |---|---|---|---|
/// | first | `conv_first` | `conv_first` | `model.0` |
/// | dense block | `body.N.rdbK.convJ` | `RRDB_trunk.N.RDBK.convJ` | `model.1.sub.N.RDBK.convJ.0` |
/// | trunk | `conv_body` | `trunk_conv` | `model.1.sub.B`, B blocks before it |
/// | up | `conv_upS` | `upconvS` | `model.3`, `model.6`, … |
/// | last two | `conv_hr`, `conv_last` | `HRconv`, `conv_last` | two and four behind the last of these |
enum KeyFamily {
  /// The same tensors under Real-ESRGAN's names, where the family is known. A name that has no place in
  /// its family stays, and is refused as foreign later.
  static func official(_ tensors: [String: Tensor]) -> [String: Tensor] {
    let translate: (String) -> String
    if tensors["conv_first.weight"] != nil,
      tensors.keys.contains(where: { $0.hasPrefix("RRDB_trunk.") })
    {
      translate = renamed
    } else if let layout = OldLayout(tensors) {
      translate = layout.renamed
    } else {
      return tensors
    }
    var result: [String: Tensor] = [:]
    for (name, tensor) in tensors {
      let official = translate(name)
      // Two names for one tensor: the second stays, and is foreign.
      result[
        result[official] == nil && (official == name || tensors[official] == nil)
          ? official : name] = tensor
    }
    return result
  }

  /// Names as in the ESRGAN of 2019.
  private static func renamed(_ name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    switch (parts.first, parts.count) {
    case ("RRDB_trunk", 5) where parts[2].hasPrefix("RDB"):
      return "body.\(parts[1]).rdb\(parts[2].dropFirst(3)).\(parts[3]).\(parts[4])"
    case ("trunk_conv", 2): return "conv_body.\(parts[1])"
    case ("HRconv", 2): return "conv_hr.\(parts[1])"
    case (let first?, 2) where first.hasPrefix("upconv"):
      return "conv_up\(first.dropFirst(6)).\(parts[1])"
    default: return name
    }
  }

  /// Numbers as in the ESRGAN before 2019, a chain of modules.
  private struct OldLayout {
    private let blocks: String
    private let upsamplings: Int

    /// - Returns: nil if it is no such network.
    init?(_ tensors: [String: Tensor]) {
      guard tensors["model.0.weight"] != nil,
        tensors["model.1.sub.0.RDB1.conv1.0.weight"] != nil
          || tensors["model.1.sub.0.RDB1.conv1x1.weight"] != nil
      else { return nil }
      let names = tensors.keys.map { $0.split(separator: ".") }
      let last = names.compactMap { $0.count == 3 && $0[2] == "weight" ? Int($0[1]) : nil }.max()
      let trunk = names.compactMap {
        $0.count == 5 && $0[..<3] == ["model", "1", "sub"] && $0[4] == "weight" ? Int($0[3]) : nil
      }.max()
      guard let last, let trunk, last >= 4, (last - 4) % 3 == 0 else { return nil }
      upsamplings = (last - 4) / 3
      blocks = "\(trunk)"
    }

    func renamed(_ name: String) -> String {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.first == "model", let kind = parts.last else { return name }
      if parts.count == 3, let number = Int(parts[1]), "\(number)" == parts[1] {
        switch number {
        case 0: return "conv_first.\(kind)"
        case 3 * upsamplings + 2: return "conv_hr.\(kind)"
        case 3 * upsamplings + 4: return "conv_last.\(kind)"
        case 3...max(3, 3 * upsamplings) where number % 3 == 0 && upsamplings > 0:
          return "conv_up\(number / 3).\(kind)"
        default: return name
        }
      }
      guard parts.count >= 5, parts[1] == "1", parts[2] == "sub" else { return name }
      if parts.count == 5, parts[3] == blocks { return "conv_body.\(kind)" }
      guard parts.count >= 7, parts[4].hasPrefix("RDB") else { return name }
      let block = "body.\(parts[3]).rdb\(parts[4].dropFirst(3))"
      switch (parts.count, parts[5]) {
      case (7, "conv1x1"): return "\(block).conv1x1.\(kind)"
      case (8, let layer) where layer.hasPrefix("conv") && parts[6] == "0":
        return "\(block).\(layer).\(kind)"
      default: return name
      }
    }
  }
}
