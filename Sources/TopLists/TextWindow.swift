import CTextMasks

/// A part of a text that is looked at as a whole: what a byte at a time would take a branch for, most of which are guessed
/// wrong where fields end.
struct TextWindow {
    /// In bytes.
    static let length = 64

    private let start: Int
    private let masks: cointape_text_masks

    /// Behind the text's end nothing is found.
    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, at start: Int) {
        self.start = start
        if start &+ Self.length <= text.count, let base = text.baseAddress {
            masks = cointape_text_masks(base + start)
        } else {
            masks = Self.masks(ofRest: text[start...])
        }
    }

    /// Where the next byte is that JSON escapes, or that CSV has for something else; nil where the window has none.
    @inline(__always)
    func special(from position: Int) -> Int? { first(masks.special, from: position) }

    @inline(__always)
    func noDigit(from position: Int) -> Int? { first(masks.no_digit, from: position) }

    @inline(__always)
    private func first(_ mask: UInt64, from position: Int) -> Int? {
        let rest = mask >> UInt64(truncatingIfNeeded: position &- start)
        return rest == 0 ? nil : position &+ rest.trailingZeroBitCount
    }

    @inline(never)
    private static func masks(ofRest rest: Slice<UnsafeRawBufferPointer>) -> cointape_text_masks {
        withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { copy in
            copy.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "0"))
            copy.copyBytes(from: rest)
            return cointape_text_masks(copy.baseAddress)
        }
    }
}
