import CTextMasks

/// A text of which is known where the bytes of a kind are: found out for all of it at once, as looking at a byte at a time would
/// take a branch for each, most of which are guessed wrong where fields end.
struct ScannedText: Sendable {
    /// How many bytes a window has: as many as a mask has bits.
    static let window = 64

    let bytes: [UInt8]
    private let masks: [cointape_text_masks]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let count = bytes.count / Self.window + 2
        masks = [cointape_text_masks](unsafeUninitializedCapacity: count) { masks, initialized in
            bytes.withUnsafeBufferPointer { cointape_find_text_masks($0.baseAddress, $0.count, masks.baseAddress) }
            initialized = count
        }
    }

    func withUnsafe<Result>(_ body: (Unsafe) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            masks.withUnsafeBufferPointer { masks in body(Unsafe(bytes: bytes, masks: masks)) }
        }
    }

    /// A release build does not check positions, which are those of the text's bytes and of its end.
    struct Unsafe {
        let bytes: UnsafeRawBufferPointer
        fileprivate let masks: UnsafeBufferPointer<cointape_text_masks>

        /// The bytes that begin there.
        @inline(__always)
        func window(at start: Int) -> TextWindow {
            let shift = UInt64(truncatingIfNeeded: start & 63)
            let (one, other) = (masks[start &>> 6], masks[start &>> 6 &+ 1])
            return TextWindow(
                start: start, special: one.special &>> shift | (other.special &<< 1) &<< (63 &- shift),
                noDigit: one.no_digit &>> shift | (other.no_digit &<< 1) &<< (63 &- shift))
        }
    }
}

/// A part of a text that is looked at together.
///
/// Nothing is found behind the text.
struct TextWindow {
    fileprivate let start: Int
    fileprivate let special: UInt64
    fileprivate let noDigit: UInt64

    /// Where the next byte is that JSON escapes, or that CSV has for something else; nil where the window has none.
    @inline(__always)
    func special(from position: Int) -> Int? { first(special, from: position) }

    @inline(__always)
    func noDigit(from position: Int) -> Int? { first(noDigit, from: position) }

    @inline(__always)
    private func first(_ mask: UInt64, from position: Int) -> Int? {
        // The window may end where the position is: a shift by all bits, which only this operator has.
        let rest = mask >> UInt64(truncatingIfNeeded: position &- start)
        return rest == 0 ? nil : position &+ rest.trailingZeroBitCount
    }
}
