package import Basics

extension HTTPResponse {
    /// How long `Retry-After` (RFC 9110, section 10.2.3) asks to wait: seconds, or the time until a date.
    ///
    /// A date counts from the response's own `Date`, so that a server whose clock is wrong is understood all the same. nil
    /// when there is none or it cannot be read; a date in the past is zero. May be absurdly long: the caller clamps.
    package func retryAfter(now: Timestamp) -> Duration? {
        guard let text = header("retry-after"), let first = text.first else { return nil }
        if first.isASCII, first.isNumber, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            // More digits than a number holds are a long time too.
            return .seconds(min(Int64(text) ?? .max, 1 << 40))
        }
        guard let date = Timestamp(httpDate: text, now: now) else { return nil }
        let sent = header("date").flatMap { Timestamp(httpDate: $0, now: now) } ?? now
        return max(.zero, date - sent)
    }
}
