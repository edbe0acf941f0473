// Signals and temporary files: the code that must be async-signal-safe is written in C.

#define _GNU_SOURCE
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SLOTS 64

static atomic_int received;
static atomic_int patience;
static atomic_uint grace = 1;
static int doorbell = -1;
static _Atomic(const char *) temporaries[SLOTS];

void cp_temporary_remove_all(void) {
  for (int slot = 0; slot < SLOTS; slot++) {
    const char *path = atomic_load(&temporaries[slot]);
    if (path != NULL) unlink(path);
  }
}

static void end_by(int signal_number) {
  cp_temporary_remove_all();
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigemptyset(&standard.sa_mask);
  sigaction(signal_number, &standard, NULL);
  raise(signal_number);
}

static void handle(int signal_number) {
  int saved = errno;
  int none = 0;
  if (atomic_compare_exchange_strong(&received, &none, signal_number) && atomic_load(&patience)) {
    alarm(atomic_load(&grace));
    const uint64_t one = 1;
    // Only a thread that waits in cp_signals_wait needs this, so a failure does not matter.
    if (doorbell >= 0 && write(doorbell, &one, sizeof one) < 0) errno = 0;
    errno = saved;
    return;
  }
  end_by(signal_number);
  errno = saved;
}

// Ends the process: the work has not stopped in time.
static void lose_patience(int alarm_number) {
  (void)alarm_number;
  int signal_number = atomic_load(&received);
  if (signal_number != 0) end_by(signal_number);
}

void cp_signals_install(void) {
  const int polite[] = {SIGINT, SIGTERM, SIGHUP};
  // A parent that starts programs from a worker thread often hands down that thread's full mask.
  sigset_t mask;
  sigemptyset(&mask);
  for (size_t index = 0; index < sizeof polite / sizeof *polite; index++) {
    struct sigaction old;
    if (sigaction(polite[index], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(polite[index], &action, NULL);
    sigaddset(&mask, polite[index]);
  }
  struct sigaction late = {.sa_handler = lose_patience, .sa_flags = SA_RESTART};
  sigemptyset(&late.sa_mask);
  sigaction(SIGALRM, &late, NULL);
  sigaddset(&mask, SIGALRM);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, NULL);
  sigaction(SIGXFSZ, &ignore, NULL);
  sigprocmask(SIG_UNBLOCK, &mask, NULL);
}

void cp_signals_set_patience(int count) { atomic_store(&patience, count); }

void cp_signals_set_grace(unsigned seconds) {
  atomic_store(&grace, seconds);
  if (doorbell < 0) doorbell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int cp_signals_wait(int milliseconds) {
  struct pollfd bell = {.fd = doorbell, .events = POLLIN};
  if (atomic_load(&received) == 0) poll(&bell, 1, milliseconds);
  return atomic_load(&received);
}

int cp_signals_received(void) { return atomic_load(&received); }

void cp_signals_die(int signal_number) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal_number);
  sigprocmask(SIG_UNBLOCK, &one, NULL);
  end_by(signal_number);
  _exit(128 + signal_number);
}

int cp_temporary_register(const char *path) {
  for (int slot = 0; slot < SLOTS; slot++) {
    const char *none = NULL;
    if (atomic_compare_exchange_strong(&temporaries[slot], &none, path)) return slot;
  }
  return -1;
}

void cp_temporary_forget(int slot) {
  if (slot >= 0 && slot < SLOTS) atomic_store(&temporaries[slot], NULL);
}

int cp_rename_no_replace(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system without RENAME_NOREPLACE: a hard link refuses an existing name just as well.
  if (link(from, to) != 0) return errno;
  unlink(from);
  return 0;
}
