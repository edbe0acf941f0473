#include "png_callbacks.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"

/// Judges libpng's warnings, which begin with the chunk's name: pixels are in PLTE, IDAT and tRNS. Faults
/// of other chunks do not affect pixels.
void ci_png_warning(png_structp png, png_const_charp message) {
  ci_report *report = png_get_error_ptr(png);
  if (strncmp(message, "iCCP", 4) == 0) {
    ci_note_profile(report, message);
    return;
  }
  const int is_chunk = strlen(message) > 4 && message[4] == ':';
  const int is_ancillary = is_chunk && message[0] >= 'a' && message[0] <= 'z';
  if (is_ancillary && strncmp(message, "tRNS", 4) != 0) {
    return;
  }
  // More data than rows: the rows have all of theirs. The end marker has no pixels.
  if (strstr(message, "Extra compressed data") != NULL ||
      strstr(message, "Too much image data") != NULL ||
      strstr(message, "Too many IDAT") != NULL || strncmp(message, "IEND", 4) == 0) {
    return;
  }
  report->damage.altered = 1;
}

_Noreturn void ci_png_error(png_structp png, png_const_charp message) {
  ci_fail(png_get_error_ptr(png), CI_INVALID, message);
  png_longjmp(png, 1);
}

// libpng does not tell a lack of memory from other errors, so it is noted where it happens.
png_voidp ci_png_allocate(png_structp png, png_alloc_size_t size) {
  void *memory = malloc(size);
  if (memory == NULL) {
    ci_fail(png_get_mem_ptr(png), CI_NO_MEMORY, "no memory");
  }
  return memory;
}

void ci_png_release(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}
