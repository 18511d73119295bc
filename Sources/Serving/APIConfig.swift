import Basics
package import Config
package import HTTPServer
import Tape
import TopLists
package import Workers

/// The config of an api worker: where it listens and which list it serves.
package struct APIConfig: Sendable {
    package let worker: WorkerSettings
    /// At least one.
    package let listen: [ListenAddress]
    /// The stream of lists, and the titles of the columns to serve.
    package let stream: String
    /// In the order in which they are served; never empty.
    package let columns: [String]
    /// The location of `list.columns`, for comparisons between configs.
    package let columnsPlace: ConfigPlace
    /// How old the newest list may be to stand in for the present minute.
    package let margin: Duration
    /// The cache's size: this many whole lists of the past, or more if only their first rows are cached.
    package let cached: Int
    /// nil for an api that only serves lists made by workers.
    package let onDemand: OnDemandSettings?
    /// nil for an api that takes no orders.
    package let orders: OrderServiceSettings?
    package let http: HTTPSettings
    /// nil for an api that only serves what Redis has.
    package let history: HistorySettings?

    package init?(reading reader: ConfigReader) {
        let worker = WorkerSettings(reading: reader)
        let listen = reader.objects("listen", atLeast: 1, "Where to listen.").compactMap(Self.address)
        let list = reader.object("list", optional: true, "What `GET /` serves.")
        let stream = list?.name("stream", default: "toplist", "The stream of lists.")
        let columns = list?.strings(
            "columns", "The titles of the columns to serve, in order; by default the shipped ones.")
        let margin = list?.duration(
            "margin", default: "60s", in: .zero...(.seconds(3600)),
            "How old the newest list may be to stand in for the current minute.")
        let cached = list?.integer(
            "cached", default: 60, in: 0...10_000,
            "How many whole past lists are kept in memory; if only first rows are requested, many more fit.")
        list?.finish()
        let onDemandReader = reader.objectIfPresent(
            "on_demand", "Makes a list when a request finds none or an old one, with or without workers.")
        let onDemand = onDemandReader.flatMap(OnDemandSettings.init)
        let ordersReader = reader.objectIfPresent("orders", "Has the api take BTC buy orders, and show them.")
        let orders = ordersReader.flatMap { OrderServiceSettings(reading: $0, parent: reader, worker: worker) }
        let historyReader = reader.objectIfPresent(
            "history", "Has the api serve what an archive worker keeps, and the histories of coins.")
        let history = historyReader.flatMap(HistorySettings.init)
        let http = reader.object("http", optional: true, "What clients may send, and how long they may take.")
            .flatMap(HTTPSettings.init)
        reader.finish()
        guard let worker, let stream, let columns, let margin, let cached, let http, !listen.isEmpty,
            (onDemandReader == nil) == (onDemand == nil), (ordersReader == nil) == (orders == nil),
            (historyReader == nil) == (history == nil)
        else { return nil }
        self.worker = worker
        self.listen = listen
        self.stream = stream
        self.columns = columns.isEmpty ? [ColumnTitle.rank, ColumnTitle.symbol, ColumnTitle.price] : columns
        self.margin = margin
        columnsPlace = list?.place(of: "columns") ?? reader.place(of: "list")
        self.cached = cached
        self.onDemand = onDemand
        self.orders = orders
        self.http = http
        self.history = history
    }

    private static func address(reading reader: ConfigReader) -> ListenAddress? {
        let host = reader.listeningHost(
            "host", default: "127.0.0.1", "The address to listen on; 0.0.0.0 is all of IPv4.")
        let port = reader.integer("port", default: 6667, in: 0...65_535, "The port; 0 takes any that is free.")
        let sharesPort = reader.bool(
            "reuse_port", default: false,
            "Whether other apis on this host may listen on the port too: the kernel spreads connections over them.")
        let tlsReader = reader.objectIfPresent("tls", "Serves HTTPS here, and nothing else.")
        let tls = tlsReader.flatMap(Self.tls)
        reader.finish()
        guard let host, let port, let sharesPort, (tlsReader == nil) == (tls == nil) else { return nil }
        return ListenAddress(host: host, port: port, sharesPort: sharesPort, tls: tls ?? nil)
    }

    /// nil inside for a certificate that is an empty text, as a variable that is not set makes it: then there is no TLS.
    private static func tls(reading reader: ConfigReader) -> TLSFiles?? {
        let certificate = reader.string(
            "certificate",
            "A file, in PEM, with the certificate and what leads from it to an authority; if empty, no TLS.")
        let key = reader.string("key", "A file, in PEM, with the certificate's key. SIGHUP reads both again.")
        reader.finish()
        guard let certificate, let key else { return nil }
        guard certificate.isEmpty == key.isEmpty else {
            reader.complain(about: certificate.isEmpty ? "certificate" : "key", "is empty, and the other is not")
            return nil
        }
        return .some(certificate.isEmpty ? nil : TLSFiles(certificate: certificate, key: key))
    }
}
