import Basics
import NIOCore
import PlainRequests

/// A plain request for the newest list or for a minute's, and the answer to it that was sent last.
final class ListRequest {
    struct Kept {
        let answer: ImmediateAnswer
        let minute: Minute
        /// From then on its date or its age may be another second's.
        let until: NIODeadline

        /// `now` is the `date` at which the answer was made, or a little before.
        init(_ answer: ImmediateAnswer, _ minute: Minute, age: Duration, date: Timestamp, now: NIODeadline) {
            self.answer = answer
            self.minute = minute
            let span = min(Self.left(ofSecond: date.milliseconds), Self.left(ofSecond: age.milliseconds))
            until = now + .milliseconds(span)
        }

        /// For how many milliseconds it surely is the same second, whether seconds are rounded down, as in a date, or up, as
        /// in an age.
        private static func left(ofSecond milliseconds: Int64) -> Int64 {
            let gone = max(0, milliseconds) % 1000
            return gone == 0 ? 0 : 999 - gone
        }
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

    /// nil for a request that the routes have to read; throws what is to be said of one that cannot be understood.
    init?(_ outline: RequestOutline) throws(Problem) {
        guard let request = PlainRequest(outline) else { return nil }
        let target = RequestTarget(request.target)
        guard target.path == "/" else { return nil }
        let query: ListQuery
        do throws(Problem) {
            query = try ListQuery(query: target.query, accept: request["accept"], now: .machineTime)
        } catch {
            // Of an answer to HEAD only the routes leave the body out.
            if request.isHEAD { return nil }
            throw error
        }
        guard let minute = Self.minute(query.datetime) else { return nil }
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
