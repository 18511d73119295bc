package import Basics
import CCurl

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
        guard let date = Self.seconds(ofDate: text) else { return nil }
        let sent = header("date").flatMap(Self.seconds) ?? now.milliseconds / 1000
        return .seconds(max(0, date - sent))
    }

    /// Seconds since 1970 of an HTTP date in any of its three forms.
    private static func seconds(ofDate text: String) -> Int64? {
        // libcurl also reads times of day and the like, which a server cannot mean.
        guard text.hasSuffix("GMT") || text.wholeMatch(of: /[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}/) != nil
        else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Int64(seconds)
    }
}
