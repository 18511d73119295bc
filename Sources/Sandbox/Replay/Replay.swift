package import Basics
import HTTPServer
import JSON
import NIOCore
package import Recordings
import Synchronization

/// Gives a recording's answers again: to each request those of its minute, one after the other if it was asked for repeatedly.
///
/// After its last minute the recording begins again.
package final class Replay: Sendable {
    /// The calls that are answered alike, oldest first.
    private struct Track: Sendable {
        let pattern: CallPattern
        var calls: [(minute: Minute, call: RecordedCall)]

        /// The answers at a minute: those of the newest recorded one that is not later, or the first ones.
        func calls(at minute: Minute) -> [RecordedCall] {
            guard let chosen = (calls.last { $0.minute <= minute } ?? calls.first)?.minute else { return [] }
            return calls.filter { $0.minute == chosen }.map(\.call)
        }
    }

    /// How often each track was asked for in a minute.
    private struct Turns: Sendable {
        var minute: Minute?
        var counts: [Int: Int] = [:]
    }

    private let recording: Recording
    /// Those with the fewest open texts come first.
    private let tracks: [Track]
    private let now: @Sendable () -> Timestamp
    private let turns = Mutex(Turns())

    /// `now` is the time of the tape; at the recording's first minute it plays that minute.
    package init(_ recording: Recording, now: @escaping @Sendable () -> Timestamp) {
        self.recording = recording
        self.now = now
        var tracks: [Track] = []
        var places: [CallPattern: Int] = [:]
        for call in recording.calls {
            guard let pattern = CallPattern(call), let minute = Minute(call.minute) else { continue }
            if let place = places[pattern] {
                tracks[place].calls.append((minute, call))
            } else {
                places[pattern] = tracks.count
                tracks.append(Track(pattern: pattern, calls: [(minute, call)]))
            }
        }
        for index in tracks.indices { tracks[index].calls.sort { $0.minute < $1.minute } }
        self.tracks = tracks.sorted { $0.pattern.wildcards < $1.pattern.wildcards }
    }

    func answer(_ request: Request) -> ProviderAnswer {
        let asked = pattern(of: request)
        guard let index = tracks.firstIndex(where: { $0.pattern.matches(asked) }) else {
            let known = tracks.prefix(20).map(\.pattern.description).joined(separator: ", ")
            return ProviderAnswer(
                status: 404,
                body: JSONWriter.object {
                    $0.member("error", "The recording has no call \(asked.description)")
                    $0.member("has", known)
                })
        }
        let now = Minute(containing: now())
        let calls = tracks[index].calls(at: minute(at: now))
        let turn = turns.withLock { turns in
            if turns.minute != now { turns = Turns(minute: now) }
            defer { turns.counts[index, default: 0] += 1 }
            return turns.counts[index, default: 0]
        }
        return answer(calls[min(turn, calls.count - 1)])
    }

    private func answer(_ call: RecordedCall) -> ProviderAnswer {
        guard let status = call.status else {
            // The connection ends before the response does.
            return ProviderAnswer(status: 200, body: [0], delivery: .cut)
        }
        var answer = ProviderAnswer(status: status, body: recording.body(of: call))
        for header in recording.headers(of: call) {
            if header.name.lowercased() == "content-type" {
                answer.contentType = header.value
            } else {
                answer.headers.append((header.name, header.value))
            }
        }
        return answer
    }

    /// The recorded minute that is played.
    private func minute(at now: Minute) -> Minute {
        let (first, last) = (recording.minutes.lowerBound, recording.minutes.upperBound)
        let span = last.milliseconds - first.milliseconds + 60_000
        let gone = (now.milliseconds - first.milliseconds) % span
        return first.advanced(byMinutes: Int((gone < 0 ? gone + span : gone) / 60_000))
    }

    /// The first part of a path is the host; a path that a provider has told may lack it.
    private func pattern(of request: Request) -> CallPattern {
        let body = request.body.getString(at: request.body.readerIndex, length: request.body.readableBytes) ?? ""
        let parts = request.path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let host = parts.first.map(String.init) ?? ""
        let isKnown = tracks.contains { $0.pattern.host == host }
        let path = isKnown ? (parts.count > 1 ? "/\(parts[1])" : "/") : request.path
        return CallPattern(
            method: request.method.rawValue, host: isKnown ? host : "", path: path, query: request.query.text,
            body: body)
    }
}
