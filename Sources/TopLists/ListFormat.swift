/// What a list is rendered as.
package enum ListFormat: String, CaseIterable, Sendable {
    case json = "JSON"
    case csv = "CSV"
}
