#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "CImageCodecs.h"

void ci_release(uint8_t *bytes) { free(bytes); }

uint8_t *ci_inflate(const uint8_t *bytes, size_t size, size_t limit, size_t *inflated) {
  *inflated = 0;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (size > UINT32_MAX || inflateInit(&stream) != Z_OK) {
    return NULL;
  }
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)size;
  uint8_t *buffer = NULL;
  size_t capacity = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    if (capacity == stream.total_out) {
      // One byte more than the limit tells that there is more.
      if (capacity > limit) {
        break;
      }
      const size_t doubled = capacity == 0 ? 4096 : 2 * capacity;
      capacity = doubled < limit + 1 ? doubled : limit + 1;
      uint8_t *larger = realloc(buffer, capacity);
      if (larger == NULL) {
        break;
      }
      buffer = larger;
    }
    stream.next_out = buffer + stream.total_out;
    stream.avail_out = (uInt)(capacity - stream.total_out);
    status = inflate(&stream, Z_NO_FLUSH);
  }
  const size_t total = stream.total_out;
  inflateEnd(&stream);
  if (status != Z_STREAM_END || total > limit) {
    free(buffer);
    return NULL;
  }
  *inflated = total;
  return buffer;
}

uint8_t *ci_deflate(const uint8_t *bytes, size_t size, size_t *deflated) {
  uLongf capacity = compressBound((uLong)size);
  *deflated = 0;
  uint8_t *buffer = malloc(capacity);
  if (buffer != NULL && compress2(buffer, &capacity, bytes, (uLong)size, 9) == Z_OK) {
    *deflated = capacity;
    return buffer;
  }
  free(buffer);
  return NULL;
}

uint32_t ci_crc32(const uint8_t *bytes, size_t size) {
  return (uint32_t)crc32_z(0, bytes, size);
}
