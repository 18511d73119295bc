import CCurl
import Foundation

/// The proxies for URLs, determined by the same environment variables as in curl.
///
/// Only the lowercase `http_proxy` counts, because a CGI server puts a request's header into `HTTP_PROXY`. Hosts on this machine
/// are always contacted directly.
package struct ProxySettings: Sendable {
    /// The decision for a URL.
    package enum Way: Equatable, Sendable {
        /// No variable applies.
        case direct
        /// A variable names a proxy, but this URL bypasses it for the stated reason.
        case around(reason: String)
        case through(proxy: String, variable: String)
    }

    private let environment: [String: String]
    private static let names = ["http": ["http_proxy"], "https": ["https_proxy", "HTTPS_PROXY"]]
    private static let namesForAll = ["all_proxy", "ALL_PROXY"]
    private static let exceptions = ["no_proxy", "NO_PROXY"]
    private static let schemes: Set<String> = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

    /// Keeps only the non-empty variables about proxies.
    package init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let names = Self.names.values.joined() + Self.namesForAll + Self.exceptions
        self.environment = environment.filter { names.contains($0.key) && !$0.value.isEmpty }
    }

    /// Decides only by the variables and the URL; resolves no names, and returns `.direct` for an unreadable URL.
    package func way(to url: String) -> Way {
        guard let origin = Origin(of: url),
            let variable = ((Self.names[origin.scheme] ?? []) + Self.namesForAll).first(where: {
                environment[$0] != nil
            }), let proxy = environment[variable]
        else { return .direct }
        let host = Host(origin.host)
        if host.isLoopback { return .around(reason: "\(origin.host) is this machine") }
        for name in Self.exceptions {
            guard let list = environment[name] else { continue }
            // The first of the two that is set counts.
            return host.isExcepted(by: list) ? .around(reason: name) : .through(proxy: proxy, variable: variable)
        }
        return .through(proxy: proxy, variable: variable)
    }

    /// What is wrong with the named proxies, by variable; contains no part of a value that may be secret.
    package var problems: [(variable: String, message: String)] {
        environment.sorted { $0.key < $1.key }.compactMap { name, value in
            guard !Self.exceptions.contains(name), let problem = Self.problem(with: value) else { return nil }
            return (name, "should be a proxy's URL such as http://proxy.example:3128, but \(problem)")
        }
    }

    /// The user names and passwords in the proxies' URLs, which must not be printed.
    package var secrets: [String] {
        environment.filter { !Self.exceptions.contains($0.key) }.values.flatMap { value -> [String] in
            guard let end = value.lastIndex(of: "@") else { return [] }
            let start = value.firstRange(of: "://")?.upperBound ?? value.startIndex
            guard start < end else { return [] }
            let user = String(value[start..<end])
            let password = user.split(separator: ":", maxSplits: 1).dropFirst().map(String.init)
            return [user] + password + password.compactMap(\.removingPercentEncoding)
        }
    }

    /// A proxy's URL without its user name and password.
    package static func masked(_ proxy: String) -> String {
        guard let end = proxy.lastIndex(of: "@") else { return proxy }
        let start = proxy.firstRange(of: "://")?.upperBound ?? proxy.startIndex
        return start < end ? proxy[..<start] + "***" + proxy[end...] : proxy
    }

    private static func problem(with proxy: String) -> String? {
        if proxy.unicodeScalars.contains(where: \.properties.isWhitespace) { return "has white space in it" }
        if proxy.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "has a control character in it"
        }
        var url = proxy
        if let mark = proxy.firstRange(of: "://") {
            let scheme = proxy[..<mark.lowerBound].lowercased()
            guard schemes.contains(scheme) else {
                let isWord =
                    !scheme.isEmpty && scheme.utf8.count < 20 && scheme.allSatisfy { $0.isLetter || $0.isNumber }
                return "has \(isWord ? "the unknown scheme \(scheme)" : "no scheme that is known"): "
                    + "there are \(schemes.sorted().joined(separator: ", "))"
            }
            // The parser only knows the schemes of requests.
            url = "http" + proxy[mark.lowerBound...]
        } else {
            url = "http://" + proxy
        }
        guard let origin = Origin(of: url), !origin.host.isEmpty else { return "cannot be read as one" }
        return nil
    }
}

/// The host of a URL, as a name or an address.
private struct Host {
    private let name: String
    /// The bytes of an IPv4 or IPv6 address; an IPv4-mapped IPv6 address counts as IPv4.
    private let address: [UInt8]?

    init(_ text: String) {
        let plain = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        let name = plain.lowercased()
        self.name = name.hasSuffix(".") ? String(name.dropLast()) : name
        address = Self.address(self.name)
    }

    var isLoopback: Bool {
        // Connecting to the unspecified address reaches this machine.
        if let address, address.allSatisfy({ $0 == 0 }) { return true }
        if let address {
            return address.count == 4 ? address[0] == 127 : address == [UInt8](repeating: 0, count: 15) + [1]
        }
        return name == "localhost" || name.hasSuffix(".localhost")
    }

    /// A list of domains with all their subdomains, addresses, and networks such as `10.0.0.0/8`; `*` matches everything.
    func isExcepted(by list: String) -> Bool {
        list.split { $0 == "," || $0.isWhitespace }.contains { element in
            if element == "*" { return true }
            let parts = element.split(separator: "/", maxSplits: 1)
            if let address, let network = parts.first.flatMap({ Host(String($0)).address }) {
                guard network.count == address.count else { return false }
                guard parts.count == 2 else { return network == address }
                guard let bits = Int(parts[1]), (0...address.count * 8).contains(bits) else { return false }
                return (0..<bits).allSatisfy { bit in
                    let mask = UInt8(0x80) >> UInt8(bit % 8)
                    return address[bit / 8] & mask == network[bit / 8] & mask
                }
            }
            let suffix = Host(String(element.drop { $0 == "." })).name
            return address == nil && !suffix.isEmpty && (name == suffix || name.hasSuffix("." + suffix))
        }
    }

    private static func address(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text.split(separator: "%").first.map(String.init) ?? text, &six) == 1 else {
            return nil
        }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
