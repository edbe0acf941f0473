import Glibc

/// Tells tests whether they were built with a sanitizer: its shadow memory exceeds every limit on
/// addresses, and what it slows down is ten times as slow.
public enum Sanitizer {
  public static let isOn: Bool =
    dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil
}
