// Memory that has been freed and that the allocator keeps.
#ifndef REFINERY_FREED_MEMORY_H
#define REFINERY_FREED_MEMORY_H

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// Gives it back to the operating system, where the allocator can.
static inline void return_freed_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

#endif
