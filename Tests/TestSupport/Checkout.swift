public import Foundation

/// The checkout that the tests were built from, with its weights, fixtures and goldens.
public enum Checkout {
  /// Its folder.
  public static let url = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// - Parameter path: relative to the checkout.
  /// - Returns: the absolute path.
  public static func path(_ path: String) -> String { url.appending(path: path).path }
}
