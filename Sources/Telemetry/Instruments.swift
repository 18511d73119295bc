package import CoreMetrics

// swift-metrics' own types with our names, so that metrics are named in one place.
extension Counter {
    /// Counters with the same name and labels share one value; `labels` are in the order of `name.labels`.
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
    /// Shows the value that was recorded last by any gauge with this name and these labels.
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }
}
