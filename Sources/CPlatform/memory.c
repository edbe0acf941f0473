#define _GNU_SOURCE
#include "memory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

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

size_t cp_memory_allocated(void) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  const struct mallinfo2 all = mallinfo2();
  return all.arena + all.hblkhd;
#else
  return SIZE_MAX;
#endif
}

static int is_limited(int resource) {
  struct rlimit limit;
  return getrlimit(resource, &limit) == 0 && limit.rlim_cur < (rlim_t)1 << 50;
}

int cp_memory_is_limited(void) { return is_limited(RLIMIT_AS) || is_limited(RLIMIT_DATA); }

size_t cp_memory_mappable(void) {
  const size_t most = (size_t)1 << 50;
  if (!cp_memory_is_limited()) return most;
  // Asked of the kernel: what /proc says of the process leaves out what RLIMIT_DATA counts, and may
  // not be there.
  size_t least = 0, end = most;
  while (end - least > (size_t)1 << 16) {
    const size_t middle = least + (end - least) / 2;
    void *memory = mmap(
        NULL, middle, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      end = middle;
    } else {
      munmap(memory, middle);
      least = middle;
    }
  }
  return least;
}

void cp_memory_spare_address_space(void) {
#ifdef __GLIBC__
  if (cp_memory_is_limited()) mallopt(M_ARENA_MAX, 1);
#endif
}

void cp_memory_widen_stack(size_t bytes) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= bytes) return;
  limit.rlim_cur = limit.rlim_max < bytes ? limit.rlim_max : bytes;
  setrlimit(RLIMIT_STACK, &limit);
}

void cp_memory_set_thread_stacks(size_t bytes) {
#ifdef __GLIBC__
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  if (pthread_attr_setstacksize(&attributes, bytes) == 0) pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
#endif
}
