// Tries in processes of their own: fork and its like are C's.

#define _GNU_SOURCE
#include "tries.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/// Exit codes: of the process that tries, and of its parent where it cannot become the user.
enum { DONE = 0, UNREADY = 3 };
/// Seconds after which a try hangs.
enum { PATIENCE = 300 };

static char *joined(const char *folder, const char *name) {
  char *path = NULL;
  if (asprintf(&path, "%s/%s", folder, name) < 0) abort();
  return path;
}

static void make_file(const char *path) {
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
  if (descriptor < 0 || write(descriptor, "secret", 6) != 6) abort();
  close(descriptor);
}

static st_place make_place(const char *folder) {
  st_place place = {
      .inside = joined(folder, "inside"),
      .inside_file = joined(folder, "inside/file"),
      .inside_new = joined(folder, "inside/new"),
      .outside = joined(folder, "outside"),
      .outside_file = joined(folder, "outside/file"),
      .outside_folder = joined(folder, "outside/folder"),
      .outside_link = joined(folder, "outside/link"),
      .outside_new = joined(folder, "outside/new"),
      .model = joined(folder, "model"),
      .parent = getpid(),
  };
  mkdir(place.inside, 0700);
  mkdir(place.outside, 0700);
  mkdir(place.outside_folder, 0700);
  make_file(place.inside_file);
  make_file(place.outside_file);
  make_file(place.model);
  unlink(place.outside_link);
  if (symlink("file", place.outside_link) != 0) abort();
  unlink(place.inside_new);
  rmdir(place.inside_new);
  unlink(place.outside_new);
  rmdir(place.outside_new);
  return place;
}

static _Noreturn void attempt_it(
    const st_try *attempt, const st_place *place, int report, int (*enter)(const st_place *)) {
  // The worker's streams are sockets.
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || dup2(pair[0], STDIN_FILENO) < 0) abort();
  alarm(PATIENCE);
  if (enter(place) != 0) _exit(UNREADY);
  errno = 0;
  const int code = attempt->run(place) < 0 ? errno : 0;
  if (write(report, &code, sizeof code) != sizeof code) _exit(UNREADY);
  _exit(DONE);
}

/// What the process that stands for the service does.
static _Noreturn void serve(
    const st_try *attempt, const char *folder, long user, int report, int statuses,
    int (*enter)(const st_place *)) {
  if (user >= 0) {
    const gid_t group = (gid_t)user;
    if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
        setresuid((uid_t)user, (uid_t)user, (uid_t)user) != 0)
      _exit(UNREADY);
  }
  umask(077);
  const st_place place = make_place(folder);
  const pid_t worker = fork();
  if (worker < 0) abort();
  if (worker == 0) attempt_it(attempt, &place, report, enter);
  int status = 0;
  while (waitpid(worker, &status, 0) < 0 && errno == EINTR) {}
  if (write(statuses, &status, sizeof status) != sizeof status) abort();
  _exit(0);
}

st_outcome st_run(
    const st_try *attempt, const char *folder, long user, int (*enter)(const st_place *)) {
  st_outcome outcome = {0};
  int report[2], statuses[2];
  if (pipe2(report, O_CLOEXEC) != 0 || pipe2(statuses, O_CLOEXEC) != 0) abort();
  // What is buffered must not be written twice.
  fflush(NULL);
  const pid_t service = fork();
  if (service < 0) abort();
  if (service == 0) serve(attempt, folder, user, report[1], statuses[1], enter);
  close(report[1]);
  close(statuses[1]);
  outcome.ended = read(report[0], &outcome.code, sizeof outcome.code) == sizeof outcome.code;
  int status = 0;
  if (read(statuses[0], &status, sizeof status) == sizeof status) {
    outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome.unready = WIFEXITED(status) && WEXITSTATUS(status) == UNREADY;
  } else {
    outcome.lost_parent = 1;
  }
  close(report[0]);
  close(statuses[0]);
  while (waitpid(service, &status, 0) < 0 && errno == EINTR) {}
  if (WIFEXITED(status) && WEXITSTATUS(status) == UNREADY) outcome.unready = 1;
  return outcome;
}
