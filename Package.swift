// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "swift-traced-lambda",
    products: [
        .library(name: "TracedLambda", targets: ["TracedLambda"]),
        .library(name: "TracedLambdaTesting", targets: ["TracedLambdaTesting"]),
        .executable(name: "HelloSession", targets: ["HelloSession"]),
        .executable(name: "QueueWorker", targets: ["QueueWorker"]),
        .executable(name: "AgentAPI", targets: ["AgentAPI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
    ],
    targets: [
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CJournal"),
        .target(name: "CTimer"),
        .target(name: "CurlTransport", dependencies: ["CCurl"]),
        .target(
            name: "SessionTracing",
            dependencies: [
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "TriggerContext", dependencies: ["SessionTracing"]),
        .target(name: "TriggerEvents"),
        .target(name: "SpanExport", dependencies: ["SessionTracing", "CurlTransport", "CZlib", "CJournal"]),
        .target(
            name: "TracedLambda",
            dependencies: [
                "CTimer", "CurlTransport", "SessionTracing", "TriggerContext", "TriggerEvents", "SpanExport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .target(
            name: "TracedLambdaTesting",
            dependencies: [
                "TracedLambda", "SessionTracing",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .executableTarget(
            name: "HelloSession",
            dependencies: ["TracedLambda"],
            path: "Examples/HelloSession",
            exclude: ["Tests"],
            sources: ["Sources"]
        ),
        .testTarget(
            name: "HelloSessionTests",
            dependencies: ["HelloSession", "TracedLambda", "TracedLambdaTesting"],
            path: "Examples/HelloSession/Tests"
        ),
        .executableTarget(
            name: "QueueWorker",
            dependencies: ["TracedLambda"],
            path: "Examples/QueueWorker",
            exclude: ["Tests", "README.md"],
            sources: ["Sources"]
        ),
        .testTarget(
            name: "QueueWorkerTests",
            dependencies: ["QueueWorker", "TracedLambda", "TracedLambdaTesting"],
            path: "Examples/QueueWorker/Tests"
        ),
        .executableTarget(
            name: "AgentAPI",
            dependencies: ["TracedLambda", "CurlTransport"],
            path: "Examples/AgentAPI",
            exclude: ["Tests", "README.md"],
            sources: ["Sources"]
        ),
        .testTarget(
            name: "AgentAPITests",
            dependencies: ["AgentAPI", "TracedLambda", "TracedLambdaTesting"],
            path: "Examples/AgentAPI/Tests"
        ),
        // The function that the end-to-end tests package and run: it does what its event says, crashes included.
        .executableTarget(
            name: "ProbeFunction",
            dependencies: ["TracedLambda", "CurlTransport"],
            path: "Tests/EndToEnd/ProbeFunction"
        ),
        // The function of the fault suite: it makes as many spans as its event says, and ends as its event says.
        .executableTarget(
            name: "FaultFunction",
            dependencies: ["TracedLambda"],
            path: "Tests/Faults/FaultFunction"
        ),
        // The same for answers that are streamed.
        .executableTarget(
            name: "StreamingProbe",
            dependencies: ["TracedLambda"],
            path: "Tests/EndToEnd/StreamingProbe"
        ),
        // The function of `./build.sh bench`: an echo with two nested spans.
        .executableTarget(
            name: "BenchmarkFunction",
            dependencies: ["TracedLambda"],
            path: "Benchmarks/BenchmarkFunction"
        ),
        // Its parts by themselves.
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: ["SessionTracing", "TriggerContext"],
            path: "Benchmarks/Micro"
        ),
        .testTarget(
            name: "CurlTransportTests",
            dependencies: ["CurlTransport", "ScriptedServer", "ThreadSanitizerMutex"]
        ),
        .testTarget(
            name: "SessionTracingTests",
            dependencies: ["SessionTracing", .product(name: "Tracing", package: "swift-distributed-tracing")]
        ),
        // Compares what is sent, and what is read, with recorded traffic of HoneyHive's own client.
        .testTarget(
            name: "HoneyHiveVectorTests",
            dependencies: [
                "SessionTracing", "SpanExport", "CurlTransport", "TracedLambda", "TracedLambdaTesting",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TriggerContextTests",
            dependencies: ["TriggerContext", "SessionTracing", "EventMutation"],
            exclude: ["Fixtures"]
        ),
        // Changes events at random, the same way for the same seed.
        .target(name: "EventMutation", path: "Tests/EventMutation"),
        // `./build.sh fuzz`: mutated events by the million, and what a scan costs.
        .executableTarget(
            name: "TriggerFuzz",
            dependencies: ["TriggerContext", "SessionTracing", "EventMutation"],
            path: "Tests/TriggerFuzz"
        ),
        .testTarget(name: "TriggerEventsTests", dependencies: ["TriggerEvents"], exclude: ["Fixtures"]),
        .testTarget(
            name: "SpanExportTests",
            dependencies: [
                "SpanExport", "SessionTracing", "CurlTransport", "ScriptedServer", "JournalProbe",
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
            ]
        ),
        // Writes a journal until a test ends it, in one of the ways in which processes end.
        .executableTarget(
            name: "JournalProbe",
            dependencies: ["SpanExport", "SessionTracing"],
            path: "Tests/JournalProbe"
        ),
        .testTarget(
            name: "TracedLambdaTests",
            dependencies: [
                "TracedLambda", "TracedLambdaTesting", "SpanExport", "SessionTracing", "TriggerContext",
                "CurlTransport", "ScriptedServer",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .testTarget(
            name: "TracedLambdaTestingTests",
            dependencies: [
                "TracedLambdaTesting", "TracedLambda",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        // A TCP server of the tests' own that answers as a script says, faults included: no real server can be told to.
        .target(name: "ScriptedServer", path: "Tests/ScriptedServer"),
        // Only under the thread sanitizer: tells it of locks that it cannot see. One link serves all tests of the package.
        .target(name: "ThreadSanitizerMutex", path: "Tests/ThreadSanitizerMutex"),
    ]
)

// One set of rules for every Swift target: each upcoming feature closes a gap that Swift 7 closes for all.
let targetsInC = ["CCurl", "CZlib", "CJournal", "CTimer", "ThreadSanitizerMutex"]
for target in package.targets where !targetsInC.contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
