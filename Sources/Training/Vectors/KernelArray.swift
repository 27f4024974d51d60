/// Owned memory for scalars and small records that kernels reach through pointers.
///
/// A kernel's structs hold the pointer; whoever runs the kernel keeps the array alive.
final class KernelArray<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  /// - Precondition: `count` is not negative.
  init(repeating element: Element, count: Int) {
    self.count = count
    pointer = .allocate(capacity: max(1, count))
    pointer.initialize(repeating: element, count: max(1, count))
  }

  convenience init(_ elements: [Element], padding: Element) {
    self.init(repeating: padding, count: elements.count)
    for (i, element) in elements.enumerated() { pointer[i] = element }
  }

  deinit { pointer.deallocate() }
}
