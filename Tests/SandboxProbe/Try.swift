import CSandboxTries

/// One attempt.
struct Try {
  let definition: st_try

  var group: String { String(cString: definition.group) }
  var name: String { String(cString: definition.name) }
  /// Why it is allowed; nil for what must be denied.
  var reason: String? { definition.reason.map { String(cString: $0) } }

  /// All there are, in the table's order.
  static func all() -> [Try] {
    var count: Int32 = 0
    let first = st_tries(&count)
    return (0..<Int(count)).map { Try(definition: first[$0]) }
  }

  /// Whether a verdict is as it should be.
  func isRight(_ verdict: Verdict, asRoot: Bool) -> Bool {
    guard reason != nil else { return verdict.isDenied }
    if definition.root_only != 0 { return asRoot || verdict.isDenied }
    return verdict == .allowed
  }
}
