import Basics
import Foundation

/// A call that meets a fault: what the provider is asked, and how its answer is changed.
struct FaultyCall {
    let fault: Fault
    let provider: any SimulatedProvider
    let call: ProviderCall
    let number: Int
    let minutes: MarketMinutes

    func answer(at minute: Minute) async -> ProviderAnswer {
        func good(_ ago: Int = 0) async -> ProviderAnswer {
            provider.answer(call, in: await minutes.market(at: minute.advanced(byMinutes: -ago)))
        }
        func refusal(_ reason: Refusal, retryAfter: String? = nil) -> ProviderAnswer {
            var answer = provider.refusal(reason, at: minute)
            if let retryAfter { answer.headers.append(("Retry-After", retryAfter)) }
            return answer
        }
        switch fault {
        case .rateLimited: return refusal(.perMinute)
        case .retryAfter: return refusal(.perMinute, retryAfter: "2")
        case .retryAfterDate:
            // Uses the machine's clock, like a server's `Date`, however fast the sandbox' minutes go.
            return refusal(.perMinute, retryAfter: (Timestamp.machineTime + .seconds(3)).httpDate)
        case .retryAfterAbsurd: return refusal(.perMinute, retryAfter: "94608000")
        case .retryAfterMalformed: return refusal(.perMinute, retryAfter: "a little later")
        case .lastCall:
            var answer = await good()
            answer.headers.append(("X-RateLimit-Remaining-All", "9500, 19;window=1, 0;window=60, 7400;window=86400"))
            return answer
        case .dayLimit: return refusal(.perDay)
        case .monthLimit: return refusal(.perMonth)
        case .addressLimit: return refusal(.perAddress)
        case .badKey: return refusal(.key)
        case .emptyUnauthorized: return .plain(401, "")
        case .planRefused: return refusal(.plan)
        case .unknownCode: return refusal(.unknown)
        case .errorOnOK:
            var answer = refusal(.perMinute)
            answer.status = 200
            return answer
        case .serverError: return refusal(.server)
        case .badGateway: return .plain(502, "Bad Gateway")
        case .maintenance: return .html(503, "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>\n")
        case .challenge: return .html(200, "<!DOCTYPE html><html><title>Just a moment...</title></html>\n")
        case .redirect: return ProviderAnswer(status: 302, headers: [("Location", "http://elsewhere.invalid/")])
        case .emptyBody: return .plain(200, "")
        case .cutBody: return await good().delivered(.cut)
        case .cutGzip: return await good().gzipped(Deflate.cut)
        case .gzipBomb: return await good().gzipped { _ in Deflate.bomb(size: 200_000_000) }
        case .drip: return await good().delivered(.drip)
        case .hang: return await good().delivered(.hang)
        case .wrongType: return .ok(Array(provider.payloads.wrongType.utf8))
        case .nullList: return .ok(Array(provider.payloads.nullList.utf8))
        case .emptyList: return .ok(Array(provider.payloads.emptyList.utf8))
        case .shrunkList: return provider.answer(call, in: await minutes.market(at: minute).shrunk)
        case .clampedPages: return provider.answer(call.askingForHalf, in: await minutes.market(at: minute))
        case .movingPages: return await good(number.isMultiple(of: 2) ? 7 : 0)
        case .duplicates: return provider.answer(call, in: await minutes.market(at: minute).withDuplicates)
        case .missingIDs: return await good().replacing(provider.payloads.idMember, with: #""other""#)
        case .notANumber: return await good().withoutNumbers(in: provider.payloads.priceMembers)
        case .otherBase: return await good().replacing(#""currency":"BTC""#, with: #""currency":"ETH""#)
        case .repeated: return await good(1)
        case .older: return await good(2)
        }
    }
}

/// A provider that the sandbox simulates, with what faults need of it.
protocol SimulatedProvider: Sendable {
    var payloads: FaultyPayloads { get }

    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer
    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer
}

/// A provider's bodies of the wrong shape, and the members of its ids and prices.
struct FaultyPayloads: Sendable {
    let wrongType: String
    let nullList: String
    let emptyList: String
    /// Includes the quotes.
    let idMember: String
    let priceMembers: [String]
}

extension ProviderCall {
    /// Halves the requested size, to simulate a server that returns less than requested.
    fileprivate var askingForHalf: ProviderCall {
        var call = self
        for name in ["limit", "page_size", "per_page"] {
            if let size = parameters[name].flatMap({ Int($0) }) { call.parameters[name] = "\(max(10, size / 2))" }
        }
        return call
    }
}

extension ProviderAnswer {
    fileprivate func delivered(_ delivery: Delivery) -> ProviderAnswer {
        var answer = self
        answer.delivery = delivery
        return answer
    }

    fileprivate func gzipped(_ compress: ([UInt8]) -> [UInt8]) -> ProviderAnswer {
        var answer = self
        answer.body = compress(body)
        answer.headers.append(("Content-Encoding", "gzip"))
        return answer
    }

    fileprivate func replacing(_ text: String, with other: String) -> ProviderAnswer {
        var answer = self
        answer.body = Array(String(decoding: body, as: UTF8.self).replacing(text, with: other).utf8)
        return answer
    }

    /// Replaces the first values of these members by something that is not a number.
    fileprivate func withoutNumbers(in members: [String]) -> ProviderAnswer {
        var text = String(decoding: body, as: UTF8.self)
        var wrong = ["NaN", "Infinity", "1e999", #""NaN""#][...]
        var start = text.startIndex
        while let value = wrong.popFirst() {
            let found = members.compactMap { text[start...].firstRange(of: "\"\($0)\":") }
            guard let member = found.min(by: { $0.lowerBound < $1.lowerBound }) else { break }
            let end = text[member.upperBound...].firstIndex { $0 == "," || $0 == "}" } ?? text.endIndex
            text.replaceSubrange(member.upperBound..<end, with: value)
            start = text.index(member.upperBound, offsetBy: value.count)
        }
        var answer = self
        answer.body = Array(text.utf8)
        return answer
    }
}
