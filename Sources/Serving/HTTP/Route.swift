import HTTPServer

/// A path of the api with its handler.
struct Route {
    /// The path as documented: a segment `<…>` matches any non-empty segment.
    let path: String
    let metrics: RouteMetrics
    /// Called on the event loop; must not block.
    let respond: (Request) throws(Problem) -> Answer.Outcome

    /// Requests are also counted under `path`.
    init(_ path: String, _ respond: @escaping (Request) throws(Problem) -> Answer.Outcome) {
        self.path = path
        metrics = RouteMetrics(path)
        self.respond = respond
    }

    /// For a path that only supports reading and takes no parameters.
    static func reading(_ path: String, _ respond: @escaping (Request) throws(Problem) -> Answer.Outcome) -> Route {
        Route(path) { (request) throws(Problem) in
            try request.requireReading(parameters: [])
            return try respond(request)
        }
    }
}

/// The routes of an event loop, looked up by the paths of requests.
struct RouteTable {
    private let routes: [Route]
    private let byPath: [String: Route]
    /// The parts of each path before and after its wildcard segment.
    private let withWildcard: [(front: String, back: String, route: Route)]

    init(_ routes: [Route]) {
        self.routes = routes
        byPath = Dictionary(uniqueKeysWithValues: routes.map { ($0.path, $0) })
        withWildcard = routes.compactMap { route in
            let parts = route.path.split(separator: "<", maxSplits: 1).map(String.init)
            guard parts.count == 2, let end = parts[1].firstIndex(of: ">") else { return nil }
            return (parts[0], String(parts[1][parts[1].index(after: end)...]), route)
        }
    }

    /// All paths as documented.
    var paths: [String] { routes.map(\.path) }

    /// An exact path takes precedence over one with a wildcard; nil for a path without a route.
    subscript(path: String) -> Route? {
        if let route = byPath[path], !path.utf8.contains(UInt8(ascii: "<")) { return route }
        return withWildcard.first { front, back, _ in
            // Compares bytes, because a path may be long.
            let segment = path.utf8.dropFirst(front.utf8.count).dropLast(back.utf8.count)
            return path.hasPrefix(front) && path.hasSuffix(back) && !segment.isEmpty
                && front.utf8.count + segment.count + back.utf8.count == path.utf8.count
                && !segment.contains(UInt8(ascii: "/"))
        }?.route
    }
}

extension Request {
    /// Throws for a method other than GET and HEAD.
    func requireReading() throws(Problem) {
        guard method == .get || method == .head else {
            throw .methodNotAllowed(method.rawValue, allowed: "GET, HEAD")
        }
    }

    /// Also throws if there are other parameters than these.
    func requireReading(parameters: [StaticString]) throws(Problem) {
        try requireReading()
        _ = try query.values(of: parameters)
    }

    /// The segment of the path with this index, from 0, still percent-encoded; empty if there are fewer.
    func segment(_ number: Int) -> Substring {
        let segments = path.utf8.split(
            separator: UInt8(ascii: "/"), maxSplits: number + 1, omittingEmptySubsequences: false)
        guard segments.count > number + 1 else { return "" }
        let rest = segments[number + 1]
        return Substring(rest.prefix { $0 != UInt8(ascii: "/") })
    }
}
