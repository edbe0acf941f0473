#ifndef CPLATFORM_ARGUMENTS_H
#define CPLATFORM_ARGUMENTS_H

/// Writes over a text in the arguments that the process was started with, so that `ps` and
/// /proc/PID/cmdline no longer show it.
///
/// Returns how often it was there.
int cp_hide_argument(const char *_Nonnull text);

#endif
