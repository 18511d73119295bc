import Basics
import NIOCore
import PlainRequests

/// A plain request for the newest list or for a minute's, and the answer to it that was sent last.
final class ListRequest {
    struct Kept {
        let minute: Minute
        /// From then on its date or its age would be another.
        let until: NIODeadline
        let answer: ImmediateAnswer
    }

    let isHEAD: Bool
    /// nil for the newest list.
    let minute: Minute?
    let query: ListQuery
    let accepted: AcceptEncoding
    let conditions: RequestConditions
    var answer: Kept?

    static let fields = OutlineFields(
        kept: ["accept", "accept-encoding", "if-none-match", "if-modified-since"],
        foreign: ["content-length", "transfer-encoding", "expect", "upgrade"])

    /// nil for a request that the routes have to read.
    init?(_ outline: RequestOutline) {
        guard let request = PlainRequest(outline) else { return nil }
        let target = RequestTarget(request.target)
        guard target.path == "/",
            let query = try? ListQuery(query: target.query, accept: request["accept"], now: .machineTime),
            let minute = Self.minute(query.datetime)
        else { return nil }
        self.minute = minute
        isHEAD = request.isHEAD
        self.query = query
        accepted = AcceptEncoding(request["accept-encoding"])
        conditions = RequestConditions(
            ifNoneMatch: request["if-none-match"], ifModifiedSince: request["if-modified-since"])
    }

    /// What a relative minute is differs from one moment to the next: nil.
    private static func minute(_ parameter: DateTimeParameter?) -> Minute?? {
        switch parameter {
        case nil: .some(nil)
        case .absolute(let minute): minute
        case .relative: nil
        }
    }
}
