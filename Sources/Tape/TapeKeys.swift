package import Basics

/// The names of all keys, after the configured prefix.
package struct TapeKeys: Equatable, Sendable {
    /// The start of every key; it includes a separator, if one is wanted.
    package let prefix: String

    package init(prefix: String = "") {
        self.prefix = prefix
    }

    package func stream(_ name: String) -> String { prefix + name }

    /// The list of a minute: `toplist:2026-11-21T09:01Z`.
    package func list(_ stream: String, _ minute: Minute) -> String { "\(prefix)\(stream):\(minute)" }

    /// Holds the identity of the worker that has the minute's lease, and expires by itself: see `Lease`.
    package func lease(_ stream: String, _ minute: Minute) -> String { "\(prefix)lease:\(stream):\(minute)" }

    /// Counts how often the minute was begun, and expires by itself: see `begin.lua`.
    package func tries(_ stream: String, _ minute: Minute) -> String { "\(prefix)tries:\(stream):\(minute)" }

    /// Until when a feed's provider must not be called, and why.
    package func pause(_ stream: String) -> String { "\(prefix)pause:\(stream)" }

    /// What is spent of a provider's plan.
    package func budget(_ name: String) -> String { "\(prefix)budget:\(name)" }

    /// The key that a worker or `cointape status` writes to test whether writing works.
    ///
    /// `tag` is the hash tag of the keys that it represents, braces included.
    package func probe(_ worker: String, tag: String = "") -> String {
        prefix + (tag.isEmpty ? "" : "\(tag):") + "probe:\(worker)"
    }

    /// A pattern that matches a stream's lists of all minutes (ACL rules, glob style).
    package func lists(_ stream: String) -> String { "\(prefix)\(stream):*" }

    /// Like `lists`, for leases.
    package func leases(_ stream: String) -> String { "\(prefix)lease:\(stream):*" }

    /// Like `lists`, for tries.
    package func allTries(_ stream: String) -> String { "\(prefix)tries:\(stream):*" }

    /// A pattern that matches the heartbeats of all replicas of a worker, and no others (KEYS, glob style).
    package func workers(_ name: String) -> String { "\(prefix)worker:\(name):*" }

    /// The heartbeat of one replica, which expires soon after the replica dies.
    package func worker(_ identity: WorkerIdentity) -> String {
        "\(prefix)worker:\(identity)"
    }
}
