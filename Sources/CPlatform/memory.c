#include "memory.h"

// Any header tells which C library this is.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cp_memory_return_large_blocks(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

void cp_memory_trim(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
