#ifndef CSANDBOXTRIES_TRIES_H
#define CSANDBOXTRIES_TRIES_H

#include <sys/types.h>

/// The files and the process that an attempt may affect.
typedef struct st_place {
  /// A folder that the sandbox leaves open, and a file in it.
  const char *_Nonnull inside;
  const char *_Nonnull inside_file;
  const char *_Nonnull inside_new;
  /// A folder that it does not, of the same owner: a file, a folder and a link in it, and a free name.
  const char *_Nonnull outside;
  const char *_Nonnull outside_file;
  const char *_Nonnull outside_folder;
  const char *_Nonnull outside_link;
  const char *_Nonnull outside_new;
  /// A file that the sandbox leaves open for reading.
  const char *_Nonnull model;
  /// The process that plays the service.
  pid_t parent;
} st_place;

/// One thing that an attacker might try after a picture has taken the worker over.
///
/// Where it is allowed, it does no harm to the machine: it affects only the files of `st_place`, its parent
/// and itself.
typedef struct st_try {
  const char *_Nonnull group;
  const char *_Nonnull name;
  /// Why it is allowed; null for what must be denied.
  const char *_Nullable reason;
  /// Whether only root may.
  int root_only;
  /// Returns a negative value and sets errno where it fails.
  long (*_Nullable run)(const st_place *_Nonnull);
} st_try;

/// All tries, in the order of the table. The first `count` are valid.
const st_try *_Nonnull st_tries(int *_Nonnull count);

typedef struct st_outcome {
  /// Whether the try came to its end; `code` is its errno value then, 0 where it went well.
  int ended;
  int code;
  /// The signal that ended the process which tried, or 0.
  int signal;
  /// Whether the process that stands for the service is gone.
  int lost_parent;
  /// Whether the user could not be become, or the sandbox not be entered.
  int unready;
} st_outcome;

/// Makes the victims, and tries something in a process of its own, whose parent stands for the service.
///
/// `user` is whom both become first, or -1. `enter` is called in the process that tries, before it does,
/// and returns 0 if it may go on.
st_outcome st_run(
    const st_try *_Nonnull attempt, const char *_Nonnull folder, long user,
    int (*_Nonnull enter)(const st_place *_Nonnull));

/// "EPERM", or null for what is no errno value.
const char *_Nullable st_error_name(int code);

#endif
