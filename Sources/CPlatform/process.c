// Child processes: the code between fork and exec is written in C.

#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int cp_spawn(
    const char *program, char *const *arguments, char *const *environment, int input, int output,
    int error, pid_t *process) {
  // Where the caller has closed its standard streams, the descriptors could be the very ones that
  // are to be replaced.
  const int given[3] = {input, output, error};
  int high[3] = {-1, -1, -1};
  int code = 0;
  for (int index = 0; index < 3 && code == 0; index++) {
    high[index] = fcntl(given[index], F_DUPFD_CLOEXEC, 3);
    if (high[index] < 0) code = errno;
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (int index = 0; index < 3 && code == 0; index++) {
    code = posix_spawn_file_actions_adddup2(&actions, high[index], index);
  }
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
  if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
#endif
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (code == 0) {
    code = posix_spawn(process, program, &actions, &attributes, arguments, environment);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  for (int index = 0; index < 3; index++) {
    if (high[index] >= 0) close(high[index]);
  }
  return code;
}

int cp_process_descriptor(pid_t process) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  (void)process;
  return -1;
#endif
}

int cp_process_follow(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have ended before the call.
  return getppid() == parent ? 0 : -1;
}

void cp_process_ignore_stop_signals(void) {
  const int polite[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
  for (size_t index = 0; index < sizeof polite / sizeof *polite; index++) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(polite[index], &ignore, NULL);
  }
}
