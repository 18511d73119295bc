// libjq: the jq language, and its JSON parser and printer.
#ifndef COINTAPE_CJQ_SHIM_H
#define COINTAPE_CJQ_SHIM_H

#include <iconv.h>
#include <jq.h>
#include <jv.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// The C library's memory, of which nearly all is libjq's: Swift's modules do not show these two.

// One place for the memory of all threads, which a limit on the address space is then about.
static inline void cointape_jq_keep_memory_together(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
#endif
}

// Gives memory that is not used any more back to the kernel.
static inline void cointape_jq_return_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
