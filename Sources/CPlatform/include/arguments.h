#ifndef CPLATFORM_ARGUMENTS_H
#define CPLATFORM_ARGUMENTS_H

/// How many arguments the process was started with, the program's name included.
///
/// Swift reads them from /proc/self/cmdline, which does not exist in a chroot; these come from the loader.
int cp_argument_count(void);

/// An argument, as bytes; null beyond the last.
const char *_Nullable cp_argument(int index);

/// Overwrites a text in the arguments that the process was started with, so that `ps` and
/// /proc/PID/cmdline no longer show it.
///
/// Returns how often it occurred.
int cp_hide_argument(const char *_Nonnull text);

/// The path by which the program was started; it may be relative to the current folder of that moment.
/// Null where the system does not tell.
const char *_Nullable cp_program_path(void);

#endif
