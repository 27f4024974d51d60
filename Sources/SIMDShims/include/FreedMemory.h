// Memory that has been freed and that the allocator keeps.
#ifndef REFINERY_FREED_MEMORY_H
#define REFINERY_FREED_MEMORY_H

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// Gives it back to the operating system, and from now on does so with every block of 128 KB and more at once, where the allocator can:
/// such a block is fresh from the operating system whenever it is allocated.
static inline void return_freed_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
  mallopt(M_MMAP_THRESHOLD, 1 << 17);
#endif
}

#endif
