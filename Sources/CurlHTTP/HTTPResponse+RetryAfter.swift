package import Basics

extension HTTPResponse {
    /// How long `Retry-After` (RFC 9110, section 10.2.3) asks to wait: seconds, or the time until a date.
    ///
    /// A date is relative to the response's own `Date`, so that a wrong server clock does not matter. Returns nil if the header
    /// is missing or unreadable, and zero for a date in the past. The result may be absurdly long; the caller clamps it.
    package func retryAfter(now: Timestamp) -> Duration? {
        guard let text = header("retry-after"), let first = text.first else { return nil }
        if first.isASCII, first.isNumber, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            // A number that does not fit is also a long time.
            return .seconds(min(Int64(text) ?? .max, 1 << 40))
        }
        guard let date = Timestamp(httpDate: text, now: now) else { return nil }
        let sent = header("date").flatMap { Timestamp(httpDate: $0, now: now) } ?? now
        return max(.zero, date - sent)
    }
}
