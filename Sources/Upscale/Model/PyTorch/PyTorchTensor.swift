/// A tensor, as the pickle describes it; lengths in elements.
struct PyTorchTensor: Sendable {
  /// Index into the machine's storages.
  let storage: Int
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}
