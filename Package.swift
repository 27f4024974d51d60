// swift-tools-version: 6.0
import PackageDescription

// The kernels need fused multiply-add: without it every `addingProduct` is sixteen calls to libm. `make` compiles for the
// machine at hand (REFINERY_ARCHITECTURE=native); a plain `swift build` for x86-64-v3 (2013 and later) or the arm64 baseline.
#if arch(x86_64)
  let baseline: String? = "x86-64-v3"
#else
  let baseline: String? = nil
#endif
let architecture = Context.environment["REFINERY_ARCHITECTURE"] ?? baseline

/// What decides the width of vectors, for all targets that name them.
let architectureFlags = architecture.map { ["-Xcc", "-march=\($0)"] } ?? []

/// Kernels are optimised in debug builds too; they would crawl otherwise.
let kernelFlags: [SwiftSetting] = [
  .unsafeFlags(["-O", "-wmo", "-num-threads", "2", "-disable-batch-mode"] + architectureFlags)
]

let package = Package(
  name: "refinery",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "refinery", targets: ["refinery"]),
    .library(name: "Sparse", targets: ["Sparse"]),
    .library(name: "Schedules", targets: ["Schedules"]),
    .library(name: "Training", targets: ["Training"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "SIMDShims"),
    .target(name: "Platform"),
    .target(
      name: "Sparse",
      dependencies: ["CZlib", "SIMDShims", "Platform", .product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: kernelFlags),
    .target(name: "Schedules", dependencies: ["CZlib"]),
    .target(name: "Training", dependencies: ["Sparse", "Schedules", "SIMDShims", "Platform"], swiftSettings: kernelFlags),
    .target(
      name: "Benchmarking", dependencies: ["Training", "Sparse", "CZlib", "SIMDShims", "Platform"], swiftSettings: kernelFlags),
    .target(
      name: "Sweeps", dependencies: ["Training", "Schedules", "Sparse", "Platform", .product(name: "Yams", package: "Yams")]),
    .target(name: "Reports", dependencies: ["Sweeps", "Training", "Schedules"]),
    .executableTarget(
      name: "refinery",
      dependencies: [
        "Reports", "Sweeps", "Benchmarking", "Training", "Schedules", "Sparse", "SIMDShims", "Platform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "PlatformTests", dependencies: ["Platform"]),
    .testTarget(name: "SparseTests", dependencies: ["Sparse", "Benchmarking", "CZlib"], resources: [.copy("Fixtures")]),
    .testTarget(name: "SchedulesTests", dependencies: ["Schedules"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Benchmarking", "SIMDShims"], resources: [.copy("Fixtures")],
      swiftSettings: [.unsafeFlags(architectureFlags)]),
    .testTarget(name: "BenchmarkingTests", dependencies: ["Benchmarking"]),
    .testTarget(name: "SweepsTests", dependencies: ["Sweeps"], resources: [.copy("Fixtures")]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports"], resources: [.copy("Fixtures")]),
    .testTarget(name: "CommandLineTests", dependencies: ["refinery"], resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)

// One release build serves the program and its tests: these see internal names there too, and need no optimiser.
for target in package.targets where target.type != .system {
  let flags = target.type == .test ? ["-Onone"] : ["-enable-testing", "-num-threads", "2"]
  target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(flags, .when(configuration: .release))]
}

// Set by `make fuzz`: the reader with the address sanitizer and libFuzzer's counters, and a program that hands over to it.
if Context.environment["REFINERY_FUZZER"] != nil {
  let flags = ["-sanitize=address", "-sanitize-coverage=edge,inline-8bit-counters,pc-table"]
  package.targets.first { $0.name == "Sparse" }?.swiftSettings?.append(.unsafeFlags(flags))
  package.targets.append(
    .executableTarget(
      name: "ReaderFuzzer", dependencies: ["Sparse", "Platform", "CZlib"], path: "Tests/ReaderFuzzer",
      exclude: ["Corpus", "dictionary"],
      swiftSettings: [.unsafeFlags(flags + ["-O"])],
      linkerSettings: [.unsafeFlags(["-sanitize=address,fuzzer", "-use-ld=lld"])]))
}
