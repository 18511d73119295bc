import TestSupport
import Testing

@testable import CurlHTTP

@Suite(.timeLimit(.minutes(5))) struct ProxyTests {
    private static let proxy = "http://127.0.0.1:3128"

    @Test(arguments: [
        "http://127.0.0.1:8080/", "http://127.255.0.9/", "http://127.1/", "http://localhost/", "http://LOCALHOST:1/",
        "http://api.localhost/", "http://localhost./", "http://[::1]:80/", "https://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "https://127.0.0.1/",
    ])
    func `this machine is asked directly, whatever the environment says`(url: String) {
        for names in [["http_proxy", "https_proxy"], ["ALL_PROXY"], ["all_proxy"]] {
            let environment = Dictionary(names.map { ($0, Self.proxy) }) { $1 }
            guard case .around = ProxySettings(environment).way(to: url) else {
                Issue.record("\(url) is not asked directly with \(names)")
                continue
            }
        }
    }

    @Test(arguments: ["http://128.0.0.1/", "http://localhost.example/", "http://notlocalhost/", "http://[::2]/"])
    func `other hosts are not taken for this machine`(url: String) {
        #expect(
            ProxySettings(["http_proxy": Self.proxy]).way(to: url)
                == .through(proxy: Self.proxy, variable: "http_proxy"))
    }

    @Test func `each scheme has its variables, as curl has them`() {
        let (plain, secret) = ("http://a.example/", "https://a.example/")
        func variable(_ environment: [String: String], _ url: String) -> String? {
            if case .through(_, let variable) = ProxySettings(environment).way(to: url) { variable } else { nil }
        }
        let all = Dictionary(
            ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].map {
                ($0, Self.proxy)
            }
        ) { $1 }
        #expect(variable(all, plain) == "http_proxy" && variable(all, secret) == "https_proxy")
        #expect(variable(["HTTP_PROXY": Self.proxy], plain) == nil)
        #expect(variable(["HTTPS_PROXY": Self.proxy], secret) == "HTTPS_PROXY")
        #expect(variable(["http_proxy": Self.proxy], secret) == nil)
        #expect(variable(["http_proxy": "", "ALL_PROXY": Self.proxy], plain) == "ALL_PROXY")
        #expect(ProxySettings([:]).way(to: plain) == .direct)
    }

    @Test(arguments: [
        ("a.example", "http://a.example/", true), ("example", "http://a.example/", true),
        (".example", "http://a.example/", true), ("ample", "http://a.example/", false),
        ("b.example, a.EXAMPLE", "http://a.example:8080/", true), ("b.example a.example", "http://a.example/", true),
        ("*", "http://a.example/", true), ("10.0.0.0/8", "http://10.1.2.3/", true),
        ("10.0.0.0/8", "http://11.1.2.3/", false),
        ("10.1.2.3", "http://10.1.2.3/", true), ("10.1.2", "http://10.1.2.3/", false), ("3", "http://10.1.2.3/", false),
        ("[fd00::]/16", "http://[fd00::1]/", true), ("fd00::/16", "http://[fd00::1]/", true),
        ("10.0.0.0/99", "http://10.1.2.3/", false), ("/,, ,.", "http://a.example/", false),
        ("", "http://a.example/", false),
    ])
    func `NO_PROXY keeps what it lists from the proxy`(list: String, url: String, isExcepted: Bool) {
        for name in ["no_proxy", "NO_PROXY"] {
            let way = ProxySettings(["http_proxy": Self.proxy, name: list]).way(to: url)
            #expect(way == (isExcepted ? .around(reason: name) : .through(proxy: Self.proxy, variable: "http_proxy")))
        }
    }

    @Test(arguments: [
        ("http://proxy:3128", nil), ("proxy:3128", nil), ("proxy", nil), ("socks5h://u:p@proxy:1080", nil),
        ("http://[::1]:3128/", nil), ("SOCKS5://proxy", nil), ("ftp://u:canary-77@proxy", "unknown scheme ftp"),
        ("://proxy", "no scheme that is known"), ("http:// proxy:3128", "white space"),
        ("http://u:canary 77@proxy", "white space"), ("http://pro\u{1}xy", "control character"),
        ("http://proxy:99999999", "cannot be read"), ("http://", "cannot be read"), (" ", "white space"),
        ("http://proxy:3128\n", "white space"),
    ])
    func `a proxy that cannot be one is told by its variable, without secrets`(value: String, problem: String?) {
        let problems = ProxySettings(["ALL_PROXY": value]).problems
        #expect(problems.count == (problem == nil ? 0 : 1))
        if let problem, let first = problems.first {
            #expect(first.variable == "ALL_PROXY" && first.message.contains(problem), "\(first)")
            #expect(!first.message.contains("canary"))
        }
    }

    @Test func `a proxy's user is masked, and known as a secret`() {
        #expect(ProxySettings.masked("http://joe:canary@proxy:1") == "http://***@proxy:1")
        #expect(ProxySettings.masked("joe:can@ry@proxy:1") == "***@proxy:1")
        #expect(ProxySettings.masked("http://proxy:1") == "http://proxy:1")
        let secrets = ProxySettings(["http_proxy": "http://joe:can%20ary@proxy:1"]).secrets
        #expect(Set(secrets) == ["joe:can%20ary", "can%20ary", "can ary"])
    }

    @Test func `a real proxy is asked for other hosts, and never for this machine`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        let proxy = try await StubServer { _ in [.send(Array("\(answer)proxy".utf8))] }
        let server = try await StubServer { _ in [.send(Array("\(answer)plain".utf8))] }
        let client = HTTPClient(
            proxies: ProxySettings(["http_proxy": proxy.url, "ALL_PROXY": proxy.url, "NO_PROXY": "none.example"]))
        defer { client.shutdown() }
        for host in ["127.0.0.1", "localhost", "a.localhost"] {
            let response = try await client.get(HTTPRequest(url: "http://\(host):\(server.port)/"))
            #expect(String(decoding: response.body, as: UTF8.self) == "plain")
        }
        #expect(proxy.requests.isEmpty)
        let response = try await client.get(HTTPRequest(url: "http://a.example/b"))
        #expect(String(decoding: response.body, as: UTF8.self) == "proxy")
        #expect(proxy.requests.map(\.line) == ["GET http://a.example/b HTTP/1.1"])
    }
}
