import Config
import HTTPServer
import Testing

@testable import Serving

@Suite struct HTTPSettingsTests {
    private func read(_ http: String) throws -> (config: APIConfig?, issues: [ConfigIssue]) {
        let context = ConfigContext(file: "api.json", environment: [:])
        let text = #"{"worker": "api", "name": "api", "listen": [{}]\#(http)}"#
        let reader = try #require(context.reader(of: Array(text.utf8)))
        return (APIConfig(reading: reader), context.issues)
    }

    @Test func `the config's defaults are the limits' own`() throws {
        for http in ["", #", "http": {}"#] {
            let settings = try #require(try read(http).config?.http)
            #expect(settings.limits == HTTPLimits() && settings.maxConnections == 10_000)
        }
    }

    @Test func `every limit can be set`() throws {
        let http = try #require(
            try read(
                """
                , "http": {"max_uri": "1kB", "max_head": "2kB", "max_body": "3B", "max_unfinished": "5kB", "head_timeout": "1s",
                "body_timeout": "2s", "idle_timeout": "3m", "max_connections": 4}
                """
            ).config?.http)
        var expected = HTTPLimits()
        expected.maxUnfinished = 5_000
        (expected.maxURI, expected.maxHead, expected.maxBody) = (1000, 2000, 3)
        (expected.headTimeout, expected.bodyTimeout, expected.idleTimeout) = (.seconds(1), .seconds(2), .seconds(180))
        #expect(http.limits == expected && http.maxConnections == 4)
    }

    @Test(arguments: [
        #""max_body": "9MB", "max_unfinished": "9MB""#, #""max_body": "40MB""#,
        #""max_unfinished": "64kB""#,
    ])
    func `a request that the limits allow must fit into what all may hold together`(fields: String) throws {
        let issues = try read(", \"http\": {\(fields)}").issues
        #expect(issues.map(\.path) == ["http.max_unfinished"])
        // What it says would be right is.
        let least = try #require(issues.first?.message.split(separator: " ").last)
        let others =
            fields.split(separator: ", ").filter { !$0.contains("unfinished") } + [#""max_unfinished": "\#(least)""#]
        #expect(try read(", \"http\": {\(others.joined(separator: ", "))}").issues == [])
    }

    @Test(arguments: [
        #""max_uri": 8000"#, #""max_head": "0B""#, #""head_timeout": "1ms""#, #""max_connections": 0"#,
        #""max_url": "1kB""#,
    ])
    func `what is no limit is a mistake`(field: String) throws {
        #expect(try read(", \"http\": {\(field)}").issues.count == 1)
    }
}
