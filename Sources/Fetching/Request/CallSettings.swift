import Basics
import Config
import CurlHTTP
import JSON

/// A request as a config describes it: method, URL, query, headers and body, with what differs between requests.
package struct CallSettings: Sendable {
    private enum Method: String {
        case get = "GET"
        case post = "POST"
    }

    private enum MethodChoice: String, CaseIterable {
        case auto
        case get = "GET"
        case post = "POST"
    }

    private enum Body: Sendable {
        /// JSON with templates within its strings.
        case json(RequestTemplate)
        case form([Parameter])
    }

    typealias Parameter = (name: String, value: RequestTemplate)

    private let method: Method
    private let url: RequestTemplate
    /// A name may be repeated.
    private let query: [Parameter]
    private let headers: [Parameter]
    private let body: Body?
    /// The variables that say where the server is, and what they say.
    let servers: [(name: String, value: String)]

    /// Reads the fields; the caller reads its own ones, and finishes.
    init?(reading reader: ConfigReader, names: Set<RequestTemplate.Name>) {
        let url = reader.template(
            "url", type: "URL", "Scheme, host and path; http or https.", knowing: names
        ) { text throws(InvalidText) in try Self.check(url: text) }
        query = reader.templates(
            "query", "Query parameters, except the page's own; an array repeats its parameter.", knowing: names)
        headers = reader.templates("headers", "Headers to send.", knowing: names)
        for (name, _) in query {
            if name.isEmpty { reader.complain(about: "query", "has a parameter without a name") }
            if let hidden = HiddenCharacter(in: name) {
                reader.complain(about: "query", "has a parameter's name with \(hidden)")
            }
        }
        let unclean = headers.compactMap { Self.fault(ofHeader: $0.name, $0.value.sample) }
        for fault in unclean { reader.complain(about: "headers", fault) }
        let json = reader.jsonTemplate("json", "A body to send as JSON.", knowing: names)
        let hasForm = reader.has("form")
        let form = reader.templates(
            "form", "A body to send as HTML forms do; an array repeats its name.", knowing: names)
        let chosen = reader.choice("method", default: MethodChoice.auto, "`auto` is GET, or POST if there is a body.")
        if json != nil, hasForm { reader.complain(about: "form", "cannot be sent beside `json`") }
        body = json.map { .json($0) } ?? (hasForm ? .form(form) : nil)
        if body != nil, chosen == .get { reader.complain(about: "method", "cannot be GET: a GET has no body") }
        guard let url, let chosen, unclean.isEmpty, reader.has("json") == (json != nil) else { return nil }
        self.url = url
        servers = Self.servers(reader)
        method = chosen == .post || (chosen == .auto && body != nil) ? .post : .get
    }

    /// The variables in the URL that can send requests to another server.
    static func servers(_ reader: ConfigReader) -> [(name: String, value: String)] {
        reader.variables(in: "url", deferring: ConfigReader.deferred).filter { $0.name.hasSuffix("_URL") }
    }

    /// The URL's scheme, host and path, for a sample of what differs.
    package var sampleURL: String { url.sample }

    /// What differs between its requests, except for times.
    var names: Set<RequestTemplate.Name> {
        let fields =
            switch body {
            case .json(let template): [template]
            case .form(let fields): fields.map(\.value)
            case nil: [RequestTemplate]()
            }
        return ([url] + query.map(\.value) + headers.map(\.value) + fields).reduce(into: []) { $0.formUnion($1.names) }
    }

    /// The URL without its query.
    func url(_ values: RequestValues) -> String { url.text(values, encode: PercentEncoding.encode) }

    /// Makes a request.
    ///
    /// `parameters` are added to the query. `url` is requested instead of the config's URL and query, if there is one. The body is
    /// part of what is signed.
    func request(
        _ values: RequestValues, adding parameters: [(name: String, value: String)] = [], instead url: String? = nil,
        signing signature: SignatureSettings? = nil
    ) -> HTTPRequest {
        var values = values
        let body = body.map { Self.bytes($0, values) }
        let address = url ?? self.url(values)
        let signing = query.filter { $0.value.names.contains(.signature) }
        let signed = query.filter { !$0.value.names.contains(.signature) }
        func pairs(_ query: [Parameter]) -> [(name: String, value: String)] {
            query.map { ($0.name, $0.value.text(values)) }
        }
        var text = url == nil ? Self.query(pairs(signed) + parameters) : ""
        if let signature {
            values[.method] = method.rawValue
            values[.path] = HTTPRequest.path(of: address) ?? ""
            values[.query] = text
            values[.body] = body.map { String(decoding: $0, as: UTF8.self) } ?? ""
            values[.signature] = signature.signature(of: values)
        }
        if url == nil { text = [text, Self.query(pairs(signing))].filter { !$0.isEmpty }.joined(separator: "&") }
        var headers = headers.map { ($0.name, $0.value.text(values)) }
        if let type = contentType, !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
            headers.append(("Content-Type", type))
        }
        return HTTPRequest(
            method == .get ? .get : .post(body ?? []), url: text.isEmpty ? address : "\(address)?\(text)",
            headers: headers)
    }

    private var contentType: String? {
        switch body {
        case .json: "application/json"
        case .form: "application/x-www-form-urlencoded"
        case nil: nil
        }
    }

    private static func bytes(_ body: Body, _ values: RequestValues) -> [UInt8] {
        switch body {
        case .json(let text): Array(text.text(values) { String(JSONString.quoted($0).dropFirst().dropLast()) }.utf8)
        case .form(let fields): Array(query(fields.map { ($0.name, $0.value.text(values)) }).utf8)
        }
    }

    private static func query(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }

    private static func check(url text: String) throws(InvalidText) {
        if let hidden = HiddenCharacter(in: text) {
            throw InvalidText("has \(hidden); what belongs there is written %20 and the like")
        }
        if let decoded = PercentEncoding.decode(text), let hidden = HiddenCharacter(in: decoded, .control) {
            throw InvalidText("has \(hidden), percent-encoded")
        }
        guard HTTPRequest.isValid(url: text) else {
            throw InvalidText("should be an http:// or https:// URL, not \"\(text)\"")
        }
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw InvalidText("should have no query: parameters belong in request.query")
        }
    }

    /// What is wrong with a header: its name must be a token (RFC 9110, section 5.1), and its value one line of visible
    /// characters.
    private static func fault(ofHeader name: String, _ value: String) -> String? {
        if name.isEmpty { return "has a header without a name" }
        if let hidden = HiddenCharacter(in: name) { return "has a header's name with \(hidden)" }
        let marks = "!#$%&'*+-.^_`|~".utf8
        guard
            name.utf8.allSatisfy({ byte in
                marks.contains(byte) || (byte < 128 && Character(Unicode.Scalar(byte)).isLetter)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            })
        else { return "has a header \"\(name)\", and no header has such a name" }
        // Spaces are allowed in a value.
        guard let hidden = HiddenCharacter(in: value.replacing(" ", with: "x")) else { return nil }
        return "has \(hidden) of the header \"\(name)\""
    }
}
