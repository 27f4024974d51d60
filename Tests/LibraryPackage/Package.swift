// swift-tools-version: 6.0
import PackageDescription

// A package of somebody else's that uses the library products: `make test-package` builds and runs it.
let package = Package(
  name: "Example",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "refinery", path: "../..")],
  targets: [
    .executableTarget(
      name: "Example",
      dependencies: [
        .product(name: "Sparse", package: "refinery"),
        .product(name: "Schedules", package: "refinery"),
        .product(name: "Training", package: "refinery"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
