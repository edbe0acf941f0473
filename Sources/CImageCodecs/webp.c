#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "internal.h"

// libwebp answers with status codes and never jumps.

// Reading

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
    size_t *size) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, name, 1, &chunk)) {
    *bytes = ci_copy_metadata(chunk.chunk.bytes, chunk.chunk.size, limits);
    *size = *bytes == NULL ? 0 : chunk.chunk.size;
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

int32_t ci_webp_read(
    const uint8_t *bytes, size_t size, const ci_limits *limits, uint8_t *pixels, size_t capacity,
    ci_info *info, ci_report *report) {
  ci_begin_read(info, report);
  WebPBitstreamFeatures features;
  const VP8StatusCode parsed = WebPGetFeatures(bytes, size, &features);
  if (parsed != VP8_STATUS_OK) {
    return fail_reading(report, parsed);
  }
  info->width = (uint32_t)features.width;
  info->height = (uint32_t)features.height;
  info->depth = 8;
  info->channels = features.has_alpha || features.has_animation ? 4 : 3;
  if (ci_check_size(info, limits, report) != CI_OK ||
      (pixels != NULL && ci_check_capacity(info, capacity, report) != CI_OK)) {
    return report->status;
  }

  // A still picture decodes even where its container is not quite in order, then without metadata.
  const WebPData data = {bytes, size};
  WebPDemuxer *demuxer = WebPDemux(&data);
  if (demuxer != NULL) {
    read_chunk(demuxer, "ICCP", limits, &info->icc, &info->icc_size);
    read_chunk(demuxer, "EXIF", limits, &info->exif, &info->exif_size);
    info->frames = (int32_t)WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
  }
  if (features.has_animation) {
    if (demuxer == NULL) {
      ci_fail(report, CI_INVALID, "the animation is damaged or cut short");
    } else if (pixels != NULL) {
      decode_first_frame(demuxer, info, pixels, capacity, report);
    }
  } else if (pixels != NULL) {
    decode(&data, info->channels, pixels, capacity / info->height, capacity, report);
  }
  WebPDemuxDelete(demuxer);
  return report->status;
}

// Writing

static int write_bytes(const uint8_t *bytes, size_t size, const WebPPicture *picture) {
  return ci_output_append(picture->custom_ptr, bytes, size);
}

/// Fills the encoder's ARGB rows from `source`.
static int import(const ci_source *source, WebPPicture *picture) {
  const size_t channels = (size_t)source->channels;
  const int gray = channels <= 2;
  const int has_alpha = channels == 2 || channels == 4;
  uint8_t *row = malloc((size_t)source->width * channels);
  if (row == NULL) {
    return 0;
  }
  for (uint32_t y = 0; y < source->height; y++) {
    ci_row_8bit(source, y, 0, row);
    uint32_t *destination = picture->argb + (size_t)y * (size_t)picture->argb_stride;
    for (uint32_t x = 0; x < source->width; x++) {
      const uint8_t *pixel = row + x * channels;
      const uint32_t red = pixel[0];
      const uint32_t green = gray ? red : pixel[1];
      const uint32_t blue = gray ? red : pixel[2];
      const uint32_t alpha = has_alpha ? pixel[channels - 1] : 255;
      destination[x] = alpha << 24 | red << 16 | green << 8 | blue;
    }
  }
  free(row);
  return 1;
}

static int32_t encode(
    const ci_source *source, const WebPConfig *config, WebPPicture *picture, ci_report *report) {
  picture->use_argb = 1;
  picture->width = (int)source->width;
  picture->height = (int)source->height;
  if (!WebPPictureAlloc(picture) || !import(source, picture)) {
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  }
  if (WebPEncode(config, picture)) {
    return CI_OK;
  }
  switch (picture->error_code) {
  case VP8_ENC_ERROR_OUT_OF_MEMORY:
  case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
  case VP8_ENC_ERROR_BAD_WRITE:
    return ci_fail(report, CI_NO_MEMORY, "no memory");
  case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
  case VP8_ENC_ERROR_PARTITION_OVERFLOW:
  case VP8_ENC_ERROR_FILE_TOO_BIG:
    return ci_fail(report, CI_TOO_LARGE, "the encoded picture is too large for WebP");
  default:
    return ci_fail(report, CI_UNSUPPORTED, "libwebp cannot encode this picture");
  }
}

/// Puts the bare picture in `output` into a container with the profile.
static int32_t add_profile(const ci_source *source, ci_output *output, ci_report *report) {
  const size_t size = output->size;
  uint8_t *bare = malloc(size);
  WebPMux *mux = WebPMuxNew();
  WebPData assembled;
  WebPDataInit(&assembled);
  if (bare != NULL && mux != NULL) {
    ci_output_take(output, bare);
    const WebPData image = {bare, size};
    const WebPData profile = {source->icc, source->icc_size};
    if (WebPMuxSetImage(mux, &image, 0) == WEBP_MUX_OK &&
        WebPMuxSetChunk(mux, "ICCP", &profile, 0) == WEBP_MUX_OK &&
        WebPMuxAssemble(mux, &assembled) == WEBP_MUX_OK) {
      if (!ci_output_append(output, assembled.bytes, assembled.size)) {
        ci_fail(report, CI_NO_MEMORY, "no memory");
      }
    } else {
      ci_fail(report, CI_UNSUPPORTED, "libwebp cannot add the colour profile");
    }
  } else {
    ci_fail(report, CI_NO_MEMORY, "no memory");
  }
  WebPDataClear(&assembled);
  WebPMuxDelete(mux);
  free(bare);
  return report->status;
}

int32_t ci_webp_write(
    const ci_source *source, int32_t quality, int32_t lossless, ci_output *output,
    ci_report *report) {
  ci_begin_write(output, report);
  if (source->width > WEBP_MAX_DIMENSION || source->height > WEBP_MAX_DIMENSION) {
    return ci_fail(report, CI_TOO_LARGE, "a side is longer than WebP's 16383 pixels");
  }
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
    return ci_fail(report, CI_UNSUPPORTED, "libwebp is of another version");
  }
  if (lossless) {
    // For lossless, quality is effort. Level 6 of 0...9 is cwebp's own choice.
    WebPConfigLosslessPreset(&config, 6);
    config.exact = 1;
  } else {
    config.quality = (float)quality;
  }
  picture.writer = write_bytes;
  picture.custom_ptr = output;
  encode(source, &config, &picture, report);
  WebPPictureFree(&picture);
  if (report->status == CI_OK && source->icc != NULL && source->icc_size > 0) {
    add_profile(source, output, report);
  }
  return report->status;
}
