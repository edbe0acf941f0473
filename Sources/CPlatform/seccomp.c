// seccomp: which system calls a process may make. All calls that are not named are forbidden.

#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef OUR_ARCHITECTURE

#include "calls.h"

enum {
  CAPACITY = 512,
  /// The first of the calls that came with Linux 5.1 and later.
  RECENT = 424,
  /// The first of the numbers that x32, a third way to call this kernel, has for the same calls.
  X32 = 0x40000000,
};

struct program {
  struct sock_filter code[CAPACITY];
  unsigned short count;
};

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t yes, uint8_t no) {
  if (program->count < CAPACITY) {
    program->code[program->count++] =
        (struct sock_filter){.code = code, .jt = yes, .jf = no, .k = value};
  }
}

static void load(struct program *program, size_t offset) {
  add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/// Loads the low half of an argument; the kernel uses no more of the arguments that are checked here. Both
/// architectures are little-endian.
static void load_argument(struct program *program, int index) {
  load(program, offsetof(struct seccomp_data, args) + 8 * (size_t)index);
}

/// Skips the next instructions unless the loaded value is this one.
static void unless_equal(struct program *program, uint32_t value, uint8_t skipped) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

static void answer(struct program *program, uint32_t value) {
  add(program, BPF_RET | BPF_K, value, 0, 0);
}

static void answer_to(struct program *program, int call, uint32_t value) {
  unless_equal(program, (uint32_t)call, 1);
  answer(program, value);
}

/// Allows a call if the masked bits of an argument have these values.
static void allow_bits(
    struct program *program, int call, int index, uint32_t mask, uint32_t value) {
  unless_equal(program, (uint32_t)call, 5);
  load_argument(program, index);
  add(program, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
  unless_equal(program, value, 1);
  answer(program, SECCOMP_RET_ALLOW);
  answer(program, SECCOMP_RET_ERRNO | EPERM);
}

/// Allows a call if an argument has one of some values.
static void allow_values(
    struct program *program, int call, int index, const uint32_t *values, uint8_t count) {
  unless_equal(program, (uint32_t)call, (uint8_t)(2 + 2 * count));
  load_argument(program, index);
  for (uint8_t value = 0; value < count; value++) {
    unless_equal(program, values[value], 1);
    answer(program, SECCOMP_RET_ALLOW);
  }
  answer(program, SECCOMP_RET_ERRNO | EPERM);
}

#define ALLOW_VALUES(program, call, index, ...) \
  allow_values( \
      program, call, index, (const uint32_t[]){__VA_ARGS__}, \
      sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void judge_arguments(struct program *program) {
  const uint32_t self = (uint32_t)getpid();
  // Landlock's first two versions let a file that may be read be emptied by this; outputs are new files.
  allow_bits(program, SYS_openat, 2, O_TRUNC, 0);
  // No new machine code.
  allow_bits(program, SYS_mmap, 2, PROT_EXEC, 0);
  allow_bits(program, SYS_mprotect, 2, PROT_EXEC, 0);
  // Threads as the C libraries make them, and nothing else: no process, no namespace. One of them
  // (musl) adds a bit that has no meaning any more.
  const uint32_t no_meaning = 0x400000;
  allow_bits(
      program, SYS_clone, 0, ~no_meaning,
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
          CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID);
  // Its flags are in memory, which a filter cannot read; the C library then uses clone.
  answer_to(program, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
  // Not F_SETOWN and F_SETSIG: they have the kernel send signals to anybody.
  ALLOW_VALUES(
      program, SYS_fcntl, 1, F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL);
  // Signals and limits for this process only: its number, or 0 where that means itself.
  ALLOW_VALUES(program, SYS_kill, 0, self);
  ALLOW_VALUES(program, SYS_tgkill, 0, self);
  ALLOW_VALUES(program, SYS_prlimit64, 0, 0, self);
  // Not PR_SET_PDEATHSIG, by which the worker could outlive the service.
  ALLOW_VALUES(program, SYS_prctl, 0, PR_SET_NAME, PR_GET_NAME);
#ifdef __x86_64__
  allow_bits(program, SYS_open, 1, O_TRUNC, 0);
  // AMX: which components exist, which this process may use, and to request one.
  ALLOW_VALUES(program, SYS_arch_prctl, 0, 0x1021, 0x1022, 0x1023);
#endif
#ifdef SYS_setrlimit
  // These are about the calling process anyway.
  answer_to(program, SYS_getrlimit, SECCOMP_RET_ALLOW);
  answer_to(program, SYS_setrlimit, SECCOMP_RET_ALLOW);
#endif
}

int cp_sandbox_calls(void) {
  struct program program = {.count = 0};
  load(&program, offsetof(struct seccomp_data, arch));
  // The numbers of another architecture's calls would be taken for those of this one. No library makes
// such calls.
  unless_equal(&program, OUR_ARCHITECTURE, 1);
  add(&program, BPF_JMP | BPF_JA, 1, 0, 0);
  answer(&program, SECCOMP_RET_KILL_PROCESS);
  load(&program, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
  add(&program, BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1);
  answer(&program, SECCOMP_RET_KILL_PROCESS);
#endif
  for (size_t index = 0; index < sizeof allowed / sizeof *allowed; index++) {
    answer_to(&program, allowed[index], SECCOMP_RET_ALLOW);
  }
  for (size_t index = 0; index < sizeof hostile / sizeof *hostile; index++) {
    answer_to(&program, hostile[index], SECCOMP_RET_KILL_PROCESS);
  }
  judge_arguments(&program);
  // Recent calls fail as on an older kernel: libraries try them first and use older ones after that error
  // only. All other calls fail with EPERM, which decoders tolerate.
  add(&program, BPF_JMP | BPF_JGE | BPF_K, RECENT, 0, 1);
  answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
  answer(&program, SECCOMP_RET_ERRNO | EPERM);
  if (program.count == CAPACITY) return E2BIG;
  struct sock_fprog filter = {.len = program.count, .filter = program.code};
  const long code =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  return code == 0 ? 0 : code < 0 ? errno : EBUSY;
}

#else

int cp_sandbox_calls(void) { return ENOSYS; }

#endif
