#ifndef CPLATFORM_SANDBOX_H
#define CPLATFORM_SANDBOX_H

/// No program that this process starts gets more rights than it has, and no other process of the
/// same user may read its memory. Returns 0, or an errno value.
int cp_sandbox_no_new_privileges(void);

/// Gives up all capabilities, for this thread and those it will make, and for good. Returns 0, or an
/// errno value.
int cp_sandbox_drop_capabilities(void);

/// Shuts off all files but those named, for this thread and those it will make; TCP, and signals and
/// abstract sockets beyond this process where the kernel can.
///
/// Both lists end with a null. Names that do not exist are passed over. Descriptors to what is named stay
/// open for good: of `/proc` the kernel would otherwise forget what was allowed. Returns the version of
/// Landlock, or a negative errno value: -ENOSYS or -EOPNOTSUPP where the kernel has none.
int cp_sandbox_files(
    char *_Nullable const *_Nonnull readable, char *_Nullable const *_Nonnull writable);

/// Leaves only the system calls that decoding and computing need. Calls that only an attacker makes end
/// the process by SIGSYS, others fail. Returns 0, or an errno value.
int cp_sandbox_calls(void);

#endif
