// swift-tools-version: 6.2

import PackageDescription

// Every target: Swift 6 language mode, imports are internal unless said, warnings are errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// The targets stand in the order of the data's way: each imports only what stands above it.
let package = Package(
    name: "cointape",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "cointape", targets: ["cointape"]),
        .executable(name: "cointape-bench", targets: ["cointape-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries: a module map and typed shims, no Swift.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(name: "CJQ", providers: [.apt(["libjq-dev"]), .brew(["jq"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CGlibc"),

        // What no library has and Swift cannot say: C of our own.
        .target(name: "CTextMasks"),

        // Values without I/O.
        .target(name: "Basics", swiftSettings: settings),
        .target(name: "JSON", dependencies: ["Basics"], swiftSettings: settings),
        .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: settings),
        .target(
            name: "Config",
            dependencies: ["Basics", "JSON"],
            swiftSettings: settings
        ),
        .target(
            name: "TopLists",
            dependencies: [
                "Basics", "CTextMasks", "Digests", "JSON",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        // The archive's format: the lists of an hour or a day as one block of bytes.
        .target(
            name: "Blocks",
            dependencies: ["Basics", "CZlib", "Digests", "TopLists"],
            swiftSettings: settings
        ),
        // What the system does, by its own calls: processes, pipes and folders.
        .target(name: "POSIX", dependencies: ["CGlibc"], swiftSettings: settings),

        // What is said: keys, events, formats, and where lines go.
        .target(
            name: "Logs",
            dependencies: [
                "Basics", "Config", "JSON", "POSIX",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),

        // What is counted, and shown to Prometheus.
        .target(
            name: "Telemetry",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings
        ),

        // What talks to the world: each wraps one library and knows nothing of the tape.
        .target(
            name: "Redis",
            dependencies: [
                "Basics", "CHiredis", "Digests", "Logs",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            resources: [.embedInCode("Scripts/denied.lua")],
            swiftSettings: settings
        ),
        .target(
            name: "HTTPServer",
            dependencies: [
                "Basics", "CGlibc", "CZlib", "JSON", "Logs", "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CurlHTTP", dependencies: ["Basics", "CCurl"], swiftSettings: settings),
        .target(name: "JQ", dependencies: ["Basics", "CJQ", "JSON", "POSIX"], swiftSettings: settings),
        .target(
            name: "RedisServer",
            dependencies: [
                "Basics", "Logs", "POSIX", "Redis", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),

        // settle: the streams, their entries, leases and the clock they share.
        .target(
            name: "Tape",
            dependencies: [
                "Basics", "Config", "Digests", "Logs", "Redis", "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("Scripts/begin.lua"), .embedInCode("Scripts/give_back.lua"),
                .embedInCode("Scripts/minutes.lua"), .embedInCode("Scripts/newest.lua"),
                .embedInCode("Scripts/newest_rows.lua"), .embedInCode("Scripts/probe.lua"),
                .embedInCode("Scripts/publish.lua"), .embedInCode("Scripts/renew.lua"),
                .embedInCode("Scripts/survey.lua"),
            ],
            swiftSettings: settings
        ),

        // Orders: money, the ledger and its read model.
        .target(
            name: "Orders",
            dependencies: [
                "Basics", "Config", "JSON", "Logs", "POSIX", "Redis", "Tape", "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [
                .embedInCode("Scripts/add_currencies.lua"), .embedInCode("Scripts/clear_loss.lua"),
                .embedInCode("Scripts/confirm.lua"), .embedInCode("Scripts/create_order.lua"),
                .embedInCode("Scripts/keep_witness.lua"), .embedInCode("Scripts/mark_loss.lua"),
                .embedInCode("Scripts/open_ledger.lua"), .embedInCode("Scripts/page.lua"),
                .embedInCode("Scripts/project.lua"), .embedInCode("Scripts/raise_total.lua"),
                .embedInCode("Scripts/repair_keys.lua"), .embedInCode("Scripts/replace.lua"),
                .embedInCode("Scripts/Shared/ledger.lua"),
            ],
            swiftSettings: settings
        ),

        // Calls to providers and their answers as files: fetch workers write them, the sandbox plays them.
        .target(name: "Recordings", dependencies: ["Basics", "Digests", "Logs", "POSIX"], swiftSettings: settings),

        // What a kind of worker is, and what all workers of a process share.
        .target(
            name: "Workers",
            dependencies: [
                "Basics", "Config", "CurlHTTP", "JSON", "Logs", "Redis", "Tape", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // The workers, one target a kind.
        .target(
            name: "Fetching",
            dependencies: [
                "Basics", "Config", "CurlHTTP", "Digests", "JQ", "JSON", "Logs", "Recordings", "Redis", "Tape",
                "Telemetry", "Workers",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Scripts/budget.lua")],
            swiftSettings: settings
        ),
        .target(
            name: "Merging",
            dependencies: [
                "Basics", "Config", "Digests", "JSON", "Logs", "Redis", "Tape", "Telemetry", "TopLists", "Workers",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // Where blocks are kept, how hours become blocks, and how they are read.
        .target(
            name: "Archive",
            dependencies: [
                "Basics", "Blocks", "CGlibc", "Config", "CurlHTTP", "Digests", "JSON", "Logs", "POSIX", "Redis", "Tape",
                "Telemetry", "TopLists", "Workers",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Projecting",
            dependencies: [
                "Basics", "Config", "Logs", "Orders", "Redis", "Tape", "Telemetry", "Workers",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Serving",
            dependencies: [
                "Archive", "Basics", "Blocks", "Config", "Digests", "HTTPServer", "JSON", "Logs", "Orders", "POSIX",
                "Redis", "Tape",
                "Telemetry", "TopLists", "Workers",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("OpenAPI/openapi.yaml"), .embedInCode("Scripts/neighbours.lua")],
            swiftSettings: settings
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                "Basics", "HTTPServer", "JSON", "Recordings",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        // The composition root and the commands.
        .target(
            name: "Assembly",
            dependencies: [
                "Archive", "Basics", "Blocks", "Config", "CurlHTTP", "Fetching", "HTTPServer", "JQ", "JSON", "Logs",
                "Merging", "Orders",
                "POSIX", "Projecting", "Recordings", "Redis", "RedisServer", "Sandbox", "Serving", "Tape", "Telemetry",
                "Workers",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "cointape",
            dependencies: [
                "Assembly",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // Tests, one target a target, and what they share.
        .target(
            name: "TestSupport",
            dependencies: [
                "Archive", "Basics", "Blocks", "Digests", "JQ", "Orders", "POSIX", "Redis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport",
            exclude: ["PowerCut"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ArchiveTests",
            dependencies: [
                "Archive", "Basics", "Blocks", "Config", "CurlHTTP", "Digests", "POSIX", "Redis", "Tape", "TestSupport",
                "TopLists",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BlocksTests",
            dependencies: ["Basics", "Blocks", "Digests", "TopLists"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LogsTests",
            dependencies: [
                "Basics", "Config", "JSON", "Logs", "POSIX", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "Basics", "HTTPServer", "Redis", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedisServerTests",
            dependencies: [
                "Redis", "RedisServer", "TestSupport", "cointape",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TapeTests",
            dependencies: [
                "Basics", "Digests", "Redis", "Tape", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OrdersTests",
            dependencies: [
                "Basics", "Orders", "POSIX", "Redis", "Tape", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ProjectingTests",
            dependencies: [
                "Basics", "Orders", "Projecting", "Redis", "Tape", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FetchingTests",
            dependencies: [
                "Basics", "Config", "CurlHTTP", "Fetching", "JQ", "Logs", "Redis", "Tape", "TestSupport", "cointape",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: [
                "Basics", "CZlib", "HTTPServer", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                // llhttp, which our parser is compared with.
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "Archive", "Basics", "Blocks", "CZlib", "Config", "HTTPServer", "Orders", "Redis", "Serving", "Tape",
                "TestSupport",
                "TopLists", "Workers",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CointapeTests",
            dependencies: [
                "Archive", "Basics", "Blocks", "Config", "Orders", "Redis", "Tape", "Telemetry", "TestSupport",
                "cointape",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Basics", "Sandbox",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MergingTests",
            dependencies: [
                "Basics", "Config", "Digests", "JSON", "Merging", "Redis", "Tape", "TestSupport", "TopLists", "Workers",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TopListsTests",
            dependencies: [
                "Basics", "Digests", "TestSupport", "TopLists", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BasicsTests",
            dependencies: ["Basics", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecordingsTests", dependencies: ["Basics", "Logs", "POSIX", "Recordings", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "POSIXTests", dependencies: ["POSIX", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: settings),
        .testTarget(
            name: "ConfigTests",
            dependencies: [
                "Basics", "Config", "JSON",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "JQTests",
            dependencies: ["Basics", "JQ", "TestSupport", "cointape"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CurlHTTPTests",
            dependencies: ["Basics", "CurlHTTP", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AssemblyTests",
            dependencies: [
                "Assembly", "Basics", "Config", "Sandbox", "Tape", "TestSupport", "Workers",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "UpstreamTests",
            dependencies: [
                "Assembly", "Basics", "Config", "CurlHTTP", "Digests", "Fetching", "JQ", "Redis", "Sandbox", "Tape",
                "TestSupport", "Workers", "cointape",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "cointape-bench",
            dependencies: [
                "Archive", "Basics", "Blocks", "HTTPServer", "JQ", "Merging", "Orders", "Redis", "Sandbox", "TopLists",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
    ]
)
