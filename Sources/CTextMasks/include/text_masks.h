// Which bytes of a text are of a kind, bit by bit: processors compare many at a time, but Swift's vectors have no way to gather
// the outcome into an integer.
#ifndef COINTAPE_TEXT_MASKS_H
#define COINTAPE_TEXT_MASKS_H

#include <stddef.h>
#include <stdint.h>

/// Of 64 neighbouring bytes; the lowest bit is the first byte's.
struct cointape_text_masks {
    /// What JSON escapes, or CSV has for something else: control characters, commas, quotes, backslashes.
    uint64_t special;
    uint64_t no_digit;
};

/// Finds the masks of a text of so many bytes, which need not be aligned: `size / 64 + 2` of them, up to one that begins behind
/// the text, where nothing is found.
void cointape_find_text_masks(const uint8_t *text, size_t size, struct cointape_text_masks *found);

#endif
