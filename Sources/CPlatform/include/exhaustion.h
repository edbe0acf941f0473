#ifndef CPLATFORM_EXHAUSTION_H
#define CPLATFORM_EXHAUSTION_H

#include <stddef.h>

/// From now on a lack of memory that no code can handle ends the process with one line on standard error
/// and exit code 75, after removing its temporary files.
///
/// Without this, Swift's runtime writes "failed to allocate" and a stack trace and aborts when an object or
/// an array cannot be allocated; C++'s writes "bad_alloc". For executables only.
///
/// Returns 0 without effect where less than `needed` bytes are available now.
int cp_exhaustion_install(size_t needed);

/// The line to end with, its line feed included; cut at 1000 bytes.
void cp_exhaustion_set_line(const char *_Nonnull line);

/// Writes the line, removes the temporary files and ends the process with 75.
_Noreturn void cp_exhaustion_end(void);

#endif
