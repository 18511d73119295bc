import HTTPServer

/// A path of the api, and what answers it.
struct Route {
    /// As it is documented: `<id>` at its end stands for any one segment.
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
    private static let wildcard = "<id>"

    init(_ routes: [Route]) {
        self.routes = routes
        byPath = Dictionary(uniqueKeysWithValues: routes.map { ($0.path, $0) })
    }

    /// All paths, as they are documented.
    var paths: [String] { routes.map(\.path) }

    /// The path itself goes before one with a wildcard; nil for a path that nobody answers.
    subscript(path: String) -> Route? {
        if let route = byPath[path], !path.hasSuffix(Self.wildcard) { return route }
        let segment = path.lastSegment
        guard !segment.isEmpty, segment.startIndex > path.startIndex else { return nil }
        return byPath[path[..<segment.startIndex] + Self.wildcard]
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

    /// What stands for the wildcard of its route.
    var lastSegment: Substring { path.lastSegment }
}

extension String {
    /// What stands behind the last slash; all of it where there is none.
    fileprivate var lastSegment: Substring {
        // By bytes: a path may be long.
        utf8.lastIndex(of: UInt8(ascii: "/")).map { self[utf8.index(after: $0)...] } ?? self[...]
    }
}
