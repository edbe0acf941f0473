#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "numbers.h"
#include "tools.h"

static long open_counter(void) {
  struct perf_event_attr attributes = {
      .type = PERF_TYPE_SOFTWARE,
      .size = sizeof attributes,
      .config = PERF_COUNT_SW_TASK_CLOCK,
      .exclude_kernel = 1,
  };
  return syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
}

/// Sets the name that there is already.
static long keep_host_name(void) {
  struct utsname names;
  if (uname(&names) != 0) abort();
  return sethostname(names.nodename, strlen(names.nodename));
}

static long keep_domain_name(void) {
  struct utsname names;
  if (uname(&names) != 0) abort();
  return setdomainname(names.domainname, strlen(names.domainname));
}

#define TRIES "kernel.h"
#define GROUP "kernel"
#define TABLE st_kernel
#include "table.h"
