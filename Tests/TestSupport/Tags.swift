package import Testing

/// What a suite asks of the machine: `scripts/test` puts together what gets on together.
///
/// A suite without a tag is quick, and gets on with every other.
extension Tag {
    /// Lives by the wall clock, as whole processes, deadlines and tapes in fast motion do: only what mostly waits runs beside it.
    @Tag package static var clock: Self

    /// Takes the processor for seconds, as generated requests, thousands of orders and filters that run away do.
    @Tag package static var load: Self
}
