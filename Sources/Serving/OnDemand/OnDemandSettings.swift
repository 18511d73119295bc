package import Config

/// When an api makes a list itself, and out of which workers' configs.
package struct OnDemandSettings: Sendable {
    /// How old the newest list is before a request for it has a newer one made.
    package let olderThan: Duration
    /// The fetch workers' config files, from this config's folder on.
    package let fetch: [Placed<String>]
    /// The merge worker's.
    package let merge: Placed<String>
    /// Where the field `fetch` stands, for what compares configs.
    package let fetchPlace: ConfigPlace

    init?(reading reader: ConfigReader) {
        let olderThan = reader.duration(
            "older_than", default: "120s", in: .seconds(60)...(.seconds(86_400)),
            "How old the newest list must be for a request to have a newer one made.")
        let fetch = reader.strings(
            "fetch", atLeast: 1, "The fetch workers' config files, relative to this file's folder.")
        let merge = reader.string("merge", "The merge worker's config file.")
        reader.finish()
        guard let olderThan, let fetch, !fetch.isEmpty, let merge else { return nil }
        self.olderThan = olderThan
        self.fetch = zip(fetch, reader.places(ofEach: "fetch")).map(Placed.init(_:at:))
        self.merge = Placed(merge, at: reader.place(of: "merge"))
        fetchPlace = reader.place(of: "fetch")
    }
}
