// What the kernel shows of a process's arguments is the process's own memory.

#define _GNU_SOURCE
#include "arguments.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Where the arguments are, of /proc/self/stat: fields 48 and 49. Returns 0, or -1 if it does not say.
static int find_arguments(char **start, char **end) {
  char text[2048];
  int descriptor = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  if (count <= 0) return -1;
  text[count] = 0;
  // The program's name may hold anything; it ends with the last bracket, and field 3 follows.
  char *place = strrchr(text, ')');
  if (place == NULL) return -1;
  place++;
  for (int field = 3; field < 48; field++) {
    place = strchr(place + 1, ' ');
    if (place == NULL) return -1;
  }
  char *rest = NULL;
  uintptr_t first = (uintptr_t)strtoull(place, &rest, 10);
  uintptr_t last = (uintptr_t)strtoull(rest, NULL, 10);
  if (first == 0 || last <= first) return -1;
  *start = (char *)first;
  *end = (char *)last;
  return 0;
}

int cp_hide_argument(const char *text) {
  size_t length = strlen(text);
  char *start, *end;
  if (length == 0 || find_arguments(&start, &end) != 0) return 0;
  int found = 0;
  while ((size_t)(end - start) >= length) {
    char *place = memmem(start, (size_t)(end - start), text, length);
    if (place == NULL) break;
    memset(place, '*', length);
    found++;
    start = place + length;
  }
  return found;
}
