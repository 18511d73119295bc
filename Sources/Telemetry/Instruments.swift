package import CoreMetrics

// swift-metrics' own types under our names: what they are called is decided in one place.
extension Counter {
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }
}

extension CoreMetrics.Timer {
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }

    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension Gauge {
    package convenience init(_ name: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: name.name, dimensions: labels)
    }
}
