// The C library, whatever the platform calls it: every other file that needs it imports this module.
#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#elseif canImport(Darwin)
  @_exported import Darwin
#endif

/// The operating system's message for the call that failed last on this thread.
public func systemErrorMessage() -> String { String(cString: strerror(errno)) }
