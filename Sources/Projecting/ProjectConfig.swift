package import Config
package import Orders
package import Workers

/// The config of a project worker: where the ledger is, and where its read model is written.
package struct ProjectConfig: Sendable {
    package let worker: WorkerSettings
    /// Where the ledger and the read model are, and how safe an entry must be before it is folded.
    package let orders: OrdersSettings

    package init?(reading reader: ConfigReader) {
        let worker = WorkerSettings(reading: reader)
        let object = reader.object("orders", optional: true, "The ledger of orders.")
        let orders = object.flatMap { OrdersSettings(orders: $0, parent: reader, own: worker?.redis) }
        object?.finish()
        reader.finish()
        guard let worker, let orders else { return nil }
        self.worker = worker
        self.orders = orders
    }
}
