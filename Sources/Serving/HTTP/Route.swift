import HTTPServer

/// A path of the api, and what answers it.
struct Route {
    /// As it is documented: a segment `<…>` stands for any one that is not empty.
    let path: String
    let metrics: RouteMetrics
    /// Called on the event loop; must not block.
    let respond: (Request) throws(Problem) -> Answer.Outcome

    /// `path` is also what its requests are counted by.
    init(_ path: String, _ respond: @escaping (Request) throws(Problem) -> Answer.Outcome) {
        self.path = path
        metrics = RouteMetrics(path)
        self.respond = respond
    }

    /// For a path that is only read, and takes no parameters.
    static func reading(_ path: String, _ respond: @escaping (Request) throws(Problem) -> Answer.Outcome) -> Route {
        Route(path) { (request) throws(Problem) in
            try request.requireReading(parameters: [])
            return try respond(request)
        }
    }
}

/// The routes of an event loop, found by the paths of requests.
struct RouteTable {
    private let routes: [Route]
    private let byPath: [String: Route]
    /// What stands in front of the segment that may be any, and what behind it.
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

    /// All paths, as they are documented.
    var paths: [String] { routes.map(\.path) }

    /// The path itself goes before one with a wildcard; nil for a path that nobody answers.
    subscript(path: String) -> Route? {
        if let route = byPath[path], !path.utf8.contains(UInt8(ascii: "<")) { return route }
        return withWildcard.first { front, back, _ in
            // By bytes: a path may be long.
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

    /// Also throws for parameters other than these.
    func requireReading(parameters: [StaticString]) throws(Problem) {
        try requireReading()
        _ = try query.values(of: parameters)
    }

    /// The segment of the path with this number, from 0 on, still percent-encoded; empty if there are fewer.
    func segment(_ number: Int) -> Substring {
        let segments = path.utf8.split(
            separator: UInt8(ascii: "/"), maxSplits: number + 1, omittingEmptySubsequences: false)
        guard segments.count > number + 1 else { return "" }
        let rest = segments[number + 1]
        return Substring(rest.prefix { $0 != UInt8(ascii: "/") })
    }
}
