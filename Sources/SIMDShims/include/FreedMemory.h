// Freed memory that the allocator keeps.
#ifndef REFINERY_FREED_MEMORY_H
#define REFINERY_FREED_MEMORY_H

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// Returns freed memory to the operating system. From then on, if the allocator supports it, blocks of 128 KB and more are
/// mapped and unmapped individually, so that they are always fresh from the operating system.
static inline void return_freed_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
  mallopt(M_MMAP_THRESHOLD, 1 << 17);
#endif
}

#endif
