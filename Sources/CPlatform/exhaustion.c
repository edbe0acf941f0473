// Ends a process that has run out of memory where no code can handle it.

#define _GNU_SOURCE
#include "exhaustion.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "signals.h"

enum { LINE = 1024, CODE = 75, PROBE = 1 << 20 };

static char line[LINE] = "upscale: not enough memory\n";
static atomic_flag is_ending = ATOMIC_FLAG_INIT;

void cp_exhaustion_set_line(const char *text) {
  size_t length = strnlen(text, LINE - 24);
  memcpy(line, text, length);
  if (length == 0 || line[length - 1] != '\n') line[length++] = '\n';
  line[length] = 0;
}

void cp_exhaustion_end(void) {
  // Threads run out of memory together; only one of them writes the message.
  if (atomic_flag_test_and_set(&is_ending)) {
    for (;;) pause();
  }
  cp_temporary_remove_all();
  size_t done = 0, length = strlen(line);
  while (done < length) {
    ssize_t count = write(STDERR_FILENO, line + done, length - done);
    if (count <= 0) break;
    done += (size_t)count;
  }
  _exit(CODE);
}

static int can_have(size_t bytes) {
  void *memory = mmap(
      NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 0;
  munmap(memory, bytes);
  return 1;
}

#ifdef __GLIBC__

// Recognises the messages of Swift's and C++'s runtimes before abort(). Other messages may quote any text.
static int is_lack_of_memory(const char *text, size_t size) {
  static const char *const starts[] = {
      "Fatal error: failed to allocate",
      "terminate called after throwing an instance of 'std::bad_alloc'"};
  for (size_t index = 0; index < sizeof starts / sizeof *starts; index++) {
    const size_t length = strlen(starts[index]);
    if (size >= length && memcmp(text, starts[index], length) == 0) return 1;
  }
  return 0;
}

// Everything that is written to the C library's `stderr` passes through here. The program's own messages
// do not: its console writes to the descriptor.
static ssize_t write_error(void *cookie, const char *text, size_t size) {
  (void)cookie;
  if (is_lack_of_memory(text, size)) cp_exhaustion_end();
  return write(STDERR_FILENO, text, size);
}

static void listen_to_runtimes(void) {
  const cookie_io_functions_t functions = {.write = write_error};
  // By lines, because C++ names the exception in a second piece.
  static char buffer[LINE];
  FILE *stream = fopencookie(NULL, "w", functions);
  if (stream == NULL) return;
  setvbuf(stream, buffer, _IOLBF, sizeof buffer);
  stderr = stream;
}

#else

static void listen_to_runtimes(void) {}

#endif

static const int faults[] = {SIGABRT, SIGSEGV, SIGILL, SIGTRAP};
enum { FAULTS = sizeof faults / sizeof *faults };
static struct sigaction earlier[FAULTS];

// A fault while no memory is available is treated as a consequence of that. Any other is a bug, and is
// passed to the earlier handler.
static void handle_fault(int number, siginfo_t *information, void *context) {
  if (!can_have(PROBE)) cp_exhaustion_end();
  for (int index = 0; index < FAULTS; index++) {
    if (faults[index] != number) continue;
    sigaction(number, &earlier[index], NULL);
    if (earlier[index].sa_flags & SA_SIGINFO) {
      // Swift's own, which prints a stack trace where that is wanted.
      earlier[index].sa_sigaction(number, information, context);
    }
  }
  // A fault of the processor is raised again by the instruction; a signal that was sent is not.
  if (information == NULL || information->si_code <= 0) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigemptyset(&standard.sa_mask);
    sigaction(number, &standard, NULL);
    raise(number);
  }
}

// A stack for the handlers on the main thread, whose own stack may be what cannot grow.
static char handler_stack[1 << 15];

static void catch_faults(void) {
  stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
  sigaltstack(&stack, NULL);
  for (int index = 0; index < FAULTS; index++) {
    struct sigaction action = {
        .sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(faults[index], &action, &earlier[index]);
  }
}

int cp_exhaustion_install(size_t needed) {
  listen_to_runtimes();
  catch_faults();
  return can_have(needed);
}
