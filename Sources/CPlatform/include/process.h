#ifndef CPLATFORM_PROCESS_H
#define CPLATFORM_PROCESS_H

#include <sys/types.h>

/// Starts a program with three descriptors as its standard streams and no other, the signal mask
/// empty and all signals as they are by default.
///
/// `arguments` and `environment` end with a null. Returns 0, or an errno value.
int cp_spawn(
    const char *_Nonnull program, char *_Nullable const *_Nonnull arguments,
    char *_Nullable const *_Nonnull environment, int input, int output, int error,
    pid_t *_Nonnull process);

/// A descriptor that is readable once the process has ended, or -1 where the kernel has none.
int cp_process_descriptor(pid_t process);

/// Makes the kernel kill this process when the thread that started it ends. Returns 0, or -1 if `parent`
/// has ended already.
int cp_process_follow(pid_t parent);

/// Ignores SIGINT and the like: the parent decides when this process ends, not a terminal or a service
/// manager.
void cp_process_ignore_stop_signals(void);

#endif
