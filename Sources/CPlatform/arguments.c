// The arguments that the kernel shows of a process are in the process's own memory.

#define _GNU_SOURCE
#include "arguments.h"

#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>

static int count;
static char **values;

// The C library's loader calls constructors with the arguments of main().
__attribute__((constructor)) static void keep_arguments(int given, char **list) {
  count = given;
  values = list;
}

int cp_argument_count(void) { return values == NULL ? 0 : count; }

const char *cp_argument(int index) {
  return index >= 0 && index < cp_argument_count() ? values[index] : NULL;
}

int cp_hide_argument(const char *text) {
  const size_t length = strlen(text);
  int found = 0;
  for (int index = 0; length > 0 && index < cp_argument_count(); index++) {
    char *place = values[index];
    while ((place = strstr(place, text)) != NULL) {
      memset(place, '*', length);
      place += length;
      found++;
    }
  }
  return found;
}

const char *cp_program_path(void) { return (const char *)getauxval(AT_EXECFN); }
