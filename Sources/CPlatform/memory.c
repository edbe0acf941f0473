#define _GNU_SOURCE
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

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

/// The number after `name` in a file of /proc, or -1.
static long long number_in(const char *path, const char *name) {
  // On the stack, since this is called where there may be no other memory left.
  char text[8192];
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count;
  do {
    count = read(file, text, sizeof text - 1);
  } while (count < 0 && errno == EINTR);
  close(file);
  if (count <= 0) return -1;
  text[count] = 0;
  const char *start = *name == 0 ? text : strstr(text, name);
  if (start == NULL) return -1;
  char *end;
  const long long number = strtoll(start + strlen(name), &end, 10);
  // A number at the end of the buffer may be incomplete.
  return *end == 0 ? -1 : number;
}

/// The bytes that a limit leaves when `used` bytes are used.
static size_t left(int resource, size_t used, size_t most) {
  struct rlimit limit;
  if (!is_limited(resource) || getrlimit(resource, &limit) != 0) return most;
  return limit.rlim_cur > used ? (size_t)limit.rlim_cur - used : 0;
}

/// The largest block that can be mapped, found by mapping it.
static size_t largest_block(size_t most) {
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

size_t cp_memory_mappable(void) {
  const size_t most = (size_t)1 << 50;
  if (!cp_memory_is_limited()) return most;
  // The kernel compares RLIMIT_AS with what it reports as the size, and RLIMIT_DATA with VmData.
  const long long pages = number_in("/proc/self/statm", "");
  const long long data = is_limited(RLIMIT_DATA) ? number_in("/proc/self/status", "VmData:") : 0;
  if (pages >= 0 && data >= 0) {
    const size_t space = left(RLIMIT_AS, (size_t)pages * (size_t)sysconf(_SC_PAGESIZE), most);
    const size_t heap = left(RLIMIT_DATA, (size_t)data * 1024, most);
    return space < heap ? space : heap;
  }
  // Done only without /proc, since other threads can get no memory while the block is mapped.
  return largest_block(most);
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
