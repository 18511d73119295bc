// What glibc has, and Swift's own module of glibc leaves out.
#ifndef COINTAPE_CGLIBC_SHIM_H
#define COINTAPE_CGLIBC_SHIM_H

#ifdef __linux__
#include <features.h>
#endif

#ifdef __GLIBC__
#include <malloc.h>

// posix_spawn_file_actions_addclosefrom_np, since glibc 2.34, which spawn.h shows only to C with GNU's extensions.
int cointape_spawn_close_from(void *file_actions, int from) __asm__("posix_spawn_file_actions_addclosefrom_np");
#endif

// Gives free memory back to the system, which glibc does not do by itself between blocks that are used; elsewhere nothing.
static inline void cointape_malloc_trim(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
