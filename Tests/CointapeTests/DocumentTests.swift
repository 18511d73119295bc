import Archive
import Basics
import Blocks
import Foundation
import TestSupport
import Testing

/// The pages' commands, run as they stand there; only ports differ, so that tests can run side by side.
///
/// `DocumentationTests` says that no page is forgotten.
@Suite(.serialized, .tags(.clock)) struct DocumentTests {
    /// Pages whose commands are run here.
    static let pages =
        whileUpRuns + ["README.md", history, redis, providers, proxies, onDemand, tutorial, requests, recording]

    private static let history = "docs/reference/history.md"
    private static let redis = "docs/reference/redis.md"
    private static let providers = "docs/reference/providers.md"
    private static let proxies = "docs/howto/run-and-scale.md"
    private static let onDemand = "docs/howto/lists-on-demand.md"
    private static let requests = "docs/howto/ask-a-provider.md"
    private static let recording = "docs/howto/record-and-replay.md"
    private static let tutorial = "docs/tutorial/feed-of-your-own.md"
    /// Their commands all show something, in a tape that runs.
    private static let whileUpRuns = [
        "docs/reference/lists.md", "docs/reference/orders.md", "docs/howto/ledger.md", "docs/howto/watch.md",
        "docs/reference/metrics.md", "docs/howto/archive.md",
    ]

    /// A folder whose `cointape` is the one under test, in front of the PATH.
    private func path(_ folder: TestFolder) throws -> [String: String] {
        let bin = "\(folder.path)/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(bin)/cointape", withDestinationPath: Cointape.program)
        return ["PATH": "\(bin):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"]
    }

    private func here(_ commands: String, _ port: Int) -> String {
        commands.replacing("localhost:6667", with: "localhost:\(port)")
            .replacing("redis-cli -p 6668 X", with: "redis-cli --no-raw -p \(port + 1) X")
            .replacing("redis-cli -p 6668", with: "redis-cli -p \(port + 1)")
            .replacing("127.0.0.1:6668", with: "127.0.0.1:\(port + 1)")
            .replacing("curl '", with: "curl -sS '").replacing("curl -X", with: "curl -sS -X")
    }

    @Test(.timeLimit(.minutes(5))) func `the README's commands print what it shows`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(["up", "--data", "\(folder.path)/data", "--port", "\(port)"])
        try await up.prints("cointape is up")
        let environment = try path(folder).merging(["URL": "http://localhost:\(port)"]) { $1 }
        var compared = 0
        for block in try Document("README.md").blocks {
            guard let output = block.output else { continue }
            // The sums follow the orders.
            try await eventually("\(block.commands) prints what the page shows") {
                let printed = try await shell(here(block.commands, port), environment: environment)
                return Document.shape(printed) == Document.shape(output)
            }
            compared += 1
        }
        #expect(compared == 13)
        up.signal(SIGINT)
        #expect(try await up.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `the commands of the page on Redis print what it shows`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(["up", "--data", "\(folder.path)/data", "--port", "\(port)"])
        try await up.prints("cointape is up")
        let blocks = try Document(Self.redis).blocks
        #expect(blocks.count == 22)
        for block in blocks {
            let output = try #require(block.output, "\(block.commands)")
            let commands = here(block.commands, port)
            // A worker that has just started has not settled a minute yet.
            try await eventually(within: .seconds(90), "prints what the page shows:\n\(commands)") {
                let printed = try await shell(commands)
                return Document.shape(printed) == Document.shape(output)
            }
        }
        // What is not in these figures is known to be so in this tape.
        let keys = try await shell("redis-cli -p \(port + 1) --raw --scan | cut -d : -f 1 | sort -u")
        let kinds = Set(keys.split(separator: "\n").map(String.init))
        let known = [
            "archive", "btc_rate", "lease", "price", "probe", "rank", "toplist", "tries", "worker", "{orders}",
            "{read}",
        ]
        #expect(kinds.isSubset(of: known), "\(keys)")
        up.signal(SIGINT)
        #expect(try await up.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `the commands of pages on a running tape print what they show`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(["up", "--data", "\(folder.path)/data", "--port", "\(port)"])
        try await up.prints("cointape is up")
        let environment = try path(folder)
        var compared = 0
        for block in try Self.whileUpRuns.flatMap({ try Document($0).blocks }) {
            let output = try #require(block.output, "\(block.commands)")
            try await eventually("\(block.commands) prints what the page shows") {
                let commands = here(block.commands, port).replacing(
                    "ARCHIVE_DIR=data", with: "ARCHIVE_DIR='\(folder.path)/data'")
                let printed = try await shell(commands, environment: environment)
                return Document.shape(printed) == Document.shape(output)
            }
            compared += 1
        }
        #expect(compared == 16)
        up.signal(SIGINT)
        #expect(try await up.exit() == 0)
    }

    /// Keeps the block of an earlier hour: those of `up` come only when an hour is over.
    private func archive(in folder: String, before now: Timestamp) async throws {
        let hour = Minute(containing: now).floored(to: .seconds(3600)).advanced(byMinutes: -300)
        let columns = #"""
            [{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},{"name":"Price USD","type":"decimal"},\#
            {"name":"CMC ID","type":"integer"}]
            """#
        var minutes: [BlockMinute] = (0..<60).map { minute in
            let csv = "Rank,Symbol,Price USD,CMC ID\r\n1,USDT,1.0002845914,825\r\n2,BTC,857\(minute).21,1\r\n"
            return .list(BlockList(csv: Array(csv.utf8), columns: Array(columns.utf8), count: 2, fields: []))
        }
        (minutes[30], minutes[31]) = (.gap(code: "upstream", detail: "rank: HTTP 503"), .missing)
        let bytes = BlockContents(first: hour, minutes, key: "CMC ID").bytes
        #expect(try await FolderStore(folder: folder).create(BlockName.hour(hour).file, bytes))
    }

    @Test(.timeLimit(.minutes(5))) func `the commands of the page on history print what it shows`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        // At noon, because the hours of a day that is over become one block.
        let day = Minute(containing: Timestamp.machineTime).floored(to: .seconds(86_400)).advanced(byMinutes: -1440)
        let noon = day.advanced(byMinutes: 720).start
        try await archive(in: "\(folder.path)/archive", before: noon)
        let up = try Cointape(
            ["up", "--data", "\(folder.path)/data", "--port", "\(port)"],
            environment: [
                "ARCHIVE_DIR": "\(folder.path)/archive", "COINTAPE_CLOCK": "\(noon.milliseconds)x1",
            ])
        try await up.prints("cointape is up")
        var compared = 0
        for block in try Document(Self.history).blocks {
            let output = try #require(block.output, "\(block.commands)")
            let commands = here(block.commands, port)
            try await eventually("\(commands) prints what the page shows") {
                try await Document.shape(shell(commands)) == Document.shape(output)
            }
            compared += 1
        }
        #expect(compared == 8)
        up.signal(SIGINT)
        #expect(try await up.exit() == 0)
    }

    /// Installing and building take minutes, so here other programs stand for both; what is run prints its environment.
    @Test func `what the command line of scripts/run says goes before .env`() async throws {
        let folder = NSTemporaryDirectory() + "cointape-run-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: "\(folder)/scripts", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(Repository.path)/scripts/run", toPath: "\(folder)/scripts/run")
        func write(_ path: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(path)")
        }
        try write("scripts/install", "#!/bin/sh\n")
        try write("swift", "#!/bin/sh\ncase \"$*\" in *--show-bin-path*) echo '\(folder)' ;; esac\n")
        try write("cointape", "#!/bin/sh\necho \"$CONFIG_DIR $PORT $*\"\n")
        try write(".env", "CONFIG_DIR=config\nPORT=7000\n")
        let printed = try await shell(
            "PATH='\(folder)':$PATH; unset PORT; CONFIG_DIR='my config' '\(folder)/scripts/run' --port 7001")
        #expect(printed.split(separator: "\n").last == "my config 7000 up --port 7001", "\(printed)")
    }

    @Test func `the README's two set-up commands exist, and its run command starts all workers`() async throws {
        let alone = try Document("README.md").blocks.filter { $0.output == nil }.map(\.commands)
        #expect(Array(alone.prefix(2)) == ["scripts/run", "scripts/test"])
        for script in alone.prefix(2) {
            #expect(FileManager.default.isExecutableFile(atPath: "\(Repository.path)/\(script)"))
        }
        #expect(alone.dropFirst(2).first == #"export PATH="$PWD/.build/release:$PATH""#)
        let command = try #require(alone.first { $0.hasPrefix("cointape run ") })
        let redis = try await TestRedis()
        let workers = try Cointape(
            command.split(separator: " ").dropFirst().map(String.init),
            environment: [
                "REDIS_URL": redis.url, "PORT": "0", "COINMARKETCAP_URL": "http://127.0.0.1:1",
                "CRYPTOCOMPARE_URL": "http://127.0.0.1:1", "COINBASE_URL": "http://127.0.0.1:1",
            ])
        try await workers.prints("api.listening")
        try await eventually("seven workers beat") {
            try await shell("redis-cli -p \(redis.port) --raw KEYS 'worker:*'").split(separator: "\n").count == 7
        }
        workers.signal(SIGTERM)
        #expect(try await workers.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `the feed that the tutorial adds is fetched, joined and served`() async throws {
        let folder = try TestFolder()
        var environment = try path(folder)
        let (port, feed) = (try FreePort.next(2), try FreePort.next())
        environment["PORT"] = "\(port)"
        try await shell("cp -r \(Repository.path)/config config; mkdir scripts", in: folder.path)
        try "#!/bin/sh\nexec cointape up \"$@\"\n".write(
            toFile: "\(folder.path)/scripts/run", atomically: true, encoding: .utf8)
        try await shell("chmod +x scripts/run", in: folder.path)
        let background = Background(folder)
        var up: Cointape?
        for block in try Document(Self.tutorial).blocks {
            let commands = here(block.commands.replacing("8099", with: "\(feed)"), port)
            if commands.contains("scripts/run") {
                up = try Cointape(
                    ["up"], in: folder.path, environment: environment.merging(["CONFIG_DIR": "myconfig"]) { $1 })
                try await up?.prints("cointape is up")
                continue
            }
            let printed = try await shell(background.noting(commands), in: folder.path, environment: environment)
            guard let output = block.output else {
                #expect(!printed.contains("should") && !printed.contains("error"), "\(commands)\n\(printed)")
                continue
            }
            // The first lists are of minutes before the feed was there.
            try await eventually(within: .seconds(150), "prints what the page shows; last:\n\(printed)") {
                let printed = try await shell(commands, in: folder.path, environment: environment)
                return Document.shape(printed) == Document.shape(output)
            }
        }
        up?.signal(SIGTERM)
        #expect(try await up?.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `each kind of request gets what its page shows`() async throws {
        let folder = try TestFolder()
        let environment = try path(folder)
        let port = try FreePort.next()
        let background = Background(folder)
        var compared = 0
        for block in try Document(Self.requests).blocks {
            let commands = block.commands.replacing("8098", with: "\(port)")
            guard let output = block.output else {
                try await shell(background.noting(commands), in: folder.path, environment: environment)
                continue
            }
            try await eventually(compared == 0 ? "the provider listens" : "prints what the page shows:\n\(commands)") {
                try await shell(commands, in: folder.path, environment: environment)
                    .trimmingCharacters(in: .whitespacesAndNewlines) == output
            }
            compared += 1
        }
        #expect(compared == 14)
    }

    @Test(.timeLimit(.minutes(5))) func `what a page records is played again`() async throws {
        let folder = try TestFolder()
        var environment = try path(folder)
        let (provider, player) = (try FreePort.next(), try FreePort.next())
        environment["COINBASE_URL"] = "http://127.0.0.1:\(provider)"
        let sandbox = try Cointape(["sandbox", "--port", "\(provider)"])
        try await sandbox.prints("export COINBASE_URL=")
        try await shell("cp -r \(Repository.path)/config config", in: folder.path)
        let background = Background(folder)
        var compared = 0
        for block in try Document(Self.recording).blocks {
            let commands = block.commands.replacing("6671", with: "\(player)")
                .replacing("api.coinbase.com", with: "127.0.0.1:\(provider)")
            guard let output = block.output else {
                try await shell(background.noting(commands), in: folder.path, environment: environment)
                sandbox.signal(SIGTERM)
                #expect(try await sandbox.exit() == 0)
                continue
            }
            try await eventually("prints what the page shows:\n\(commands)") {
                let printed = try await shell("\(commands) 2>&1", in: folder.path, environment: environment)
                return Document.shape(printed) == Document.shape(output)
            }
            compared += 1
        }
        #expect(compared == 2)
    }

    @Test(.timeLimit(.minutes(5))) func `what pages show of costs, failures, proxies is what happens`() async throws {
        let folder = try TestFolder()
        let environment = try path(folder)
        let port = try FreePort.next()
        let background = Background(folder)
        var compared = 0
        for block in try Document(Self.providers).blocks + Document(Self.proxies).blocks {
            let commands = block.commands.replacing("6670", with: "\(port)").replacing("curl -X", with: "curl -sS -X")
            guard let output = block.output else {
                try await shell(background.noting(commands), environment: environment)
                try await eventually("the sandbox listens") {
                    try await shell("curl -sS 'localhost:\(port)/sandbox/faults' 2>&1; true").contains("=1.0")
                }
                continue
            }
            let printed = try await shell(commands, environment: environment)
            #expect(Document.shape(printed) == Document.shape(output), "\(commands)\n\(printed)")
            compared += 1
        }
        #expect(compared == 5)
    }

    @Test(.timeLimit(.minutes(5))) func `an api makes its own lists as the page on that says`() async throws {
        let folder = try TestFolder()
        let redis = try await TestRedis()
        var environment = try path(folder)
        let (port, sandbox) = (try FreePort.next(), try FreePort.next())
        environment["REDIS_URL"] = redis.url
        environment["PORT"] = "\(port)"
        try await shell("cp -r \(Repository.path)/config config", in: folder.path)
        let background = Background(folder)
        var compared = 0
        for block in try Document(Self.onDemand).blocks {
            let commands = here(block.commands.replacing("6670", with: "\(sandbox)"), port)
            guard let output = block.output else {
                try await shell(background.noting(commands), in: folder.path, environment: environment)
                continue
            }
            // Late in a minute a list is only begun with the next.
            try await eventually(within: .seconds(90), "\(commands) prints what the page shows") {
                let printed = try await shell("\(commands) 2>&1; true", in: folder.path, environment: environment)
                return Document.shape(printed) == Document.shape(output)
            }
            compared += 1
        }
        #expect(compared == 2)
    }

    @Test func `the page on configuration is what check --reference prints`() async throws {
        let page = try String(contentsOfFile: "\(Repository.path)/docs/reference/configuration.md", encoding: .utf8)
        let printed = try await Cointape.run(["check", "--reference"])
        #expect(page == printed.text)
    }
}
