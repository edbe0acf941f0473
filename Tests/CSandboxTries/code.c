#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <unistd.h>

#include "numbers.h"
#include "tools.h"

static long map(int file, int protection, int flags) {
  void *memory = mmap(NULL, 4096, protection, flags, file, 0);
  return memory == MAP_FAILED ? -1 : 0;
}

static long protect(int by_key) {
  void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return -1;
  return by_key ? pkey_mprotect(memory, 4096, PROT_READ | PROT_EXEC, -1)
                : mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}

static long attach(void) {
  const int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700);
  if (segment < 0) return -1;
  void *memory = shmat(segment, NULL, SHM_EXEC);
  const int code = errno;
  shmctl(segment, IPC_RMID, NULL);
  errno = code;
  return memory == (void *)-1 ? -1 : 0;
}

static long reserve(size_t bytes) {
  void *memory =
      mmap(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? -1 : 0;
}

#ifdef __x86_64__
/// By the old gate, whose numbers are others: 20 is getpid there, and writev here.
static long getpid_of_i386(void) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
  errno = result < 0 ? -result : 0;
  return result;
}
#endif

#define TRIES "code.h"
#define GROUP "memory"
#define TABLE st_code
#include "table.h"
