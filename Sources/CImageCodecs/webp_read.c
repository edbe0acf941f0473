#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "internal.h"

// libwebp answers with status codes and never jumps.

static int32_t fail_reading(ci_report *report, VP8StatusCode status) {
  switch (status) {
  case VP8_STATUS_OUT_OF_MEMORY:
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  case VP8_STATUS_SUSPENDED:
  case VP8_STATUS_NOT_ENOUGH_DATA:
    return ci_fail(report, CI_INVALID, "the file is cut short");
  case VP8_STATUS_UNSUPPORTED_FEATURE:
    return ci_fail(report, CI_UNSUPPORTED, "the WebP uses a feature that is not supported");
  default:
    return ci_fail(report, CI_INVALID, "the WebP data is damaged");
  }
}

static void read_chunk(
    const WebPDemuxer *demuxer, const char *name, const ci_limits *limits, uint8_t **bytes,
    size_t *size, ci_report *report) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, name, 1, &chunk)) {
    if (chunk.chunk.size > limits->metadata && strcmp(name, "ICCP") == 0) {
      ci_note_profile(report, "larger than 4 MiB");
    }
    *bytes = ci_copy_metadata(chunk.chunk.bytes, chunk.chunk.size, limits);
    *size = *bytes == NULL ? 0 : chunk.chunk.size;
    if (*bytes == NULL && chunk.chunk.size > 0 && chunk.chunk.size <= limits->metadata) {
      ci_fail(report, CI_NO_MEMORY, "no memory");
    }
    WebPDemuxReleaseChunkIterator(&chunk);
  }
}

/// Decodes `data` to where `pixels` points, in rows that are `stride` apart.
static int32_t decode(
    const WebPData *data, int channels, uint8_t *pixels, size_t stride, size_t size,
    ci_report *report) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    return ci_fail(report, CI_UNSUPPORTED, "libwebp is of another version");
  }
  config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)stride;
  config.output.u.RGBA.size = size;
  const VP8StatusCode status = WebPDecode(data->bytes, data->size, &config);
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK ? CI_OK : fail_reading(report, status);
}

/// The first frame in its place on the canvas, which is transparent around it.
static int32_t decode_first_frame(
    const WebPDemuxer *demuxer, const ci_info *info, uint8_t *pixels, size_t capacity,
    ci_report *report) {
  WebPIterator frame;
  if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
    return ci_fail(report, CI_INVALID, "the animation has no complete frame");
  }
  const size_t stride = (size_t)info->width * 4;
  const size_t offset = (size_t)frame.y_offset * stride + (size_t)frame.x_offset * 4;
  int32_t status;
  // The demuxer has checked this. It decides where memory is written, so it is checked here too.
  if (frame.x_offset < 0 || frame.y_offset < 0 || frame.width <= 0 || frame.height <= 0 ||
      (uint64_t)frame.x_offset + (uint64_t)frame.width > info->width ||
      (uint64_t)frame.y_offset + (uint64_t)frame.height > info->height) {
    status = ci_fail(report, CI_INVALID, "the first frame lies outside the canvas");
  } else {
    WebPBitstreamFeatures features;
    const VP8StatusCode parsed =
        WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features);
    if (parsed != VP8_STATUS_OK) {
      status = fail_reading(report, parsed);
    } else if (features.width != frame.width || features.height != frame.height) {
      status = ci_fail(report, CI_INVALID, "the first frame does not have the size it claims");
    } else {
      status = decode(&frame.fragment, 4, pixels + offset, stride, capacity - offset, report);
    }
  }
  WebPDemuxReleaseIterator(&frame);
  return status;
}

/// Bytes that libwebp holds while it decodes.
static uint64_t decoding_memory(const WebPBitstreamFeatures *features) {
  // Measured with 16 million pixels: 0.05 bytes a pixel for lossy, 1.15 with alpha, 4.06 for
  // lossless, a photo and noise alike. Alpha that is coded without a palette takes 4 more bytes
  // than its plane, by libwebp's source.
  enum { LOSSY = 1, LOSSLESS = 2 };
  const uint64_t pixels = (uint64_t)features->width * (uint64_t)features->height;
  const uint64_t rows = ((uint64_t)1 << 20) + (uint64_t)features->width * 256;
  if (features->format == LOSSLESS) {
    return rows + 4 * pixels;
  }
  return rows + (features->format != LOSSY || features->has_alpha ? 5 * pixels : 0);
}

struct reader {
  ci_reader base;
  WebPData data;
  /// Null where the container of a still picture has faults.
  WebPDemuxer *demuxer;
  int is_animation;
};

/// Whether the container says that there is more than the file has.
static int is_cut(const WebPData *data) {
  const uint8_t *bytes = data->bytes;
  if (data->size < 12 || memcmp(bytes, "RIFF", 4) != 0) {
    return 0;
  }
  const uint64_t claimed = (uint64_t)bytes[4] | (uint64_t)bytes[5] << 8 | (uint64_t)bytes[6] << 16 |
                           (uint64_t)bytes[7] << 24;
  return claimed + 8 > data->size;
}

/// Leaves of a cut file the picture, or the first frame, if all of it is there: what is missing is behind it.
static void take_first_frame(struct reader *reader) {
  ci_report *report = &reader->base.report;
  WebPDemuxState state;
  WebPDemuxDelete(reader->demuxer);
  reader->demuxer = WebPDemuxPartial(&reader->data, &state);
  WebPIterator frame;
  if (reader->demuxer == NULL || !WebPDemuxGetFrame(reader->demuxer, 1, &frame)) {
    ci_fail(report, CI_INVALID, "the file is cut short");
    return;
  }
  report->lacks_end = 1;
  if (!reader->is_animation) {
    reader->data = frame.fragment;
  }
  WebPDemuxReleaseIterator(&frame);
}

static int32_t rows_of_reader(ci_reader *base, uint8_t *pixels, uint32_t count) {
  struct reader *reader = (struct reader *)base;
  const size_t row_size = ci_row_size(&base->info);
  if (reader->is_animation) {
    return decode_first_frame(
        reader->demuxer, &base->info, pixels, row_size * count, &base->report);
  }
  return decode(
      &reader->data, base->info.channels, pixels, row_size, row_size * count, &base->report);
}

static void close_reader(ci_reader *base) { WebPDemuxDelete(((struct reader *)base)->demuxer); }

static void read_header(struct reader *reader) {
  ci_info *info = &reader->base.info;
  ci_report *report = &reader->base.report;
  WebPBitstreamFeatures features;
  const VP8StatusCode parsed =
      WebPGetFeatures(reader->data.bytes, reader->data.size, &features);
  if (parsed != VP8_STATUS_OK) {
    fail_reading(report, parsed);
    return;
  }
  info->width = (uint32_t)features.width;
  info->height = (uint32_t)features.height;
  info->depth = 8;
  info->channels = features.has_alpha || features.has_animation ? 4 : 3;
  info->whole = 1;
  info->memory = decoding_memory(&features);
  if (ci_check_size(info, &reader->base.limits, report) != CI_OK) {
    return;
  }
  // A still picture is decoded even where its container has faults, but without metadata.
  reader->is_animation = features.has_animation;
  reader->demuxer = WebPDemux(&reader->data);
  if (reader->demuxer != NULL) {
    read_chunk(
        reader->demuxer, "ICCP", &reader->base.limits, &info->icc, &info->icc_size, report);
    info->frames = (int32_t)WebPDemuxGetI(reader->demuxer, WEBP_FF_FRAME_COUNT);
  } else if (is_cut(&reader->data)) {
    take_first_frame(reader);
    info->frames = reader->demuxer == NULL
                       ? 1
                       : (int32_t)WebPDemuxGetI(reader->demuxer, WEBP_FF_FRAME_COUNT);
  } else if (features.has_animation) {
    ci_fail(report, CI_INVALID, "the animation is damaged or cut short");
  }
}

ci_reader *ci_webp_open(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_info *info,
    ci_report *report) {
  struct reader *reader = ci_new_reader(sizeof *reader, limits, info, report);
  if (reader == NULL) {
    return NULL;
  }
  reader->base.rows = rows_of_reader;
  reader->base.close = close_reader;
  reader->data = (WebPData){bytes, size};
  read_header(reader);
  return ci_opened(&reader->base, info, report);
}
