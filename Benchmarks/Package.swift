// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(name: "CLinux"),
        .executableTarget(
            name: "subscribers", dependencies: ["CLinux"], swiftSettings: [.treatAllWarnings(as: .error)]),
    ]
)
