package import Basics

/// The names of all keys, behind the configured prefix.
package struct TapeKeys: Equatable, Sendable {
    /// What every key begins with; a separator, if one is wanted, is a part of it.
    package let prefix: String

    package init(prefix: String = "") {
        self.prefix = prefix
    }

    package func stream(_ name: String) -> String { prefix + name }

    /// The list of a minute: `toplist:2026-11-21T09:01Z`.
    package func list(_ stream: String, _ minute: Minute) -> String { "\(prefix)\(stream):\(minute)" }

    /// Holds the identity of whoever works on the minute, and expires by itself: see `Lease`.
    package func lease(_ stream: String, _ minute: Minute) -> String { "\(prefix)lease:\(stream):\(minute)" }

    /// Counts how often the minute was begun, and expires by itself: see `begin.lua`.
    package func tries(_ stream: String, _ minute: Minute) -> String { "\(prefix)tries:\(stream):\(minute)" }

    /// Until when a feed's provider is not to be asked, and why.
    package func pause(_ stream: String) -> String { "\(prefix)pause:\(stream)" }

    /// What is written to see whether writing works, by a worker or by `cointape status`.
    ///
    /// `tag` is the hash tag of the keys that it stands for, braces included.
    package func probe(_ worker: String, tag: String = "") -> String {
        prefix + (tag.isEmpty ? "" : "\(tag):") + "probe:\(worker)"
    }

    /// What all heartbeats of a worker's replicas match, and no others (KEYS, glob style).
    package func workers(_ name: String) -> String { "\(prefix)worker:\(name):*" }

    /// The heartbeat of one replica, which expires soon after the replica has died.
    package func worker(_ identity: WorkerIdentity) -> String {
        "\(prefix)worker:\(identity)"
    }
}
