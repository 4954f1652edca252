// swift-tools-version: 6.2
import PackageDescription

let glibc: [CSetting] = [.define("_GNU_SOURCE")]

let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq"),
        .executableTarget(
            name: "subscribers", dependencies: ["CLinux"], swiftSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "measure", cSettings: glibc),
        .executableTarget(name: "load", dependencies: ["measure"], cSettings: glibc),
        .executableTarget(name: "publish", dependencies: ["measure", "CLibpq"], cSettings: glibc),
        .executableTarget(name: "bridge", dependencies: ["measure", "CLibpq"], cSettings: glibc),
        .executableTarget(name: "limit", dependencies: ["measure"], cSettings: glibc),
    ]
)
