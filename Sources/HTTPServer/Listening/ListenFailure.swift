import Basics
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why an address cannot be listened on: names the address, and what would be accepted.
package struct ListenFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    private static func isUnresolved(_ error: any Error) -> Bool {
        error is SocketAddressError || error is SocketAddressError.UnknownHost
    }

    init(host: String, port: Int, _ error: any Error) {
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        if let reason = error as? InvalidText {
            description = "cannot listen on \(place) with TLS: \(reason)"
            return
        }
        let hint = "0.0.0.0 is all of IPv4, :: is all"
        let why =
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE: "the port is in use by another process"
            case EADDRNOTAVAIL: "no interface of this machine has the address; \(hint)"
            case EACCES, EPERM: "this user may not; ports below 1024 are for root, or for CAP_NET_BIND_SERVICE"
            case EAFNOSUPPORT: "this machine does not speak the address's protocol; \(hint)"
            case let code?: String(cString: strerror(code))
            case nil: Self.isUnresolved(error) ? "the host name does not resolve; \(hint)" : "\(error)"
            }
        description = "cannot listen on \(place): \(why)"
    }
}
