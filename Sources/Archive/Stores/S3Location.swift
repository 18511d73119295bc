package import Basics
import CurlHTTP

/// A bucket and the place of a store's files in it, as in `s3://bucket/prefix?endpoint=https://host:9000&region=eu-central-1`.
package struct S3Location: Equatable, Sendable, CustomStringConvertible {
    package let bucket: String
    /// The start of all keys: empty, or ending with a slash.
    let prefix: String
    package let region: String
    /// Scheme, host and port, without a slash at the end.
    package let endpoint: String

    /// An example of an accepted URL, for error messages.
    package static let accepted = "s3://bucket/prefix?region=eu-central-1&endpoint=https://s3.example:9000"
    private static let defaultRegion = "us-east-1"

    /// The error says what would be accepted, and does not quote what may be a key.
    package init(_ text: String) throws(InvalidText) {
        guard text.hasPrefix("s3://") else { throw InvalidText("should be a URL such as \(Self.accepted)") }
        let parts = text.dropFirst(5).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts[0].contains("@"), !parts[0].contains(":") else {
            throw InvalidText(
                "should hold no keys and no host: keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and a "
                    + "server is named by endpoint, as in \(Self.accepted)")
        }
        bucket = String(path[0])
        if let fault = Self.fault(ofBucket: bucket) { throw InvalidText(fault) }
        let folder = path.count < 2 ? "" : path[1].count > 1 && path[1].hasSuffix("/") ? path[1].dropLast() : path[1]
        guard folder.isEmpty || Self.isName(folder) else {
            throw InvalidText(
                "should have a prefix of letters, digits, '.', '_' and '-', with slashes between its parts, none of which "
                    + "begins with '.': \"\(folder.excerpt())\" is none")
        }
        prefix = folder.isEmpty ? "" : "\(folder)/"
        let parameters = try Self.parameters(parts.count < 2 ? "" : parts[1])
        region = parameters["region"] ?? Self.defaultRegion
        guard !region.isEmpty, region.utf8.allSatisfy({ Self.isPlain($0) || $0 == UInt8(ascii: "-") }) else {
            throw InvalidText("should have a region such as eu-central-1, not \"\(region.excerpt())\"")
        }
        guard let endpoint = parameters["endpoint"] else {
            self.endpoint = Self.defaultEndpoint(region)
            return
        }
        self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        if let fault = Self.fault(ofEndpoint: self.endpoint) {
            throw InvalidText("should have an endpoint such as https://s3.example:9000, but it \(fault)")
        }
    }

    /// The URL as in a config, without parameters that have their default values.
    package var description: String {
        let parameters =
            (endpoint == Self.defaultEndpoint(region) ? [] : ["endpoint=\(endpoint)"])
            + (region == Self.defaultRegion ? [] : ["region=\(region)"])
        return "s3://\(bucket)/\(prefix.dropLast())" + (parameters.isEmpty ? "" : "?")
            + parameters.joined(separator: "&")
    }

    /// The value of the header `Host`: without the scheme's default port.
    var host: String {
        let authority = endpoint.drop { $0 != ":" }.dropFirst(3)
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where endpoint.hasPrefix(scheme) && authority.hasSuffix(port) {
            return String(authority.dropLast(port.count))
        }
        return String(authority)
    }

    /// Whether it is an allowed file name: servers differ in how they encode other characters for the signature.
    ///
    /// Parts that begin with `.` are not allowed, because they are hidden files in a folder store.
    static func isName(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 900
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.first != "."
                    && part.utf8.allSatisfy { isPlain($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
            }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func defaultEndpoint(_ region: String) -> String { "https://s3.\(region).amazonaws.com" }

    private static func parameters(_ query: Substring) throws(InvalidText) -> [String: String] {
        var parameters: [String: String] = [:]
        for parameter in query.split(separator: "&") {
            let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(sides[0])
            // The value is not quoted, because it may be a key.
            guard ["endpoint", "region"].contains(name) else {
                throw InvalidText("has the unknown parameter \"\(name.excerpt())\": there are endpoint and region")
            }
            guard sides.count == 2, let value = PercentEncoding.decode(sides[1]), !value.isEmpty else {
                throw InvalidText("should have a value behind \(name)=")
            }
            guard parameters.updateValue(value, forKey: name) == nil else { throw InvalidText("has \(name) twice") }
        }
        return parameters
    }

    /// Amazon's rules; other servers have the same or laxer ones.
    private static func fault(ofBucket bucket: String) -> String? {
        let isName =
            (3...63).contains(bucket.utf8.count) && isName(bucket) && bucket == bucket.lowercased()
            && !bucket.contains("_") && !bucket.contains("..") && bucket.first != "-" && bucket.last != "-"
            && bucket.last != "."
        // An IP address would be taken for a host.
        let isAddress = bucket.split(separator: ".").count == 4 && bucket.allSatisfy { $0.isNumber || $0 == "." }
        return isName && !isAddress
            ? nil
            : "should name a bucket, 3 to 63 small letters, digits, '-' and '.', with a letter or digit at both ends: "
                + "\"\(bucket.excerpt())\" is none"
    }

    private static func fault(ofEndpoint endpoint: String) -> String? {
        guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://") else {
            return "begins with neither https:// nor http://"
        }
        let authority = endpoint.drop { $0 != ":" }.dropFirst(3)
        if authority.contains("@") { return "has a user's name or a key in it" }
        if authority.contains(where: { "/?#".contains($0) }) { return "has something behind its host" }
        guard HTTPRequest.isValid(url: endpoint), let host = HTTPRequest.host(of: endpoint) else {
            return "cannot be read as a URL of a host"
        }
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host[...]
        return HostName.fault(of: name).map { "has a host that \($0)" }
    }
}
