// Feeds the reader with inputs that libFuzzer makes up: `make fuzz SECONDS=600`.
//
// Whatever the bytes, the reader must end with a matrix or with errors, and with the same ones whichever way it takes.
import Platform

/// libFuzzer's entry point, which no header of the toolchain declares.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ argumentCount: inout CInt, _ arguments: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The test, by the name that libFuzzer's own `main` asks for.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  checkReading(UnsafeBufferPointer(start: bytes, count: count))
  return 0
}

func run() -> CInt {
  var argumentCount = CommandLine.argc
  var arguments = CommandLine.unsafeArgv
  return runFuzzer(&argumentCount, &arguments, testOneInput)
}

exit(run())
