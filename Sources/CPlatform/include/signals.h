#ifndef CPLATFORM_SIGNALS_H
#define CPLATFORM_SIGNALS_H

/// Takes charge of SIGINT, SIGTERM, SIGHUP and SIGALRM and ignores SIGPIPE and SIGXFSZ.
///
/// A signal that the process was started with as ignored (nohup, a shell's background job) stays
/// ignored.
void cp_signals_install(void);

/// How many signals may ask politely: 1 while work polls `cp_signals_received`, 0 when there is
/// nothing to wind down and the first signal may end the process at once. Work that goes on for a
/// second after it was asked is ended, too.
void cp_signals_set_patience(int count);

/// Seconds that work may go on after it was asked to stop; 1 if nobody says more. For a service that
/// waits for signals by `cp_signals_wait`.
void cp_signals_set_grace(unsigned seconds);

/// Waits until a signal asks the process to stop, `milliseconds` at most, and returns it, or 0.
int cp_signals_wait(int milliseconds);

/// The first signal that asked the process to stop, or 0.
int cp_signals_received(void);

/// Ends the process by `signal`, so that a shell sees how it ended.
_Noreturn void cp_signals_die(int signal);

/// Names a file that a signal which ends the process must remove first.
///
/// The string must stay valid until `cp_temporary_forget`. Returns a slot, or -1 when all are in
/// use (the file is then only removed by the next run's sweep).
int cp_temporary_register(const char *_Nonnull path);

/// Gives back a slot of `cp_temporary_register`; -1 is allowed.
void cp_temporary_forget(int slot);

/// Removes the files that are registered: for an end that no signal brings.
void cp_temporary_remove_all(void);

/// `rename` that fails with EEXIST when `to` exists, atomically. Returns 0, or an errno value.
int cp_rename_no_replace(const char *_Nonnull from, const char *_Nonnull to);

#endif
