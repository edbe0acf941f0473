#ifndef CPLATFORM_SIGNALS_H
#define CPLATFORM_SIGNALS_H

/// Installs handlers for SIGINT, SIGTERM, SIGHUP and SIGALRM, and ignores SIGPIPE and SIGXFSZ.
///
/// A signal that the process was started with as ignored (nohup, a shell's background job) stays
/// ignored.
void cp_signals_install(void);

/// How many signals are only recorded: 1 while work polls `cp_signals_received`, 0 when the first signal
/// may end the process at once. Work that does not stop within a second after the signal is ended too.
void cp_signals_set_patience(int count);

/// Sets the seconds that work may go on after a signal; the default is 1. For a service that waits for
/// signals by `cp_signals_wait`.
void cp_signals_set_grace(unsigned seconds);

/// Waits until a signal asks the process to stop, `milliseconds` at most, and returns it, or 0.
int cp_signals_wait(int milliseconds);

/// The first signal that asked the process to stop, or 0.
int cp_signals_received(void);

/// Ends the process by `signal`, so that a shell sees how it ended.
_Noreturn void cp_signals_die(int signal);

/// Registers a file that is removed when a signal ends the process.
///
/// The string must stay valid until `cp_temporary_forget`. Returns a slot, or -1 when all are in
/// use (the file is then only removed by the next run's sweep).
int cp_temporary_register(const char *_Nonnull path);

/// Releases a slot of `cp_temporary_register`; -1 is allowed.
void cp_temporary_forget(int slot);

/// Removes the registered files, when the process ends without a signal.
void cp_temporary_remove_all(void);

/// `rename` that fails with EEXIST when `to` exists, atomically. Returns 0, or an errno value.
int cp_rename_no_replace(const char *_Nonnull from, const char *_Nonnull to);

#endif
