#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

package enum CPUTime {
    /// What the thread that asks has taken so far: what others take meanwhile does not count.
    package static var ofThread: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
