package import Archive
import Config
import Logging
import Logs
import POSIX
import Synchronization
import Workers

/// Where an api finds the blocks of an archive worker.
package struct HistorySettings: Sendable {
    /// In the order in which they are tried.
    package let stores: [StoreAddress]
    /// The stream of the archive worker, without the prefix of keys.
    package let stream: String
    /// nil if pieces of remote blocks are not cached.
    package let cache: Cache?

    /// The cache for pieces of remote blocks.
    package struct Cache: Sendable {
        package let folder: String
        /// In bytes.
        package let size: Int

        init?(reading reader: ConfigReader) {
            let folder = reader.string("folder", default: "data/cache", "The folder; apis on a machine may share it.")
            let size = reader.bytes("size", default: "1GB", atMost: "1000GB", "How much is kept there.")
            reader.finish()
            guard let folder, let size else { return nil }
            (self.folder, self.size) = (folder, size)
        }
    }

    init?(reading reader: ConfigReader) {
        let stores = StoreAddress.list(
            reading: reader, "Where blocks are, by URL; the first store that has a block counts.")
        let stream = reader.name("stream", default: "archive", "The stream of the archive worker.")
        let cacheReader = reader.objectIfPresent("cache", "Keeps what was read of blocks in a bucket, on this machine.")
        let cache = cacheReader.flatMap(Cache.init)
        reader.finish()
        guard let stores, let stream, (cacheReader == nil) == (cache == nil) else { return nil }
        (self.stores, self.stream, self.cache) = (stores, stream, cache)
    }
}

extension HistorySettings {
    /// Opens the stores without contacting them.
    func open(in process: WorkerProcess, logger: Logger) -> [any BlockStore] {
        let cache = stores.contains(where: \.isRemote) ? cache.flatMap { open($0, logger) } : nil
        return stores.map { $0.store(.serving, http: process.http, cache: cache) }
    }

    /// Returns nil and logs the reason if the folder cannot be created: blocks can be read without a cache.
    private func open(_ cache: Cache, _ logger: Logger) -> BlockCache? {
        // A full disk fails each time, so failures are logged only from time to time.
        let quietUntil = Mutex(ContinuousClock.now)
        let logFailure = { @Sendable (error: SystemError) in
            let isQuiet = quietUntil.withLock { until in
                if until > .now { return true }
                until = .now + .seconds(60)
                return false
            }
            guard !isQuiet else { return }
            logger.warning(
                .archiveCacheFailed, metadata: [LogKey.path: "\(cache.folder)", LogKey.detail: "\(error)"])
        }
        do throws(SystemError) {
            return try BlockCache(folder: cache.folder, capacity: cache.size, onFailure: logFailure)
        } catch {
            logFailure(error)
            return nil
        }
    }
}
