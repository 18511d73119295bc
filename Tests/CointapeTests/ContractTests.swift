import Foundation
import TestSupport
import Testing

/// The api keeps the contract that it serves.
@Suite(.serialized, .tags(.load)) struct ContractTests {
    @Test(.timeLimit(.minutes(10))) func `every answer is one that openapi.yaml allows`() async throws {
        let blocks = try Document("README.md").blocks.map(\.commands)
        let command = try #require(blocks.first { $0.hasPrefix("scripts/contract ") })
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(["up", "--data", "\(folder.path)/data", "--port", "\(port)"])
        try await up.prints("cointape is up")
        let here = command.replacing("localhost:6667", with: "127.0.0.1:\(port)")
        let printed = try await shell(here + "; echo \"exit: $?\"", within: .seconds(540))
        #expect(printed.hasSuffix("exit: 0\n"), "\(printed.suffix(6000))")
        #expect(printed.contains("openapi.yaml: OK") && printed.contains("29 selected / 29 total"))
        #expect(try Int(#require(printed.firstMatch(of: /(\d+) generated/)).1) ?? 0 > 400)
        up.signal(SIGTERM)
        #expect(try await up.exit() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func `an answer that the contract does not allow is found`() async throws {
        let contract = try String(
            contentsOfFile: "\(Repository.path)/Sources/Serving/OpenAPI/openapi.yaml", encoding: .utf8)
        // It serves the contract, and keeps none of it.
        let server = try await StubServer { request in
            [.response("200 OK", headers: ["Content-Type: text/html"], body: Array(contract.utf8))]
        }
        let printed = try await shell(
            "CONTRACT_EXAMPLES=1 scripts/contract \(server.url); echo \"exit: $?\"", within: .seconds(540))
        #expect(printed.contains("openapi.yaml: OK") && printed.contains("FAILURES"), "\(printed.suffix(2000))")
        #expect(printed.hasSuffix("exit: 1\n"))
    }
}
