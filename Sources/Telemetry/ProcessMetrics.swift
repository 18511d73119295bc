#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension MetricsRegistry {
    /// Registers metrics about the process itself, with the names that Prometheus' own clients use.
    package func sampleProcess(version: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let started = Double(now.tv_sec)
        sample(.buildInfo, [("version", version)]) { 1 }
        sample(.startTime) { started }
        sample(.cpuSeconds) { Self.cpuSeconds }
        sample(.residentMemory) { Self.residentBytes }
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    /// nil if there is no /proc (proc(5)).
    private static var residentBytes: Double? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 200)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let fields = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return fields.count > 1 ? Double(fields[1]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }
}
