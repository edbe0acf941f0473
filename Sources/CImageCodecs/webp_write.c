#include <stdlib.h>
#include <string.h>

#include <webp/encode.h>
#include <webp/mux.h>

#include "internal.h"

// libwebp answers with status codes and never jumps.

struct writer {
  ci_writer base;
  WebPConfig config;
  WebPPicture picture;
  uint8_t *profile;
  /// Copies of the metadata, whose bytes lie behind them.
  ci_block *blocks;
  size_t block_count;
  uint8_t *row;
};

static int write_bytes(const uint8_t *bytes, size_t size, const WebPPicture *picture) {
  return ci_emit(picture->custom_ptr, bytes, size) == CI_OK;
}

/// Fills the encoder's ARGB rows.
static int32_t rows_of_writer(ci_writer *base, const uint8_t *pixels, uint32_t count) {
  struct writer *writer = (struct writer *)base;
  const ci_header *header = &base->header;
  const size_t channels = (size_t)header->channels;
  const int gray = channels <= 2;
  const int has_alpha = channels == 2 || channels == 4;
  const size_t row_size = (size_t)header->width * channels * (size_t)(header->depth / 8);
  for (uint32_t y = 0; y < count; y++) {
    ci_row_8bit(header, pixels + y * row_size, 0, writer->row);
    uint32_t *destination =
        writer->picture.argb + (size_t)(base->next_row + y) * (size_t)writer->picture.argb_stride;
    for (uint32_t x = 0; x < header->width; x++) {
      const uint8_t *pixel = writer->row + x * channels;
      const uint32_t red = pixel[0];
      const uint32_t green = gray ? red : pixel[1];
      const uint32_t blue = gray ? red : pixel[2];
      const uint32_t alpha = has_alpha ? pixel[channels - 1] : 255;
      destination[x] = alpha << 24 | red << 16 | green << 8 | blue;
    }
  }
  return CI_OK;
}

static int32_t encode(struct writer *writer) {
  ci_report *report = &writer->base.report;
  if (WebPEncode(&writer->config, &writer->picture)) {
    return CI_OK;
  }
  switch (writer->picture.error_code) {
  case VP8_ENC_ERROR_OUT_OF_MEMORY:
  case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  case VP8_ENC_ERROR_BAD_WRITE:
    // If the sink has failed, its message is kept; otherwise gathering bytes has failed for lack of memory.
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
  case VP8_ENC_ERROR_PARTITION_OVERFLOW:
  case VP8_ENC_ERROR_FILE_TOO_BIG:
    return ci_fail(report, CI_TOO_LARGE, "the encoded picture is too large for WebP");
  default:
    return ci_fail(report, CI_UNSUPPORTED, "libwebp cannot encode this picture");
  }
}

static WebPMuxError set_chunk(WebPMux *mux, const char *name, const uint8_t *bytes, size_t size) {
  const WebPData data = {bytes, size};
  return WebPMuxSetChunk(mux, name, &data, 0);
}

/// Puts a bare picture into a container with the profile and the metadata.
static int32_t add_chunks(struct writer *writer, const WebPMemoryWriter *bare) {
  ci_report *report = &writer->base.report;
  const WebPData image = {bare->mem, bare->size};
  WebPData assembled;
  WebPDataInit(&assembled);
  WebPMux *mux = WebPMuxNew();
  WebPMuxError status = mux == NULL ? WEBP_MUX_MEMORY_ERROR : WebPMuxSetImage(mux, &image, 0);
  if (status == WEBP_MUX_OK && writer->profile != NULL) {
    status = set_chunk(mux, "ICCP", writer->profile, writer->base.header.icc_size);
  }
  for (size_t i = 0; status == WEBP_MUX_OK && i < writer->block_count; i++) {
    const ci_block *block = &writer->blocks[i];
    const char name[5] = {
        (char)(block->name >> 24), (char)(block->name >> 16), (char)(block->name >> 8),
        (char)block->name, 0};
    status = set_chunk(mux, name, block->bytes, block->size);
  }
  if (status == WEBP_MUX_OK) {
    status = WebPMuxAssemble(mux, &assembled);
  }
  if (status == WEBP_MUX_OK) {
    ci_emit(&writer->base, assembled.bytes, assembled.size);
  } else if (status == WEBP_MUX_MEMORY_ERROR) {
    ci_fail(report, CI_NO_MEMORY, "no memory");
  } else {
    ci_fail(report, CI_UNSUPPORTED, "libwebp cannot add the colour profile or metadata");
  }
  WebPDataClear(&assembled);
  WebPMuxDelete(mux);
  return report->status;
}

static int32_t finish_writer(ci_writer *base) {
  struct writer *writer = (struct writer *)base;
  if (writer->profile == NULL && writer->block_count == 0) {
    writer->picture.writer = write_bytes;
    writer->picture.custom_ptr = base;
    return encode(writer);
  }
  WebPMemoryWriter bare;
  WebPMemoryWriterInit(&bare);
  writer->picture.writer = WebPMemoryWrite;
  writer->picture.custom_ptr = &bare;
  if (encode(writer) == CI_OK) {
    // The pixels are not needed any more.
    WebPPictureFree(&writer->picture);
    add_chunks(writer, &bare);
  }
  WebPMemoryWriterClear(&bare);
  return base->report.status;
}

static void close_writer(ci_writer *base) {
  struct writer *writer = (struct writer *)base;
  WebPPictureFree(&writer->picture);
  free(writer->profile);
  free(writer->blocks);
  free(writer->row);
}

/// Copies the metadata, which are written at the end.
static int copy_blocks(struct writer *writer, const ci_header *header) {
  size_t size = 0;
  for (size_t i = 0; i < header->block_count; i++) {
    size += header->blocks[i].size;
  }
  if (header->block_count == 0) {
    return 1;
  }
  writer->blocks = malloc(header->block_count * sizeof(ci_block) + size);
  if (writer->blocks == NULL) {
    return 0;
  }
  uint8_t *next = (uint8_t *)(writer->blocks + header->block_count);
  for (size_t i = 0; i < header->block_count; i++) {
    memcpy(next, header->blocks[i].bytes, header->blocks[i].size);
    writer->blocks[i] = (ci_block){header->blocks[i].name, next, header->blocks[i].size};
    next += header->blocks[i].size;
  }
  writer->block_count = header->block_count;
  return 1;
}

static void set_up(
    struct writer *writer, const ci_header *header, const ci_webp_options *options) {
  ci_report *report = &writer->base.report;
  if (header->width > WEBP_MAX_DIMENSION || header->height > WEBP_MAX_DIMENSION) {
    ci_fail(report, CI_TOO_LARGE, "a side is longer than WebP's 16383 pixels");
    return;
  }
  if (!WebPConfigInit(&writer->config) || !WebPPictureInit(&writer->picture)) {
    ci_fail(report, CI_UNSUPPORTED, "libwebp is of another version");
    return;
  }
  if (options->lossless) {
    // cwebp's levels of 0...9; 6 is its own choice.
    static const int levels[] = {0, 1, 2, 4, 6, 8, 9};
    WebPConfigLosslessPreset(&writer->config, levels[options->effort]);
    // libwebp changes no colours where it is to keep those of invisible pixels.
    writer->config.exact = options->near_lossless == 100;
    writer->config.near_lossless = options->near_lossless;
  } else {
    writer->config.quality = (float)options->quality;
    writer->config.method = options->effort;
  }
  writer->picture.use_argb = 1;
  writer->picture.width = (int)header->width;
  writer->picture.height = (int)header->height;
  writer->row = malloc((size_t)header->width * (size_t)header->channels);
  if (header->icc != NULL && header->icc_size > 0) {
    writer->profile = malloc(header->icc_size);
    if (writer->profile != NULL) {
      memcpy(writer->profile, header->icc, header->icc_size);
    }
  }
  if (writer->row == NULL || !copy_blocks(writer, header) || !WebPPictureAlloc(&writer->picture) ||
      (header->icc_size > 0 && writer->profile == NULL)) {
    ci_fail(report, CI_NO_MEMORY, "no memory");
  }
}

ci_writer *ci_webp_create(
    const ci_header *header, ci_webp_options options, ci_sink sink, ci_report *report) {
  struct writer *writer = ci_new_writer(sizeof *writer, header, sink, report);
  if (writer == NULL) {
    return NULL;
  }
  writer->base.rows = rows_of_writer;
  writer->base.finish = finish_writer;
  writer->base.close = close_writer;
  set_up(writer, header, &options);
  return ci_created(&writer->base, report);
}
