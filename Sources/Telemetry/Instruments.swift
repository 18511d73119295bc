package import CoreMetrics

// swift-metrics' own types under our names: what they are called is decided in one place.
extension Counter {
    /// All counters with this name and these labels count together; `labels` are in the order of `name.labels`.
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }
}

extension CoreMetrics.Timer {
    /// A histogram of seconds; `labels` are in the order of `name.labels`.
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }

    /// Records whole nanoseconds, which the registry shows in seconds.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension Gauge {
    /// What is recorded last is shown, whichever gauge with this name and these labels recorded it.
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }
}
