#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <asm/sockios.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "numbers.h"
#include "tools.h"

static char *const no_arguments[] = {"true", NULL};

static long buried(pid_t child) {
  if (child > 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
  }
  return child;
}

static long fork_and_wait(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  return buried(child);
}

static long vfork_and_wait(void) {
  const pid_t child = vfork();
  if (child == 0) _exit(0);
  return buried(child);
}

static int end_at_once(void *nothing) {
  (void)nothing;
  return 0;
}

static long clone_with(int flags) {
  static char stack[65536] __attribute__((aligned(16)));
  const pid_t child = clone(end_at_once, stack + sizeof stack, flags, NULL);
  // A sibling is reaped by its parent.
  return flags & CLONE_PARENT ? child : buried(child);
}

static long clone3_and_wait(void) {
  struct clone_args arguments = {.exit_signal = SIGCHLD};
  const pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  return buried(child);
}

static void *do_nothing(void *nothing) { return nothing; }

static long start_thread(void) {
  pthread_t thread;
  errno = pthread_create(&thread, NULL, do_nothing, NULL);
  return errno == 0 ? pthread_join(thread, NULL) : -1;
}

static void *sleep_on(void *nothing) {
  while (nothing == NULL) sleep(1000);
  return nothing;
}

/// More threads than there are, with the least of stacks: the limit of memory does not see what they
/// cost the kernel.
static long start_threads(void) {
  struct sysinfo machine = {0};
  sysinfo(&machine);
  const int count = machine.procs + 3000;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 16384);
  pthread_attr_setguardsize(&attributes, 0);
  for (int index = 0; index < count; index++) {
    pthread_t thread;
    const int code = pthread_create(&thread, &attributes, sleep_on, NULL);
    if (code != 0) {
      errno = code == EAGAIN ? ENOMEM : code;
      return -1;
    }
  }
  return 0;
}

static long queue_to_thread(pid_t process) {
  siginfo_t info = {.si_code = SI_QUEUE};
  return syscall(SYS_rt_tgsigqueueinfo, process, process, SIGKILL, &info);
}

static long copy_from(pid_t process) {
  char byte;
  const struct iovec own = {&byte, 1}, other = {(void *)no_arguments, 1};
  return process_vm_readv(process, &own, 1, &other, 1, 0);
}

static long copy_to(pid_t process) {
  static char byte;
  const struct iovec own = {&byte, 1};
  return process_vm_writev(process, &own, 1, &own, 1, 0);
}

static long raise_limit(int resource) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return -1;
  if (limit.rlim_max == RLIM_INFINITY) return 0;
  limit.rlim_cur = limit.rlim_max += 1;
  return setrlimit(resource, &limit);
}

static long set_attributes(pid_t process) {
  // As <linux/sched/types.h> has it, which gets on with <sched.h> nowhere.
  struct {
    uint32_t size, sched_policy;
    uint64_t sched_flags;
    int32_t sched_nice;
    uint32_t sched_priority;
    uint64_t sched_runtime, sched_deadline, sched_period;
  } attributes = {.size = sizeof attributes, .sched_policy = SCHED_BATCH};
  return syscall(SYS_sched_setattr, process, &attributes, 0);
}

static long bind(pid_t process) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  return sched_setaffinity(process, sizeof set, &set);
}

static long set_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{0}};
  return syscall(SYS_capset, &header, data);
}

#define TRIES "processes.h"
#define GROUP "processes"
#define TABLE st_processes
#include "table.h"
