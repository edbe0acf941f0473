// A process that locks itself in: by the kernel's own calls, since there is no library everywhere.

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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int cp_sandbox_no_new_privileges(void) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

// Landlock

// The header of the system may be older than its kernel: what is needed of it is said here.
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
  // Version 1 has 13 of them; 2 adds linking across folders, 3 truncating, 5 ioctl on devices.
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

// seccomp

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef OUR_ARCHITECTURE

/// Calls that fail whatever their arguments are.
static const int denied[] = {
    // Sockets. What was open before can still be read.
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg,
    // Programs and processes.
    SYS_execve, SYS_execveat, SYS_unshare, SYS_setns,
#ifdef SYS_fork
    SYS_fork,
#endif
#ifdef SYS_vfork
    SYS_vfork,
#endif
    SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
#ifdef SYS_pidfd_open
    SYS_pidfd_open,
#endif
#ifdef SYS_pidfd_send_signal
    SYS_pidfd_send_signal,
#endif
#ifdef SYS_pidfd_getfd
    SYS_pidfd_getfd,
#endif
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
#ifdef SYS_process_madvise
    SYS_process_madvise,
#endif
    // Mounts and names beyond folders that are open.
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_by_handle_at,
    SYS_name_to_handle_at, SYS_fanotify_init, SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_acct,
#ifdef SYS_fsopen
    SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_move_mount, SYS_open_tree,
#endif
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
    // The kernel's more adventurous sides.
    SYS_bpf, SYS_perf_event_open, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_userfaultfd,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot,
    SYS_personality, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_syslog,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_io_uring_setup
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};

enum { DENIED = sizeof denied / sizeof *denied, CAPACITY = 2 * DENIED + 64 };

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

/// Goes over the next instructions unless the loaded value is this one.
static void unless_equal(struct program *program, uint32_t value, uint8_t skipped) {
  add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

static void answer(struct program *program, uint32_t value) {
  add(program, BPF_RET | BPF_K, value, 0, 0);
}

static void deny(struct program *program, int call, int code) {
  unless_equal(program, (uint32_t)call, 1);
  answer(program, SECCOMP_RET_ERRNO | (uint32_t)code);
}

/// The low half of an argument; both architectures are little-endian.
static size_t argument(int index) {
  return offsetof(struct seccomp_data, args) + 8 * (size_t)index;
}

/// A call that is let through only if an argument has one of the bits, or none of them.
static void judge_bits(struct program *program, int call, int index, uint32_t bits, int wanted) {
  unless_equal(program, (uint32_t)call, 4);
  load(program, argument(index));
  add(program, BPF_JMP | BPF_JSET | BPF_K, bits, wanted ? 1 : 0, wanted ? 0 : 1);
  answer(program, SECCOMP_RET_ERRNO | EPERM);
  answer(program, SECCOMP_RET_ALLOW);
}

/// A signal to another process than this one.
static void keep_signal_home(struct program *program, int call, uint32_t self) {
  unless_equal(program, (uint32_t)call, 4);
  load(program, argument(0));
  unless_equal(program, self, 1);
  answer(program, SECCOMP_RET_ALLOW);
  answer(program, SECCOMP_RET_ERRNO | EPERM);
}

int cp_sandbox_calls(void) {
  struct program program = {.count = 0};
  load(&program, offsetof(struct seccomp_data, arch));
  add(&program, BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCHITECTURE, 1, 0);
  answer(&program, SECCOMP_RET_KILL_PROCESS);
  load(&program, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
  // The numbers of x32: the same calls by other names.
  add(&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
#endif
  for (size_t index = 0; index < DENIED; index++) deny(&program, denied[index], EPERM);
#ifdef SYS_clone3
  // Its flags are in memory, which a filter cannot read; the C library then takes clone.
  deny(&program, SYS_clone3, ENOSYS);
#endif
  judge_bits(&program, SYS_clone, 0, CLONE_THREAD, 1);
  judge_bits(&program, SYS_mmap, 2, PROT_EXEC, 0);
  judge_bits(&program, SYS_mprotect, 2, PROT_EXEC, 0);
#ifdef SYS_pkey_mprotect
  judge_bits(&program, SYS_pkey_mprotect, 2, PROT_EXEC, 0);
#endif
  const uint32_t self = (uint32_t)getpid();
  keep_signal_home(&program, SYS_kill, self);
  keep_signal_home(&program, SYS_tgkill, self);
  answer(&program, SECCOMP_RET_ALLOW);
  if (program.count == CAPACITY) return E2BIG;
  struct sock_fprog filter = {.len = program.count, .filter = program.code};
  const long code =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  return code == 0 ? 0 : code < 0 ? errno : EBUSY;
}

#else

int cp_sandbox_calls(void) { return ENOSYS; }

#endif

static int code_of(long result) { return result < 0 ? errno : 0; }

static int try_socket(int domain) {
  const int descriptor = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int code = code_of(descriptor);
  if (descriptor >= 0) close(descriptor);
  return code;
}

static int try_process(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  const int code = code_of(child);
  if (child > 0) waitpid(child, NULL, 0);
  return code;
}

static int try_code(void) {
  void *memory = mmap(
      NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  munmap(memory, 4096);
  return 0;
}

cp_sandbox_trial cp_sandbox_try(void) {
  char *const nothing[] = {NULL};
  return (cp_sandbox_trial){
      .socket = try_socket(AF_INET),
      .local_socket = try_socket(AF_UNIX),
      // A folder cannot be run, by anybody: EACCES without a sandbox.
      .program = code_of(execve("/", nothing, nothing)),
      .process = try_process(),
      .code = try_code(),
      .signal = code_of(kill(getppid(), 0)),
  };
}
