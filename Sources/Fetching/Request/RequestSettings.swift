import Basics
import Config
import CurlHTTP

/// What is asked of a provider for a list: the call, how it differs between values and pages, and its limits.
package struct RequestSettings: Sendable {
    package let call: CallSettings
    /// nil if there is one call for the list.
    package let each: EachSettings?
    /// nil if the list has only one page.
    package let pages: PageSettings?
    let token: TokenSettings?
    let signature: SignatureSettings?
    let limits: HTTPRequest.Limits
    let retries: Int
    let concurrency: Int

    init?(reading reader: ConfigReader) {
        let parts: [(RequestTemplate.Name, field: String)] = [(.each, "each"), (.token, "token"), (.signature, "sign")]
        let call = CallSettings(reading: reader, names: Set(parts.filter { reader.has($0.field) }.map(\.0)))
        let each = reader.objectIfPresent(
            "each", "Values for each of which the provider is called; their rows are one list."
        )
        .flatMap(EachSettings.init)
        let token = reader.objectIfPresent("token", "A call that gets a token before the others.")
            .flatMap(TokenSettings.init)
        let signature = reader.objectIfPresent("sign", "How requests are signed.").flatMap(SignatureSettings.init)
        pages = reader.objectIfPresent("pages", "How the list is cut into pages; without it there is one.")
            .flatMap(PageSettings.init)
        let timeout = reader.duration(
            "timeout", default: "20s", in: .milliseconds(100)...(.seconds(55)), "The longest that one page may take.")
        let stall = reader.duration(
            "stall", default: "10s", in: .milliseconds(100)...(.seconds(55)),
            "How long a page may arrive at under 100 bytes a second.")
        let body = reader.bytes("max_body", default: "64MB", "The largest page, after decompression.")
        let retries = reader.integer("retries", default: 3, in: 0...10, "How often a page is asked for again.")
        let concurrency = reader.integer("concurrency", default: 4, in: 1...64, "How many pages are asked for at once.")
        if let each, each.parameter == nil, call?.names.contains(.each) == false {
            reader.complain(about: "each", "needs a `parameter`, or ${each} somewhere in the request")
        }
        if signature != nil, case .next = pages?.turn {
            reader.complain(about: "sign", "cannot stand beside pages.next, whose URLs say what is asked")
        }
        reader.finish()
        guard let call, let timeout, let stall, let body, let retries, let concurrency,
            reader.has("each") == (each != nil), reader.has("token") == (token != nil),
            reader.has("sign") == (signature != nil), reader.has("pages") == (pages != nil)
        else { return nil }
        self.call = call
        self.each = each
        self.token = token
        self.signature = signature
        self.retries = retries
        self.concurrency = concurrency
        limits = HTTPRequest.Limits(total: timeout, stall: stall, body: body)
    }
}

extension RequestSettings {
    /// One call that is made once, and for which a list may have to wait.
    init(once call: CallSettings) {
        self.call = call
        (each, pages, token, signature) = (nil, nil, nil, nil)
        (retries, concurrency) = (0, 1)
        limits = HTTPRequest.Limits(total: .seconds(5), stall: .seconds(5), body: 1_000_000)
    }
}

/// A list of values for each of which the provider is called, and whose rows are one list.
package struct EachSettings: Equatable, Sendable {
    /// The query parameter that is the value; nil if only `${each}` is.
    let parameter: String?
    let values: [String]
    /// The member of the rows that gets the value; nil if none does.
    let column: String?

    init?(reading reader: ConfigReader) {
        let parameter = reader.string(
            "parameter", optional: true,
            "The query parameter that is the value; `${each}` is it everywhere in the request.")
        let values = reader.strings(
            "values", atLeast: 1, "The values: one call each, or one walk through the pages each.")
        let column = reader.string("as", optional: true, "A member that each row gets, with the value that it is from.")
        for (index, value) in (values ?? []).enumerated() where values?.firstIndex(of: value) != index {
            reader.complain(about: "values", element: index, "is there twice")
        }
        reader.finish()
        guard let values, !values.isEmpty, Set(values).count == values.count else { return nil }
        self.parameter = parameter
        self.values = values
        self.column = column
    }
}
