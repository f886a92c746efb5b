// swift-tools-version: 6.2

import PackageDescription

// A separate package, so that the root package does not resolve and build server-side networking.
let package = Package(
    name: "async-http-client-tests",
    dependencies: [
        .package(name: "swift-traced-lambda", path: "../.."),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    ],
    targets: [
        .testTarget(
            name: "AsyncHTTPClientTests",
            dependencies: [
                .product(name: "TracedLambda", package: "swift-traced-lambda"),
                .product(name: "TracedLambdaTesting", package: "swift-traced-lambda"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests",
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
        )
    ]
)
