import Glibc
public import Testing

/// Whether the tests were built with a sanitizer: its shadow memory exceeds every limit on address space, and
/// code runs about ten times as slowly.
public enum Sanitizer {
  public static let isOn: Bool =
    dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil

  /// Why a test of a large network is left out: a sanitizer checks the same kernels, threads and buffers
  /// with small networks, for which it does not take an hour.
  public static let costsTooMuch: Comment = "a small network does the same under a sanitizer"
}
