#ifndef CPLATFORM_SANDBOX_H
#define CPLATFORM_SANDBOX_H

/// No program that this process starts gets more rights than it has, and no other process of the
/// same user may read its memory. Returns 0, or an errno value.
int cp_sandbox_no_new_privileges(void);

/// Shuts off all files but those named, for this thread and those it will make; TCP, and signals and
/// abstract sockets beyond this process where the kernel can.
///
/// Both lists end with a null. Names that do not exist are passed over. Descriptors to what is named stay open for good: of
/// `/proc` the kernel would otherwise forget what was allowed. Returns the version of Landlock, or a
/// negative errno value: -ENOSYS or -EOPNOTSUPP where the kernel has none.
int cp_sandbox_files(
    char *_Nullable const *_Nonnull readable, char *_Nullable const *_Nonnull writable);

/// Makes system calls fail that decoding and computing have no use for: sockets, programs and
/// processes, other processes' memory, new machine code, mounts, kernel interfaces of ill repute.
/// Returns 0, or an errno value.
int cp_sandbox_calls(void);

/// Tries what the sandbox is to prevent, harmlessly.
///
/// The answers are errno values, 0 where it went well: `socket` (TCP), `local_socket`, `program`,
/// `process`, `code` (memory that is writable and executable), `signal` (to the parent).
typedef struct cp_sandbox_trial {
  int socket;
  int local_socket;
  int program;
  int process;
  int code;
  int signal;
} cp_sandbox_trial;
cp_sandbox_trial cp_sandbox_try(void);

#endif
