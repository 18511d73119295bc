import CCurl

/// Scheme, host and port of a URL; a redirect within one origin may carry the request's key.
struct Origin: Equatable {
    let scheme: String
    let host: String
    let port: String

    init?(of url: String) {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: handle), let host = Self.part(CURLUPART_HOST, of: handle),
            let port = Self.part(CURLUPART_PORT, of: handle)
        else { return nil }
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        self.port = port
    }

    /// The URL to which a reference leads from a base URL (RFC 3986, section 5), on the base's own scheme, host and port.
    ///
    /// Returns nil if the reference cannot be read, or leads to another host. A server behind a proxy often does not know its own
    /// scheme and port, so they may differ.
    static func url(_ reference: String, from base: String) -> String? {
        guard let target = curl_url(), let result = curl_url() else { return nil }
        defer {
            curl_url_cleanup(target)
            curl_url_cleanup(result)
        }
        guard curl_url_set(target, CURLUPART_URL, base, 0) == CURLUE_OK,
            // Servers also write what should be percent-encoded.
            curl_url_set(target, CURLUPART_URL, reference, UInt32(CURLU_URLENCODE)) == CURLUE_OK,
            curl_url_set(result, CURLUPART_URL, base, 0) == CURLUE_OK,
            let host = Self.part(CURLUPART_HOST, of: target), host.lowercased() == Origin(of: base)?.host,
            curl_url_set(result, CURLUPART_PATH, Self.part(CURLUPART_PATH, of: target), 0) == CURLUE_OK,
            curl_url_set(result, CURLUPART_QUERY, Self.part(CURLUPART_QUERY, of: target), 0) == CURLUE_OK
        else { return nil }
        return Self.part(CURLUPART_URL, of: result)
    }

    /// The path of a URL, which begins with a slash.
    static func path(of url: String) -> String? {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else { return nil }
        return Self.part(CURLUPART_PATH, of: handle)
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        // Without a port in the URL, this is the scheme's default port.
        guard curl_url_get(handle, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
