// Re-exports the platform's C library; every other file that needs it imports this module.
#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#elseif canImport(Darwin)
  @_exported import Darwin
#endif

/// The system's error message for the current `errno`.
public func systemErrorMessage() -> String { String(cString: strerror(errno)) }
