// glibc's malloc.h, which Swift's own module of glibc leaves out.
#ifndef COINTAPE_CMALLOC_SHIM_H
#define COINTAPE_CMALLOC_SHIM_H

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// Gives free memory back to the system, which glibc does not do by itself between blocks that are used; elsewhere nothing.
static inline void cointape_malloc_trim(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
