// Landlock: which files a process may open.

#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The system's header may be older than its kernel, so the needed definitions are repeated here.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};

struct path_rule {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

enum {
  MAY_WRITE = 1 << 1,
  MAY_READ = 1 << 2,
  MAY_LIST = 1 << 3,
  MAY_REMOVE = 1 << 5,
  MAY_CREATE = 1 << 8,
  MAY_TRUNCATE = 1 << 14,
};

static uint64_t all_file_rights(int version) {
  // Version 1 has 13 rights; 2 adds linking across folders, 3 truncating, 5 ioctl on devices.
  const int count = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
  return ((uint64_t)1 << count) - 1;
}

/// Returns 0, or an errno value; a name that does not exist is no failure.
static int allow(int ruleset, const char *path, uint64_t rights) {
  int descriptor = open(path, O_PATH | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
  struct stat status;
  if (fstat(descriptor, &status) == 0 && !S_ISDIR(status.st_mode)) {
    rights &= MAY_WRITE | MAY_READ | MAY_TRUNCATE;
  }
  struct path_rule rule = {.allowed = rights, .parent = descriptor};
  return syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0) == 0 ? 0 : errno;
}

int cp_sandbox_files(char *const *readable, char *const *writable) {
  const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
  if (version < 1) return version < 0 ? -errno : -ENOSYS;
  struct ruleset rules = {.files = all_file_rights((int)version)};
  size_t size = sizeof rules.files;
  if (version >= 4) {
    rules.network = 3;
    size += sizeof rules.network;
  }
  if (version >= 6) {
    rules.scoped = 3;
    size += sizeof rules.scoped;
  }
  const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
  if (ruleset < 0) return -errno;
  int code = 0;
  const uint64_t reading = MAY_READ | MAY_LIST;
  const uint64_t writing = MAY_WRITE | MAY_REMOVE | MAY_CREATE | MAY_TRUNCATE;
  for (size_t index = 0; readable[index] != NULL && code == 0; index++) {
    code = allow(ruleset, readable[index], reading);
  }
  for (size_t index = 0; writable[index] != NULL && code == 0; index++) {
    code = allow(ruleset, writable[index], (reading | writing) & rules.files);
  }
  if (code == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) code = errno;
  close(ruleset);
  return code == 0 ? (int)version : -code;
}
