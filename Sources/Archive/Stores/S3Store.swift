package import Basics
package import Blocks
package import CurlHTTP

/// Blocks as objects of an S3 bucket: one object per file, whose key is the location's prefix and the file's name.
///
/// A file is written once by means of `If-None-Match: *`, which Amazon has supported since 2024, and MinIO, Ceph, Garage, R2 and
/// SeaweedFS support. A server that ignores the header, such as `rclone serve s3`, replaces the file, so two writers of different
/// bytes are not detected there. Whether files survive a power cut is up to the server.
package struct S3Store: BlockStore {
    private let client: S3Client
    private let cache: BlockCache?
    /// The number of files per page of a listing; a server may return fewer.
    private let page: Int

    private static let mostPages = 10_000

    package var name: String { "\(client.location)" }

    /// Sends no request yet.
    ///
    /// `now` is the clock that dates the requests; it may be 15 minutes off. The client must outlive the store.
    package init(
        _ location: S3Location, credentials: S3Credentials, http: HTTPClient, cache: BlockCache? = nil,
        limits: S3Limits = S3Limits(), page: Int = 1000, now: @escaping @Sendable () -> Timestamp = { .machineTime }
    ) {
        client = S3Client(location: location, credentials: credentials, http: http, limits: limits, now: now)
        self.cache = cache
        self.page = page
    }

    /// Also returns false if an earlier attempt stored the bytes but its response was lost, so callers compare the bytes.
    package func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        try check(file)
        let call = S3Client.Call(
            method: .put(bytes), key: file,
            headers: [("If-None-Match", "*"), ("Content-Type", "application/octet-stream")], answers: [412])
        return try await client.send(call, until: client.limits.end(moving: bytes.count)).status != 412
    }

    package func replace(_ file: String, _ bytes: [UInt8]) async throws(StoreError) {
        try check(file)
        let call = S3Client.Call(
            method: .put(bytes), key: file, headers: [("Content-Type", "application/octet-stream")])
        _ = try await client.send(call, until: client.limits.end(moving: bytes.count))
    }

    /// Uses a GET of the first byte instead of HEAD, because only a body says whether the file or the bucket is missing.
    ///
    /// The body also says why keys are refused, and a server without ranges is noticed before somebody needs them.
    package func open(_ file: String) async throws(StoreError) -> (any BlockSource)? {
        try check(file)
        let call = S3Client.Call(key: file, headers: [("Range", "bytes=0-0")], answers: [404, 416])
        let response = try await client.send(call, until: client.limits.end())
        switch response.status {
        case 404:
            let failure = S3Failure(response, now: client.now())
            // If the server is not an S3 server, its 404 must not be taken for an empty archive.
            guard failure.code == "NoSuchKey" else { throw client.error(failure) }
            return nil
        // Only an empty file has no first byte.
        case 416: return BlockInMemory([])
        case 200 where response.header("content-length") == "0": return BlockInMemory([])
        case 206: break
        default: throw StoreError(.refused, "\(name): the server ignores Range, which an archive needs")
        }
        guard let range = ContentRange(response), range.bytes == 0..<1, response.body.count == 1 else {
            throw StoreError(.refused, "\(name): the server answers a Range with something else")
        }
        guard let tag = response.header("etag"), tag.hasPrefix("\"") else {
            throw StoreError(.refused, "\(name): the server gives no ETag, by which a file is told from its successor")
        }
        let source = S3Source(client: client, file: file, tag: tag, size: range.size)
        return cache.map { CachedSource(source, named: "\(name)\n\(file)\n\(tag)", in: $0) } ?? source
    }

    /// Skips objects that cannot be files of a store, such as those for folders, whose keys end with a slash.
    package func files(in folder: String) async throws(StoreError) -> [StoredFile] {
        if !folder.isEmpty { try check(folder) }
        let prefix = client.location.prefix + (folder.isEmpty ? "" : "\(folder)/")
        var files: [StoredFile] = []
        var token: String?
        for _ in 0..<Self.mostPages {
            var call = S3Client.Call(key: nil, most: 16_000_000)
            call.query = [("list-type", "2"), ("max-keys", "\(page)"), ("prefix", prefix)]
            if let token { call.query.append(("continuation-token", token)) }
            let response = try await client.send(call, until: client.limits.end())
            guard let listing = S3Listing(response.body, below: client.location.prefix) else {
                throw StoreError(.refused, "\(name): what came is no listing of S3: is the endpoint an S3 server?")
            }
            files += listing.files
            guard let next = listing.next else { return files.sorted { $0.name < $1.name } }
            if next == token { throw StoreError(.refused, "\(name): a page of the listing leads to itself") }
            token = next
        }
        throw StoreError(
            .refused, "\(name): more than \(Self.mostPages) pages of files: is the prefix an archive's own?")
    }

    package func remove(_ file: String) async throws(StoreError) {
        try check(file)
        let call = S3Client.Call(method: .delete, key: file, answers: [404])
        let response = try await client.send(call, until: client.limits.end())
        guard response.status == 404 else { return }
        let failure = S3Failure(response, now: client.now())
        guard failure.code == "NoSuchKey" else { throw client.error(failure) }
    }

    private func check(_ file: String) throws(StoreError) {
        guard S3Location.isName(file) else {
            throw StoreError(
                .refused,
                "\(name): \"\(file.excerpt())\" is no name of a file: letters, digits, '.', '_', '-' and slashes between them"
            )
        }
    }
}

/// A page of a listing (ListObjectsV2).
struct S3Listing: Equatable {
    let files: [StoredFile]
    /// The token for the next page; nil on the last page.
    let next: String?

    /// Returns nil if this is not a page of a listing; names are without the prefix.
    init?(_ bytes: [UInt8], below prefix: String) {
        guard let document = S3Document(bytes), document.name == "ListBucketResult" else { return nil }
        var files: [StoredFile] = []
        for entry in document.children where entry.name == "Contents" {
            guard let key = entry["Key"], key.hasPrefix(prefix), let size = entry["Size"].flatMap({ Int($0) }),
                size >= 0
            else { return nil }
            let name = key.dropFirst(prefix.count)
            if S3Location.isName(name) { files.append(StoredFile(name: String(name), size: size)) }
        }
        self.files = files
        switch document["IsTruncated"] {
        case "false": next = nil
        case "true":
            guard let token = document["NextContinuationToken"], !token.isEmpty else { return nil }
            next = token
        default: return nil
        }
    }
}

/// The header `Content-Range` of a 206 (RFC 9110, section 14.4): `bytes 0-99/1234`.
struct ContentRange: Equatable {
    let bytes: Range<Int>
    /// The size of the whole file.
    let size: Int

    init?(_ response: HTTPResponse) {
        guard let text = response.header("content-range"), text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = Int(parts[1]) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), 0 <= first, first <= last, last < size
        else { return nil }
        bytes = first..<last + 1
        self.size = size
    }
}
