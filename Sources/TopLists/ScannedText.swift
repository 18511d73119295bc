import CTextMasks

/// A text with precomputed positions of certain kinds of bytes.
///
/// Checking byte by byte would need a branch for each, and most of these would be mispredicted at the ends of fields.
struct ScannedText: Sendable {
    /// The number of bytes in a window, which equals the number of bits in a mask.
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

    /// Release builds do not check positions, which must be in the text or at its end.
    struct Unsafe {
        let bytes: UnsafeRawBufferPointer
        fileprivate let masks: UnsafeBufferPointer<cointape_text_masks>

        /// The window that begins at `start`.
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

/// The masks for a part of a text.
///
/// Nothing is found beyond the end of the text.
struct TextWindow {
    fileprivate let start: Int
    fileprivate let special: UInt64
    fileprivate let noDigit: UInt64

    /// The next byte that JSON escapes or that has a meaning in CSV; nil if the window has none.
    @inline(__always)
    func special(from position: Int) -> Int? { first(special, from: position) }

    @inline(__always)
    func noDigit(from position: Int) -> Int? { first(noDigit, from: position) }

    @inline(__always)
    private func first(_ mask: UInt64, from position: Int) -> Int? {
        // The position may be at the end of the window, where only this operator allows a shift by all bits.
        let rest = mask >> UInt64(truncatingIfNeeded: position &- start)
        return rest == 0 ? nil : position &+ rest.trailingZeroBitCount
    }
}
