#ifndef CPLATFORM_SANDBOX_H
#define CPLATFORM_SANDBOX_H

/// No program that this process starts gets more rights than it has, and no other process of the
/// same user may read its memory. Returns 0, or an errno value.
int cp_sandbox_no_new_privileges(void);

/// Gives up all capabilities permanently, for this thread and those it will start. Returns 0, or an errno
/// value.
int cp_sandbox_drop_capabilities(void);

/// Forbids access to all files but those named, and to TCP; where the kernel can, also signals and abstract
/// sockets of other processes. It applies to this thread and those it will start.
///
/// Both lists end with a null. Names that do not exist are skipped. Descriptors of the named files are kept
/// open: for `/proc` the kernel would otherwise forget what was allowed. Returns the version of
/// Landlock, or a negative errno value: -ENOSYS or -EOPNOTSUPP where the kernel has none.
int cp_sandbox_files(
    char *_Nullable const *_Nonnull readable, char *_Nullable const *_Nonnull writable);

/// Leaves only the system calls that decoding and computing need. Calls that only an attacker makes end
/// the process by SIGSYS, others fail. Returns 0, or an errno value.
int cp_sandbox_calls(void);

#endif
