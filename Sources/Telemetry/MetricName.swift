/// A metric as scrapers see it: its name and meaning, following Prometheus' conventions
/// (https://prometheus.io/docs/practices/naming).
///
/// `docs/reference/metrics.md` explains each; every label has few values, which are limited by configs or constants.
package struct MetricName: Hashable, Sendable {
    /// The word in the `# TYPE` line of the text.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// The full name, with its unit, and with `_total` at the end for a counter.
    package let name: String
    package let kind: Kind
    /// The `# HELP` line: what is measured, and its unit.
    package let help: String
    /// The names of the labels, in the order in which their values are given.
    package let labels: [String]

    private init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

extension MetricName {
    package static let dataAge = MetricName(
        "cointape_data_age_seconds", .gauge, ["stream"],
        "How long ago the newest minute with rows, or with a list, began.")
    /// `outcome` is a `Publisher.Outcome`: `ok`, or why the entry was not needed or was refused.
    package static let minutes = MetricName(
        "cointape_minutes_total", .counter, ["stream", "outcome"],
        "Minutes that this process has worked on, by what came of it.")
    package static let gaps = MetricName(
        "cointape_gaps_total", .counter, ["stream", "reason"], "Minutes that this process has ended as a gap.")

    /// `outcome` is `rows`, or the code of the gap.
    package static let fetchSeconds = MetricName(
        "cointape_fetch_seconds", .histogram, ["source", "outcome"],
        "How long a whole list took to fetch, all its pages and retries included.")
    package static let fetchedBytes = MetricName(
        "cointape_fetched_bytes_total", .counter, ["source"], "Bytes of bodies, after decompression.")
    package static let fetchedPages = MetricName(
        "cointape_fetched_pages_total", .counter, ["source"], "Pages that were fetched well.")
    package static let pageRetries = MetricName(
        "cointape_page_retries_total", .counter, ["source"], "Pages that were asked for again.")

    package static let budgetSpent = MetricName(
        "cointape_budget_spent", .gauge, ["budget"], "Credits of the plan that are spent in the present period.")
    package static let budgetLeft = MetricName(
        "cointape_budget_left", .gauge, ["budget"], "Credits of the plan that are left in the present period.")

    /// `kind` is `matched`, `only_<source>`, `duplicates`, `conflicts`, `unpriced`, `no_key` or `unreadable_<column>`.
    package static let joinRows = MetricName(
        "cointape_join_rows", .gauge, ["stream", "kind"], "The account of the last join: rows by what became of them.")

    package static let archivedBytes = MetricName(
        "cointape_archive_stored_bytes", .gauge, ["store"], "What a store of the archive has, in bytes.")
    package static let archiveFailures = MetricName(
        "cointape_archive_failures_total", .counter, ["stream"],
        "How often a block could not be made or kept, Redis' outages included; each is tried again.")

    /// 1, or 0 while one of the worker's clients cannot connect.
    package static let redisUp = MetricName(
        "cointape_redis_up", .gauge, ["worker", "redis"], "Whether a worker's clients reach their Redis.")
    package static let redisReconnects = MetricName(
        "cointape_redis_reconnects_total", .counter, ["worker", "redis"],
        "How often a worker's clients connected again after a failure.")

    /// `outcome` is `taken`, `replayed`, or the code of the problem, such as `cap-exceeded`.
    package static let orders = MetricName(
        "cointape_orders_total", .counter, ["outcome"], "Order requests, by outcome.")
    package static let soldSatoshi = MetricName(
        "cointape_orders_sold_satoshi", .gauge, [], "What is sold in all, as far as this process has seen.")
    package static let capSatoshi = MetricName(
        "cointape_orders_cap_satoshi", .gauge, [], "What may be sold in all.")
    package static let readModelLag = MetricName(
        "cointape_read_model_lag_seconds", .gauge, [],
        "How long the oldest unprojected order has waited; 0 if there is none.")
    package static let ledgerDrift = MetricName(
        "cointape_ledger_drift_satoshi", .gauge, [],
        "What the ledger's running total and the sum of its orders differ by: 0, or somebody has written into it.")

    /// `route` has few values: `refused` counts invalid requests.
    package static let httpRequests = MetricName(
        "cointape_http_requests_total", .counter, ["route", "status"], "Requests answered.")
    package static let httpSeconds = MetricName(
        "cointape_http_request_seconds", .histogram, ["route"],
        "From a request's head to its answer, before that is sent.")

    package static let buildInfo = MetricName("cointape_build_info", .gauge, ["version"], "1, with the version.")
    package static let startTime = MetricName(
        "process_start_time_seconds", .gauge, [], "When the process started, in seconds since 1970.")
    package static let residentMemory = MetricName(
        "process_resident_memory_bytes", .gauge, [], "Memory of the process that is in RAM.")
    package static let cpuSeconds = MetricName(
        "process_cpu_seconds_total", .counter, [], "Processor time that the process has used.")

    /// In the order of output.
    package static let all: [MetricName] = [
        dataAge, minutes, gaps, fetchSeconds, fetchedBytes, fetchedPages, pageRetries, budgetSpent, budgetLeft,
        joinRows, archivedBytes,
        archiveFailures, redisUp, redisReconnects, orders, soldSatoshi, capSatoshi, readModelLag,
        ledgerDrift, httpRequests, httpSeconds, buildInfo, startTime, residentMemory, cpuSeconds,
    ]
}
