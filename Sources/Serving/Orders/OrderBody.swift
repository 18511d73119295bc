import Basics
import HTTPServer
import JSON
import Orders

/// Parses a client's order from a body and header fields.
enum OrderBody {
    static let members = ["currency", "amount", "idempotence_key"]

    /// Returns the requested order, or throws what is wrong with it and what would be accepted.
    ///
    /// `keys` are the values of the fields `Idempotency-Key`. `currencies` are only listed in errors; whether a currency is taken
    /// is decided by the ledger.
    static func request(
        _ body: [UInt8], type: String?, keys: [String], currencies: [Currency] = LedgerTerms.standard.currencies
    ) throws(Problem) -> OrderRequest {
        try requireJSON(type)
        var values: [String: JSONMember.Value] = [:]
        for member in try parse(body) {
            guard values.updateValue(member.value, forKey: member.name) == nil else {
                throw bad(member.name, "\(member.name) stands more than once.", accepted: "one value")
            }
        }
        return OrderRequest(
            currency: try currency(values["currency"], currencies), amount: try amount(values["amount"]),
            key: try key(values["idempotence_key"], keys))
    }

    /// A missing type is accepted as JSON; other types are refused, such as curl's default `application/x-www-form-urlencoded`.
    private static func requireJSON(_ type: String?) throws(Problem) {
        guard let type else { return }
        let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }.lazy.filter {
            $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t")
        }
        guard essence.map(lowercased).elementsEqual("application/json".utf8) else {
            throw .unsupportedMediaType(type, accepted: "application/json")
        }
    }

    private static func parse(_ body: [UInt8]) throws(Problem) -> [JSONMember] {
        do throws(JSONSyntaxError) {
            return try JSONMembers.of(body, named: members)
        } catch {
            var problem = Problem(
                code: "bad-body", status: 422, title: "The body cannot be understood",
                detail: "The body is not a JSON object: \(error).")
            problem.members = [
                ("accepted", .text(#"{"currency":"USD","amount":"123.45","idempotence_key":"<uuid>"}"#))
            ]
            throw problem
        }
    }

    static func currency(_ value: JSONMember.Value?, _ known: [Currency]) throws(Problem) -> Currency {
        guard let value else { throw .noCurrency("There is no currency.", "", known) }
        guard case .string(let text) = value else { throw .noCurrency("currency is not a string.", "", known) }
        guard let currency = Currency(rawValue: text) else {
            throw .noCurrency("Orders cannot be paid in \(text.excerpt()).", text, known)
        }
        return currency
    }

    /// A JSON number is read from its digits, without floating point.
    static func amount(_ value: JSONMember.Value?) throws(Problem) -> Amount {
        let text: String
        switch value {
        case .string(let digits), .number(let digits): text = digits
        case nil: throw bad("amount", "There is no amount.", accepted: Amount.accepted)
        default: throw bad("amount", "amount is neither a string nor a number.", accepted: Amount.accepted)
        }
        guard let amount = Amount(text.utf8) else {
            throw bad("amount", "amount cannot be ordered: \(text.excerpt())", accepted: Amount.accepted)
        }
        return amount
    }

    /// The key may be in the body, in `Idempotency-Key` as a plain or a quoted string, or the same in both.
    private static func key(_ value: JSONMember.Value?, _ fields: [String]) throws(Problem) -> IdempotenceKey {
        var texts: [String] = []
        switch value {
        case .string(let text): texts.append(text)
        case nil: break
        default: throw bad("idempotence_key", "idempotence_key is not a string.", accepted: IdempotenceKey.accepted)
        }
        for field in fields {
            let (bytes, quote) = (field.utf8, UInt8(ascii: "\""))
            let isQuoted = bytes.count >= 2 && bytes.first == quote && bytes.last == quote
            texts.append(isQuoted ? String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self) : field)
        }
        guard let text = texts.first else {
            throw bad(
                "idempotence_key", "There is no idempotence_key, in the body or in the field Idempotency-Key.",
                accepted: IdempotenceKey.accepted)
        }
        guard let key = IdempotenceKey(text) else {
            throw bad(
                "idempotence_key", "idempotence_key has \(text.utf8.count) bytes, or others than may stand there.",
                accepted: IdempotenceKey.accepted)
        }
        guard texts.dropFirst().allSatisfy(text.isExactly) else {
            throw bad(
                "idempotence_key", "The keys in the body and in the field Idempotency-Key differ.",
                accepted: "one key, in either place or in both")
        }
        return key
    }

    private static func bad(
        _ name: String, _ detail: String, accepted: String, nearest: String? = nil
    ) -> Problem {
        .badParameter(name, detail, accepted: accepted, nearest: nearest)
    }
}
