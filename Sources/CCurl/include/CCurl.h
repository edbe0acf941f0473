#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

/// Finds libcurl on this machine, at the first call. Only the bot needs it.
///
/// Returns its version, or NULL where there is none of 7.85 or later.
const char *_Nullable cc_version(void);

/// One connection that is kept alive between requests, for one thread at a time.
typedef struct cc_connection cc_connection;

/// Returns NULL without libcurl or memory.
cc_connection *_Nullable cc_connection_create(void);

void cc_connection_destroy(cc_connection *_Nullable connection);

/// Ends the request that is running, from any thread; further ones end at once, until
/// `cc_connection_resume`.
void cc_connection_interrupt(cc_connection *_Nonnull connection);

void cc_connection_resume(cc_connection *_Nonnull connection);

/// A part of a multipart body.
typedef struct {
  const char *_Nonnull name;
  const char *_Nonnull value;
} cc_field;

/// What is to be sent. Its strings are read while `cc_perform` runs.
typedef struct {
  const char *_Nonnull url;
  const char *_Nonnull user_agent;
  /// A file of certificates to trust instead of the system's.
  const char *_Nullable certificates;
  /// Whether plain http is allowed, past any proxy.
  int is_plain;
  /// Whether to send GET without a body; otherwise POST.
  int is_get;
  /// Whether the request may be sent a second time when a kept connection turns out to be closed.
  int is_repeatable;

  /// The body in the form of a query; used when there is no file.
  const char *_Nullable form;
  size_t form_count;

  /// With a file the body is multipart.
  const cc_field *_Nullable fields;
  size_t field_count;
  /// The file part of a multipart body, read from a descriptor with `pread`; no name: no file.
  const char *_Nullable file_field;
  const char *_Nullable file_name;
  const char *_Nullable file_type;
  int file_descriptor;
  int64_t file_count;

  /// The most bytes of an answer.
  int64_t body_limit;

  int connect_seconds;
  /// 0: as long as it takes.
  int total_seconds;
  /// Fewer than `low_speed_bytes` a second for so long end the request; 0: never.
  int low_speed_seconds;
  int low_speed_bytes;

  void *_Nullable context;
  /// Takes a piece of the answer's body; the status is known by then. Not 0: stop.
  int (*_Nonnull take)(void *_Nullable context, int status, const void *_Nonnull bytes,
                       size_t count);
  /// Is asked several times a second. Not 0: stop.
  int (*_Nullable is_cancelled)(void *_Nullable context);
} cc_request;

typedef enum {
  /// The answer is complete; its status may be an error.
  CC_DONE,
  CC_FAILED,
  /// `cc_connection_interrupt`, or `is_cancelled`.
  CC_INTERRUPTED,
  /// `take` wanted no more.
  CC_STOPPED,
  /// The answer has more bytes than `body_limit`, or says that it will.
  CC_TOO_LARGE,
  /// `file_descriptor` could not be read to `file_count`; `file_error` says why (0: it is shorter).
  CC_FILE_FAILED,
} cc_end;

typedef struct {
  cc_end end;
  /// HTTP status, 0 without an answer.
  int status;
  /// Whether the server may have the whole request.
  int was_sent;
  /// Seconds of the header Retry-After, 0 without it.
  int64_t retry_after;
  int file_error;
  /// Why it failed, in libcurl's words.
  char message[256];
} cc_response;

/// Sends the request and receives the answer; returns when that is complete or has failed.
cc_response cc_perform(cc_connection *_Nonnull connection, const cc_request *_Nonnull request);

/// The text of `response.message`.
const char *_Nonnull cc_response_message(const cc_response *_Nonnull response);

#endif
