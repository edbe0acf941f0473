import Glibc

/// Whether the tests were built with a sanitizer: its shadow memory exceeds every limit on address space, and
/// code runs about ten times as slowly.
public enum Sanitizer {
  public static let isOn: Bool =
    dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil
}
