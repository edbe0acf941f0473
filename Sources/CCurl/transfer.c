// One request over a connection that is kept alive, by libcurl's multi interface: it is the one that
// another thread can wake.

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CCurl.h"
#include "library.h"

struct cc_connection {
  const cc_library *curl;
  CURLM *multi;
  CURL *easy;
  atomic_int interrupted;
};

// The state of one request, for its callbacks.
typedef struct {
  const cc_library *curl;
  CURL *easy;
  const cc_request *request;
  cc_response *response;
  int64_t file_offset;
  // How often the request has been begun: more than once when libcurl tries a second connection.
  int begun;
  int was_repeated;
  int was_stopped;
  int64_t taken;
  int is_too_large;
  int has_file_failed;
} transfer;

cc_connection *cc_connection_create(void) {
  const cc_library *curl = cc_library_get();
  if (curl == NULL) return NULL;
  cc_connection *connection = calloc(1, sizeof *connection);
  if (connection == NULL) return NULL;
  connection->curl = curl;
  connection->multi = curl->multi_create();
  connection->easy = curl->easy_create();
  if (connection->multi == NULL || connection->easy == NULL) {
    cc_connection_destroy(connection);
    return NULL;
  }
  return connection;
}

void cc_connection_destroy(cc_connection *connection) {
  if (connection == NULL) return;
  if (connection->easy != NULL) connection->curl->easy_destroy(connection->easy);
  if (connection->multi != NULL) connection->curl->multi_destroy(connection->multi);
  free(connection);
}

void cc_connection_interrupt(cc_connection *connection) {
  atomic_store(&connection->interrupted, 1);
  connection->curl->wake(connection->multi);
}

void cc_connection_resume(cc_connection *connection) {
  atomic_store(&connection->interrupted, 0);
}

const char *cc_response_message(const cc_response *response) { return response->message; }

static size_t write_body(char *bytes, size_t size, size_t count, void *context) {
  transfer *running = context;
  long status = 0;
  running->curl->get(running->easy, CURLINFO_RESPONSE_CODE, &status);
  if (size * count == 0) return 0;
  // CURLOPT_MAXFILESIZE ends a running transfer since 8.4 only, and knows no decoded bytes.
  curl_off_t announced = -1;
  running->curl->get(running->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  running->taken += (int64_t)(size * count);
  if (running->taken > running->request->body_limit ||
      announced > running->request->body_limit) {
    running->is_too_large = 1;
    return 0;
  }
  if (running->request->take(running->request->context, (int)status, bytes, size * count) != 0) {
    running->was_stopped = 1;
    return 0;
  }
  return size * count;
}

static size_t read_file(char *bytes, size_t size, size_t count, void *context) {
  transfer *running = context;
  int64_t rest = running->request->file_count - running->file_offset;
  if (rest <= 0) return 0;
  size_t wanted = size * count;
  if ((int64_t)wanted > rest) wanted = (size_t)rest;
  ssize_t got;
  do {
    got = pread(running->request->file_descriptor, bytes, wanted, running->file_offset);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    running->has_file_failed = 1;
    running->response->file_error = got < 0 ? errno : 0;
    return CURL_READFUNC_ABORT;
  }
  running->file_offset += got;
  return (size_t)got;
}

static int seek_file(void *context, curl_off_t offset, int origin) {
  transfer *running = context;
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  running->file_offset = offset;
  return CURL_SEEKFUNC_OK;
}

// libcurl repeats a request by itself when a kept connection breaks before the first byte of the answer.
// A message could be sent twice.
static int begin(void *context, char *remote, char *local, int remote_port, int local_port) {
  (void)remote, (void)local, (void)remote_port, (void)local_port;
  transfer *running = context;
  running->begun++;
  if (running->begun == 1 || running->request->is_repeatable) return CURL_PREREQFUNC_OK;
  running->was_repeated = 1;
  return CURL_PREREQFUNC_ABORT;
}

// Child processes must not inherit the connections.
static int keep_to_ourselves(void *context, curl_socket_t socket, curlsocktype purpose) {
  (void)context, (void)purpose;
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

static curl_mime *body_of_parts(const cc_library *curl, CURL *easy, transfer *running) {
  const cc_request *request = running->request;
  curl_mime *body = curl->mime_create(easy);
  if (body == NULL) return NULL;
  int is_complete = 1;
  for (size_t index = 0; index < request->field_count; index++) {
    curl_mimepart *part = curl->part_add(body);
    is_complete &= part != NULL &&
                   curl->part_name(part, request->fields[index].name) == CURLE_OK &&
                   curl->part_data(part, request->fields[index].value,
                                   CURL_ZERO_TERMINATED) == CURLE_OK;
  }
  if (request->file_field != NULL) {
    curl_mimepart *part = curl->part_add(body);
    is_complete &= part != NULL && curl->part_name(part, request->file_field) == CURLE_OK &&
                   curl->part_callbacks(part, request->file_count, read_file, seek_file, NULL,
                                        running) == CURLE_OK &&
                   curl->part_file_name(part, request->file_name) == CURLE_OK &&
                   curl->part_type(part, request->file_type) == CURLE_OK;
  }
  if (is_complete) return body;
  curl->mime_destroy(body);
  return NULL;
}

// Returns whether every option was accepted: one that protects the token must not be missing unnoticed.
static int prepare(const cc_library *curl, CURL *easy, transfer *running, curl_mime *body,
                   struct curl_slist *headers, char *message) {
  const cc_request *request = running->request;
  CURLcode code = CURLE_OK;
#define SET(option, value) \
  if (code == CURLE_OK) code = curl->set(easy, option, value)

  SET(CURLOPT_ERRORBUFFER, message);
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_PATH_AS_IS, 1L);
  SET(CURLOPT_PROTOCOLS_STR, request->is_plain ? "http" : "https");
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  if (request->certificates != NULL) SET(CURLOPT_CAINFO, request->certificates);
  // The token of an unencrypted request must not leave this machine, so no proxy is used.
  if (request->is_plain) SET(CURLOPT_NOPROXY, "*");
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_USERAGENT, request->user_agent);
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_HTTPHEADER, headers);

  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_TCP_KEEPALIVE, 1L);
  SET(CURLOPT_SOCKOPTFUNCTION, keep_to_ourselves);
  // Servers close idle connections after about a minute; older connections are not used any more.
  SET(CURLOPT_MAXAGE_CONN, 45L);
  SET(CURLOPT_CONNECTTIMEOUT, (long)request->connect_seconds);
  SET(CURLOPT_TIMEOUT, (long)request->total_seconds);
  if (request->low_speed_seconds > 0) {
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)request->low_speed_bytes);
    SET(CURLOPT_LOW_SPEED_TIME, (long)request->low_speed_seconds);
  }

  SET(CURLOPT_WRITEFUNCTION, write_body);
  SET(CURLOPT_WRITEDATA, running);
  SET(CURLOPT_PREREQFUNCTION, begin);
  SET(CURLOPT_PREREQDATA, running);

  if (request->is_get) {
    SET(CURLOPT_HTTPGET, 1L);
  } else {
    SET(CURLOPT_ACCEPT_ENCODING, "");
    if (body != NULL) {
      SET(CURLOPT_MIMEPOST, body);
    } else {
      SET(CURLOPT_POST, 1L);
      SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->form_count);
      SET(CURLOPT_POSTFIELDS, request->form == NULL ? "" : request->form);
    }
  }
#undef SET
  // Do not wait for a name server when the request is interrupted. Best effort.
  curl->set(easy, CURLOPT_QUICK_EXIT, 1L);
  return code == CURLE_OK;
}

static int may_have_been_sent(const cc_library *curl, CURL *easy, const transfer *running,
                              int status) {
  if (running->begun == 0) return 0;
  // The request before this repetition may have been complete.
  if (running->begun > 1 || status != 0) return 1;
  if (running->request->is_get) return 1;
  curl_off_t sent = 0;
  curl_off_t total = -1;
  curl->get(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  curl->get(easy, CURLINFO_CONTENT_LENGTH_UPLOAD_T, &total);
  return total < 0 || sent >= total;
}

static void run(cc_connection *connection, transfer *running) {
  const cc_library *curl = connection->curl;
  const cc_request *request = running->request;
  cc_response *response = running->response;
  int is_cancelled = 0;
  CURLcode result = CURLE_OK;
  CURLMcode trouble = curl->add(connection->multi, connection->easy);
  int active = 1;
  while (trouble == CURLM_OK) {
    is_cancelled = atomic_load(&connection->interrupted) ||
                   (request->is_cancelled != NULL && request->is_cancelled(request->context));
    if (is_cancelled) break;
    trouble = curl->perform(connection->multi, &active);
    if (trouble != CURLM_OK || active == 0) break;
    trouble = curl->wait(connection->multi, NULL, 0, request->is_cancelled != NULL ? 100 : 1000,
                         NULL);
  }
  int is_finished = 0;
  int left = 0;
  CURLMsg *note;
  while ((note = curl->read_message(connection->multi, &left)) != NULL) {
    if (note->msg != CURLMSG_DONE) continue;
    is_finished = 1;
    result = note->data.result;
  }

  // An answer before the request was begun can only be a proxy's.
  long status = 0;
  if (running->begun > 0) curl->get(connection->easy, CURLINFO_RESPONSE_CODE, &status);
  response->status = (int)status;
  response->was_sent = may_have_been_sent(curl, connection->easy, running, response->status);
  curl_off_t seconds = 0;
  curl->get(connection->easy, CURLINFO_RETRY_AFTER, &seconds);
  response->retry_after = seconds;
  curl->remove(connection->multi, connection->easy);

  if (is_finished && result == CURLE_OK) {
    response->end = CC_DONE;
  } else if (running->is_too_large) {
    response->end = CC_TOO_LARGE;
  } else if (running->was_stopped) {
    response->end = CC_STOPPED;
  } else if (running->has_file_failed) {
    response->end = CC_FILE_FAILED;
  } else if (is_cancelled) {
    response->end = CC_INTERRUPTED;
  } else {
    response->end = CC_FAILED;
    const char *text = NULL;
    if (running->was_repeated) text = "the connection was closed before an answer came";
    else if (trouble != CURLM_OK) text = "libcurl could not go on";
    else if (response->message[0] == 0) text = curl->error_text(result);
    if (text != NULL) strncpy(response->message, text, sizeof response->message - 1);
  }
}

cc_response cc_perform(cc_connection *connection, const cc_request *request) {
  const cc_library *curl = connection->curl;
  _Static_assert(sizeof((cc_response *)0)->message >= CURL_ERROR_SIZE, "libcurl writes that much");
  cc_response response = {.end = CC_FAILED};
  transfer running = {
      .curl = curl, .easy = connection->easy, .request = request, .response = &response};

  curl_mime *body = NULL;
  // Without an empty one, libcurl asks whether a large body is welcome and waits a second.
  struct curl_slist *headers = curl->list_append(NULL, "Expect:");
  int is_ready = headers != NULL;
  if (is_ready && request->file_field != NULL) {
    body = body_of_parts(curl, connection->easy, &running);
    is_ready = body != NULL;
  }
  is_ready = is_ready &&
             prepare(curl, connection->easy, &running, body, headers, response.message);
  if (is_ready) {
    run(connection, &running);
  } else if (response.message[0] == 0) {
    strncpy(response.message, "libcurl does not take the request", sizeof response.message - 1);
  }
  // The connection outlives this; pointers into this frame do not.
  curl->easy_clear(connection->easy);
  curl->mime_destroy(body);
  curl->list_destroy(headers);
  return response;
}
