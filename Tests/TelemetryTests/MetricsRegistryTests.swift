import CoreMetrics
import Telemetry
import Testing

@Suite struct MetricsRegistryTests {
    private let registry = MetricsRegistry()

    @Test func `counters count per set of labels`() {
        for (stream, amount) in [("price", 1), ("rank", 2), ("price", 3)] {
            Counter(.gaps, [("stream", stream), ("reason", "upstream")], in: registry).increment(by: amount)
        }
        #expect(
            registry.text == """
                # HELP cointape_gaps_total \(MetricName.gaps.help)
                # TYPE cointape_gaps_total counter
                cointape_gaps_total{stream="price",reason="upstream"} 4
                cointape_gaps_total{stream="rank",reason="upstream"} 2

                """)
    }

    @Test func `a histogram's buckets hold what is at most their bound, and all before`() throws {
        let timer = CoreMetrics.Timer(.httpSeconds, [("route", "/")], in: registry)
        for duration in [Duration.microseconds(100), .milliseconds(2), .seconds(90)] { timer.record(duration) }
        let lines = registry.text.split(separator: "\n").map(String.init)
        #expect(lines.contains(#"cointape_http_request_seconds_bucket{route="/",le="0.0001"} 1"#))
        #expect(lines.contains(#"cointape_http_request_seconds_bucket{route="/",le="0.001"} 1"#))
        #expect(lines.contains(#"cointape_http_request_seconds_bucket{route="/",le="0.005"} 2"#))
        #expect(lines.contains(#"cointape_http_request_seconds_bucket{route="/",le="60"} 2"#))
        #expect(lines.contains(#"cointape_http_request_seconds_bucket{route="/",le="+Inf"} 3"#))
        #expect(lines.contains(#"cointape_http_request_seconds_count{route="/"} 3"#))
        let sum = try #require(lines.first { $0.hasPrefix("cointape_http_request_seconds_sum") })
        let value = try #require(sum.split(separator: " ").last.flatMap { Double($0) })
        #expect(abs(value - 90.0021) < 0.000001)
    }

    @Test func `samples are read at each look, and one that has no value is not shown`() {
        registry.sample(.soldSatoshi) { nil }
        registry.sample(.dataAge, [("stream", "price")]) { 1.5 }
        registry.sample(.dataAge, [("stream", "price")]) { 2.5 }
        #expect(registry.text.contains("cointape_data_age_seconds{stream=\"price\"} 2.5\n"))
        #expect(!registry.text.contains("1.5"))
        #expect(!registry.text.contains("sold"))
    }

    @Test func `what a label says cannot break out of it`() {
        registry.sample(.dataAge, [("stream", "a\"} 1\nb\\")]) { 0 }
        #expect(registry.text.contains(#"cointape_data_age_seconds{stream="a\"} 1\nb\\"} 0"#))
    }

    @Test func `every metric has a name and help as Prometheus wants them, and a unit where it has one`() throws {
        for metric in MetricName.all {
            #expect(metric.name.wholeMatch(of: /(cointape|process)(_[a-z]+)+/) != nil, "\(metric.name)")
            #expect(metric.kind != .counter || metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.kind != .histogram || metric.name.hasSuffix("_seconds"), "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
        }
        #expect(Set(MetricName.all.map(\.name)).count == MetricName.all.count)
    }
}

extension Counter {
    fileprivate convenience init(_ name: MetricName, _ labels: [(String, String)], in factory: any MetricsFactory) {
        self.init(label: name.name, dimensions: labels, factory: factory)
    }
}

extension CoreMetrics.Timer {
    fileprivate convenience init(_ name: MetricName, _ labels: [(String, String)], in factory: any MetricsFactory) {
        self.init(label: name.name, dimensions: labels, factory: factory)
    }
}
