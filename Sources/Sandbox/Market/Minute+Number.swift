import Basics

extension Minute {
    /// Minutes since 1970.
    var number: Int64 { milliseconds / 60_000 }
}
