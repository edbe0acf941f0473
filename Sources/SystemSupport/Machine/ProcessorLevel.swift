import CPlatform

/// What this machine's processor can do beyond the architecture's baseline.
package enum ProcessorLevel {
  /// 1 to 4 as in x86-64-v1 … v4; 0 on other architectures.
  package static var x86: Int { Int(cp_x86_64_level()) }

  /// Whether it multiplies and adds integers in one instruction of 512 bits (VNNI).
  package static var hasVNNI: Bool { cp_x86_64_has_vnni() != 0 }
}
