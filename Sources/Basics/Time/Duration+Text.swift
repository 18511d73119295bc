extension Duration {
    /// A short form with the two largest units: `30d`, `5h`, `2h24m`, `1s500ms`, `0s`.
    package var short: String {
        let count = milliseconds
        let parts = [
            (count / 86_400_000, "d"), (count / 3_600_000 % 24, "h"), (count / 60_000 % 60, "m"),
            (count / 1000 % 60, "s"),
            (count % 1000, "ms"),
        ]
        let leading = parts.drop { $0.0 == 0 }.prefix(2)
        return leading.isEmpty ? "0s" : leading.filter { $0.0 != 0 }.map { "\($0.0)\($0.1)" }.joined()
    }
}
