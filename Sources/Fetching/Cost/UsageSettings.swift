import Basics
import Config
import JQ

/// A call that costs nothing, whose answer says whether the key is valid, and what is left of the plan.
package struct UsageSettings: Sendable {
    let call: CallSettings
    let filter: JQProgram

    init?(reading reader: ConfigReader) {
        let call = CallSettings(reading: reader, names: [])
        let filter = reader.program(
            "filter", "A jq filter that turns the answer into `{left, plan}`: credits; both are optional.")
        reader.finish()
        guard let call, let filter else { return nil }
        self.call = call
        self.filter = filter
    }
}
