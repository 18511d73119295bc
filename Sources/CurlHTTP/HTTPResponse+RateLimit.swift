package import Basics

extension HTTPResponse {
    /// How long a rate limit that this response has exhausted stays exhausted; nil if some of it is left.
    ///
    /// Read from `X-RateLimit-Remaining` and `X-RateLimit-Reset` (seconds), and from their `-All` forms, which list several
    /// windows, such as `9500;window=60, 0;window=3600`. No standard defines them; servers that send them also count refused
    /// calls, so it is better not to make these.
    package func usedUpFor(now: Timestamp) -> Duration? {
        let remaining = Self.windows(header("x-ratelimit-remaining-all") ?? header("x-ratelimit-remaining"))
        let resets = Self.windows(header("x-ratelimit-reset-all") ?? header("x-ratelimit-reset"))
        let waits = remaining.filter { $0.value == 0 }.compactMap { window in
            let reset = resets.first { $0.length == window.length } ?? resets.first { $0.length == nil }
            return reset.map { Self.seconds($0.value, now) } ?? window.length
        }
        return waits.max().map { .seconds(min($0, 1 << 40)) }
    }

    /// Some servers send the time of the reset instead of the seconds until then.
    private static func seconds(_ value: Int64, _ now: Timestamp) -> Int64 {
        value > 1_000_000_000 ? max(0, value - now.milliseconds / 1000) : value
    }

    private struct Window {
        let value: Int64
        /// In seconds; nil if no window is stated.
        let length: Int64?
    }

    private static func windows(_ header: String?) -> [Window] {
        (header ?? "").split(separator: ",").compactMap { element in
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let value = parts.first.flatMap({ Int64($0) }), value >= 0 else { return nil }
            guard let window = parts.dropFirst().first(where: { $0.hasPrefix("window=") }) else {
                return Window(value: value, length: nil)
            }
            return Int64(window.dropFirst(7)).map { Window(value: value, length: $0) }
        }
    }
}
