import Basics
import HTTPServer
import HTTPTypes
import JSON
import NIOCore
import Orders

/// The JSON of orders, in which all amounts are decimal strings.
enum OrderJSON {
    static func response(
        _ fields: [(HTTPField.Name, String)] = [], _ object: (inout JSONWriter) -> Void
    ) -> Response {
        let json = JSONWriter.object(capacity: 512, object)
        return Response(
            200, .bytes([ByteBuffer(bytes: json + [UInt8(ascii: "\n")])]),
            [(.contentType, "application/json"), (.cacheControl, "no-store")] + fields)
    }
}

extension JSONWriter {
    mutating func members(of order: BuyOrder) {
        member("id", "\(order.id)")
        member("created_at", "\(order.createdAt)")
        member("currency", order.currency.rawValue)
        member("currency_amount", "\(order.amount)")
        member("btc_rate", "\(order.rate)")
        member("btc_amount", "\(order.satoshi.btc)")
    }

    /// The sums of the read model, and how much of the cap is used; `terms` and `total` are the ledger's.
    mutating func members(of statistics: ReadModelStatistics, _ terms: LedgerTerms, total: Satoshi) {
        // A read model of an earlier ledger may have other currencies too.
        let currencies = terms.currencies + statistics.currencies.filter { !terms.currencies.contains($0) }
        let satoshi = currencies.reduce(Satoshi(0)) { $0 + statistics[$1].satoshi }
        member("as_of", statistics.lastCreatedAt)
        member("count", statistics.count)
        member("btc_amount", "\(satoshi.btc)")
        name("by_currency")
        object { writer in
            for currency in currencies {
                let sums = statistics[currency]
                writer.name(currency.rawValue)
                writer.object { writer in
                    writer.member("count", sums.count)
                    writer.member("currency_amount", "\(sums.amount)")
                    writer.member("btc_amount", "\(sums.satoshi.btc)")
                }
            }
        }
        name("cap")
        object { writer in
            writer.member("cap_btc", "\(terms.cap.btc)")
            writer.member("used_btc", "\(total.btc)")
            writer.member("remaining_btc", "\(terms.cap.less(total).btc)")
        }
    }
}
