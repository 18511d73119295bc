/// What the Sentinels of a primary have said last, and which server that makes the primary.
///
/// Sentinels may disagree while a failover is under way, or when one of them was cut off. The configuration with the highest
/// epoch is the newest (https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/, "Configuration epochs").
struct SentinelView {
    struct Answer: Equatable {
        let primary: RedisEndpoint.Address
        let epoch: Int64
        /// How many replicas the Sentinel knows, those that are away included.
        let replicas: Int
    }

    private struct Sentinel {
        /// Counts until this Sentinel gives another one, for others may be behind: whoever goes back to an older configuration may
        /// write to a primary that has been replaced.
        var answer: Answer?
        /// Why it does not answer; nil if it does, or was not asked yet.
        var failure: String?
    }

    private var sentinels: [Sentinel]

    /// For so many Sentinels.
    init(count: Int) {
        sentinels = Array(repeating: Sentinel(), count: count)
    }

    /// Takes what Sentinel `index` answered; returns whether it had failed before.
    mutating func note(_ answer: Answer, from index: Int) -> Bool {
        defer { sentinels[index] = Sentinel(answer: answer) }
        return sentinels[index].failure != nil
    }

    /// Takes why Sentinel `index` did not answer; returns whether it had not failed before.
    mutating func note(failure: String, of index: Int) -> Bool {
        defer { sentinels[index].failure = failure }
        return sentinels[index].failure == nil
    }

    /// Whether each has answered, or failed to.
    var isComplete: Bool { sentinels.allSatisfy { $0.answer != nil || $0.failure != nil } }

    /// Why there is no answer, in the order of the Sentinels.
    var failures: [String] { sentinels.compactMap(\.failure) }

    /// Returns nil if no Sentinel has ever answered.
    ///
    /// Among answers of one epoch, the one that most Sentinels give counts, and then the one of the earliest in the URL.
    var newest: Answer? {
        let answers = sentinels.compactMap(\.answer)
        guard let epoch = answers.map(\.epoch).max() else { return nil }
        let newest = answers.filter { $0.epoch == epoch }
        func votes(_ answer: Answer) -> Int { newest.count { $0.primary == answer.primary } }
        return newest.max { votes($0) < votes($1) }
    }
}

extension SentinelView.Answer {
    /// `address` is the reply to SENTINEL GET-MASTER-ADDR-BY-NAME, which names a new primary as soon as it is one, and `state`
    /// the one to SENTINEL MASTER.
    init(address: RedisReply, state: RedisReply, of primary: String) throws(RedisError) {
        func unusable(_ words: String) -> RedisError {
            RedisError(.unexpectedReply, command: "SENTINEL", message: words)
        }
        for case .error(let text) in [address, state] {
            if text.hasPrefix("ERR unknown command") { throw unusable("it is no Sentinel, but a Redis") }
            if text.hasPrefix("ERR No such master") { throw unusable("it knows no primary \(primary)") }
            throw RedisError(serverError: text, command: "SENTINEL")
        }
        if address == .null { throw unusable("it knows no primary \(primary)") }
        let words = state.array ?? []
        var facts: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            if let name = words[index].text { facts[name] = words[index + 1].text }
        }
        guard let place = address.array, place.count == 2, let host = place[0].text, !host.isEmpty,
            let port = place[1].text.flatMap({ Int($0) }), (1...65_535).contains(port),
            let epoch = facts["config-epoch"].flatMap({ Int64($0) })
        else { throw unusable("its answer cannot be read") }
        self.primary = .tcp(host: host, port: port)
        self.epoch = epoch
        replicas = facts["num-slaves"].flatMap { Int($0) } ?? 0
    }
}
