#include "memory.h"

// Any header tells which C library this is.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cp_memory_trim(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
