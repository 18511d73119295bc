package import Archive
import Config

/// Where an api finds what an archive worker keeps.
package struct HistorySettings: Sendable {
    /// In the order in which they are read.
    package let stores: [StoreAddress]
    /// The stream of the archive worker, without the prefix of keys.
    package let stream: String

    init?(reading reader: ConfigReader) {
        let stores = StoreAddress.list(
            reading: reader, "Where blocks are, by URL; the first store that has a block counts.")
        let stream = reader.name("stream", default: "archive", "The stream of the archive worker.")
        reader.finish()
        guard let stores, let stream else { return nil }
        (self.stores, self.stream) = (stores, stream)
    }
}
