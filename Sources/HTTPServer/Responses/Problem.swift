import Basics
package import HTTPTypes
import JSON
import NIOCore

/// An error in the format of RFC 9457: `application/problem+json`.
package struct Problem: Error, Equatable {
    /// The value of an extension member (RFC 9457, section 3.2).
    package enum Member: Equatable, Sendable {
        case text(String)
        case optionalText(String?)
        case texts([String])
        case integer(Int)
    }

    /// The last part of `type`, by which clients distinguish problems.
    package let code: String
    /// The status of the response, which the body repeats.
    package let status: Int
    /// A short summary, the same for all problems with this code (RFC 9457, section 3.1.3).
    package let title: String
    /// What is wrong in this case, for the person who has to act (RFC 9457, section 3.1.4).
    package let detail: String
    /// Details that help the reader act, in order.
    package var members: [(name: String, value: Member)]
    /// Additional header fields, besides Content-Type and Cache-Control.
    package var headers: [(name: HTTPField.Name, value: String)]

    package init(
        code: String, status: Int, title: String, detail: String, members: [(name: String, value: Member)] = [],
        headers: [(name: HTTPField.Name, value: String)] = []
    ) {
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.members = members
        self.headers = headers
    }

    /// Compares the bodies, not the header fields.
    package static func == (left: Problem, right: Problem) -> Bool {
        left.json == right.json
    }

    /// The body, in UTF-8, with a line break at its end.
    package var json: [UInt8] {
        JSONWriter.object { writer in
            writer.member("type", "/problems/\(code)")
            writer.member("title", title)
            writer.member("status", status)
            writer.member("detail", detail)
            for member in members {
                switch member.value {
                case .text(let text): writer.member(member.name, text)
                case .optionalText(let text): writer.member(member.name, text)
                case .texts(let texts): writer.member(member.name, texts)
                case .integer(let number): writer.member(member.name, number)
                }
            }
        } + [UInt8(ascii: "\n")]
    }

    /// It is not cacheable, because the next response may be a good one.
    package var response: Response {
        Response(status, .bytes([ByteBuffer(bytes: json)])) { fields in
            fields.add(.contentType, "application/problem+json")
            fields.add(.cacheControl, "no-store")
            for header in headers { fields.add(header.name, header.value) }
        }
    }

}

extension Problem {
    /// 422: `accepted` says what would be accepted, `nearest` what was probably meant.
    package static func badParameter(_ name: String, _ detail: String, accepted: String, nearest: String? = nil)
        -> Problem
    {
        var problem = Problem(
            code: "bad-parameter", status: 422, title: "A parameter cannot be understood", detail: detail)
        problem.members = [("parameter", .text(name.excerpt())), ("accepted", .text(accepted))]
        if let nearest { problem.members.append(("did_you_mean", .text(nearest))) }
        return problem
    }

    /// `retryAfter` is in seconds.
    package static func unavailable(_ code: String, _ title: String, _ detail: String, retryAfter: Int64) -> Problem {
        var problem = Problem(code: code, status: 503, title: title, detail: detail)
        problem.headers = [(.retryAfter, "\(retryAfter)")]
        return problem
    }

    /// 404, with the paths that exist.
    package static func notFound(_ path: String, available: [String]) -> Problem {
        var problem = Problem(
            code: "no-such-resource", status: 404, title: "There is nothing under this path",
            detail: "Nothing is served under \(path).")
        problem.members = [("available", .texts(available.sorted()))]
        return problem
    }

    /// A precondition of the request is false (RFC 9110, section 15.5.13).
    package static let preconditionFailed = Problem(
        code: "precondition-failed", status: 412, title: "It is not what the request expects",
        detail: "If-Match names other entity tags, or it was modified after If-Unmodified-Since.")

    /// 405, with the field `Allow` that RFC 9110, section 15.5.6, requires.
    package static func methodNotAllowed(_ method: String, allowed: String) -> Problem {
        var problem = Problem(
            code: "method-not-allowed", status: 405, title: "The method is not allowed here",
            detail: "\(method) is not allowed here; allowed are \(allowed).")
        problem.headers = [(.allow, allowed)]
        return problem
    }
}
