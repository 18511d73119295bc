import Digests
import HTTPServer
import HTTPTypes
import NIOCore
import Tape

/// `/openapi.yaml`: the contract of this api, as OpenAPI.
struct ContractRoute: Sendable {
    private let clock: TapeClock
    private let plain: ByteBuffer
    private let compressed: ByteBuffer
    private let digest: String

    init(clock: TapeClock) {
        self.clock = clock
        plain = ByteBuffer(bytes: PackageResources.openapi_yaml)
        compressed = Gzip.compressed(plain)
        digest = String(Digest.sha256(PackageResources.openapi_yaml).prefix(32))
    }

    func response(to request: Request) throws(Problem) -> Response {
        let coding = AcceptEncoding(request[.acceptEncoding]).coding(forSize: plain.readableBytes)
        let body = coding == .gzip ? compressed : plain
        let representation = Representation(
            mediaType: "application/yaml", tag: coding == .gzip ? "\"\(digest)-gzip\"" : "\"\(digest)\"",
            coding: coding, cacheControl: "public, no-cache", vary: "Accept-Encoding"
        ) { [body] }
        let verdict = representation.verdict(of: RequestConditions(request), now: clock.now)
        if verdict == .failed { throw .preconditionFailed }
        return representation.response(isNotModified: verdict == .notModified)
    }
}
