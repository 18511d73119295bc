package import Config

/// When an api makes a list itself, and from which workers' configs.
package struct OnDemandSettings: Sendable {
    /// The age of the newest list from which on a request triggers a newer one.
    package let olderThan: Duration
    /// The fetch workers' config files, relative to this config's folder.
    package let fetch: [Placed<String>]
    /// The merge worker's config file.
    package let merge: Placed<String>
    /// The location of the field `fetch`, for comparisons between configs.
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
