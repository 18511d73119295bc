import Basics
import Blocks
package import Config
package import Workers

/// The config of an archive worker: which lists, and where their blocks are kept.
package struct ArchiveConfig: Sendable {
    package let worker: WorkerSettings
    /// The name of the stream of lists, without the prefix of keys.
    package let lists: String
    let listsPlace: ConfigPlace
    /// At least one; each store keeps all blocks.
    package let stores: [StoreAddress]
    /// The name of the stream of hours, without the prefix of keys.
    package let stream: String
    let streamPlace: ConfigPlace
    /// nil if lists keep all their digits.
    let digits: Digits?

    /// To how many digits old days are rounded, and when.
    struct Digits: Sendable {
        let after: Duration
        let significant: SignificantDigits

        init?(reading reader: ConfigReader) {
            let after = reader.duration(
                "after", in: .seconds(30 * 86_400)...(.seconds(36_500 * 86_400)),
                "How long a day keeps all digits.")
            let count = reader.integer("significant", in: 4...15, "How many digits stay, rounded.")
            reader.finish()
            guard let after, let count else { return nil }
            (self.after, significant) = (after, SignificantDigits(count))
        }
    }

    /// The name of the stream of days.
    package var days: String { "\(stream):days" }

    package init?(reading reader: ConfigReader) {
        let worker = WorkerSettings(reading: reader)
        let list = reader.object("list", "Which lists are kept.")
        let lists = list?.name("stream", default: "toplist", "The stream of lists.")
        list?.finish()
        let stores = StoreAddress.list(
            reading: reader, "Where blocks are kept, by URL, file:// or s3://; each store gets all blocks.")
        let publish = reader.object("publish", "Where it is told what the stores have.")
        let stream = publish?.name(
            "stream", default: "archive", "The stream of hours; that of days has this name and `:days`.")
        publish?.finish()
        if let lists, lists == stream { publish?.complain(about: "stream", "is the stream of the lists that are kept") }
        let digitsReader = reader.objectIfPresent(
            "digits", "Has old days rewritten with fewer digits of their decimals, for good.")
        let digits = digitsReader.flatMap(Digits.init)
        reader.finish()
        guard let worker, let list, let lists, let stores, let publish, let stream,
            lists != stream, (digitsReader == nil) == (digits == nil)
        else { return nil }
        self.digits = digits
        self.worker = worker
        self.lists = lists
        self.stores = stores
        self.stream = stream
        listsPlace = list.place(of: "stream")
        streamPlace = publish.place(of: "stream")
    }
}

extension StoreAddress {
    /// Reads the field `stores`; reports an issue and returns nil if there is no store or one cannot be read.
    package static func list(reading reader: ConfigReader, _ summary: String) -> [StoreAddress]? {
        guard let texts = reader.strings("stores", atLeast: 1, summary) else { return nil }
        var stores: [StoreAddress] = []
        for (index, text) in texts.enumerated() {
            do throws(InvalidText) {
                let store = try StoreAddress(text, variable: reader.secret)
                if stores.contains(where: { "\($0)" == "\(store)" }) {
                    reader.complain(about: "stores", element: index, "is there twice")
                } else {
                    stores.append(store)
                }
            } catch {
                reader.complain(about: "stores", element: index, "\(error)")
            }
        }
        return stores.count == texts.count && !stores.isEmpty ? stores : nil
    }
}
