import Basics

/// Why the server answers with an error and closes the connection, before a responder sees the request.
enum Refusal: Error, Equatable {
    case malformed(String)
    case uriTooLong
    case headTooLarge
    case tooManyFields
    case bodyTooLarge
    /// Other unfinished requests use up the memory budget.
    case overloaded
    case timeout(String)
    case unknownMethod(String)
    case unknownVersion
    case unknownCoding

    /// `methods` lists those that at least one path accepts.
    func problem(_ limits: HTTPLimits, methods: String) -> Problem {
        switch self {
        case .malformed(let detail):
            Problem(code: "malformed-request", status: 400, title: "This is no HTTP request", detail: detail)
        case .uriTooLong:
            .tooLarge(
                "uri-too-long", 414, "The request target is too long", "A request target", limits.maxURI, "bytes")
        case .headTooLarge:
            .tooLarge("head-too-large", 431, "The request's head is too large", "A head", limits.maxHead, "bytes")
        case .tooManyFields:
            .tooLarge("head-too-large", 431, "The request's head is too large", "A head", limits.maxFields, "fields")
        case .bodyTooLarge:
            .tooLarge("body-too-large", 413, "The request's body is too large", "A body", limits.maxBody, "bytes")
        case .overloaded:
            .unavailable(
                "too-many-unfinished", "Too many requests are unfinished",
                "Unfinished requests may hold \(limits.maxUnfinished) bytes in all, and these are taken. Nothing was done.",
                retryAfter: 1)
        case .timeout(let detail):
            Problem(code: "request-timeout", status: 408, title: "The request took too long", detail: detail)
        case .unknownMethod(let method): .methodNotAllowed(method, allowed: methods)
        case .unknownVersion:
            Problem(
                code: "unknown-version", status: 505, title: "The version of HTTP is not spoken here",
                detail: "Versions 1.1 and 1.0 are spoken.")
        case .unknownCoding:
            Problem(
                code: "unknown-transfer-coding", status: 501, title: "The transfer coding is not known",
                detail: "A body may come with its length, or chunked and nothing else.")
        }
    }
}

extension Problem {
    fileprivate static func tooLarge(
        _ code: String, _ status: Int, _ title: String, _ what: String, _ limit: Int, _ unit: String
    ) -> Problem {
        Problem(
            code: code, status: status, title: title, detail: "\(what) may have up to \(limit) \(unit).",
            members: [("limit", .integer(limit))])
    }
}
