// Which of 64 neighbouring bytes are of a kind, bit by bit: processors compare that many at a time, but Swift's vectors have
// no way to gather the outcome into an integer.
#ifndef COINTAPE_TEXT_MASKS_H
#define COINTAPE_TEXT_MASKS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t cointape_bytes __attribute__((ext_vector_type(64)));
typedef bool cointape_flags __attribute__((ext_vector_type(64)));

/// The lowest bit is the first byte's.
struct cointape_text_masks {
    /// What JSON escapes, or CSV has for something else: control characters, commas, quotes, backslashes.
    uint64_t special;
    uint64_t no_digit;
};

/// `text` has 64 bytes; they need not be aligned.
static inline struct cointape_text_masks cointape_text_masks(const void *text) {
    cointape_bytes bytes;
    memcpy(&bytes, text, sizeof bytes);
    cointape_flags special = __builtin_convertvector(
        (bytes < 0x20) | (bytes == 0x7F) | (bytes == ',') | (bytes == '"') | (bytes == '\\'), cointape_flags);
    cointape_flags no_digit = __builtin_convertvector((cointape_bytes)(bytes - '0') > 9, cointape_flags);
    struct cointape_text_masks masks;
    memcpy(&masks.special, &special, sizeof masks.special);
    memcpy(&masks.no_digit, &no_digit, sizeof masks.no_digit);
    return masks;
}

#endif
