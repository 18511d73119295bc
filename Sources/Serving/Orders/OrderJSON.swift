import Basics
import HTTPServer
import HTTPTypes
import JSON
import NIOCore
import Orders

/// Orders as clients have always read them: all numbers are decimal strings.
enum OrderJSON {
    static func order(_ order: BuyOrder) -> String {
        // None of these texts has anything to escape.
        #"{"id":"\#(order.id)","created_at":"\#(order.createdAt)","currency":"\#(order.currency.rawValue)","#
            + #""currency_amount":"\#(order.amount)","btc_rate":"\#(order.rate)","btc_amount":"\#(order.satoshi.btc)"}"#
    }

    static func placed(_ order: BuyOrder, key: IdempotenceKey) -> String {
        #"{"idempotence_key":"\#(key)","buy_order":\#(self.order(order))}"#
    }

    static func response(_ json: String, _ fields: [(HTTPField.Name, String)] = []) -> Response {
        Response(
            200, .bytes([ByteBuffer(string: json + "\n")]),
            [(.contentType, "application/json"), (.cacheControl, "no-store")] + fields)
    }
}

extension OrderJSON {
    /// What the read model has summed up, and what the cap is at; `terms` and `total` are the ledger's.
    static func statistics(_ statistics: ReadModelStatistics, _ terms: LedgerTerms, total: Satoshi) -> String {
        // A read model that is older than the ledger may have other ones too.
        let all = terms.currencies + statistics.currencies.filter { !terms.currencies.contains($0) }
        let currencies = all.map { currency in
            let sums = statistics[currency]
            return #""\#(currency.rawValue)":{"count":\#(sums.count),"currency_amount":"\#(sums.amount)","#
                + #""btc_amount":"\#(sums.satoshi.btc)"}"#
        }
        let satoshi = all.reduce(Satoshi(0)) { $0 + statistics[$1].satoshi }
        let asOf = statistics.lastCreatedAt.map(JSONString.quoted) ?? "null"
        let cap =
            #"{"cap_btc":"\#(terms.cap.btc)","used_btc":"\#(total.btc)","#
            + #""remaining_btc":"\#(terms.cap.less(total).btc)"}"#
        return #"{"as_of":\#(asOf),"count":\#(statistics.count),"btc_amount":"\#(satoshi.btc)","#
            + #""by_currency":{\#(currencies.joined(separator: ","))},"cap":\#(cap)}"#
    }
}
