#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "internal.h"

// The jump and everything to free are in a struct of the outer function. The function that arms
// setjmp has no locals of its own.

/// Shared by reading and writing, reached through `client_data`.
struct guard {
  struct jpeg_error_mgr errors;
  jmp_buf jump;
  ci_report *report;
};

static _Noreturn void on_error(j_common_ptr common) {
  struct guard *guard = common->client_data;
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  int32_t status = CI_INVALID;
  switch (common->err->msg_code) {
  case JERR_OUT_OF_MEMORY:
  case JERR_NO_BACKING_STORE:
    status = CI_NO_MEMORY;
    break;
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_CCIR601_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_ARITH_NOTIMPL:
  case JERR_COMPONENT_COUNT:
    status = CI_UNSUPPORTED;
    break;
  default:
    break;
  }
  ci_fail(guard->report, status, text);
  longjmp(guard->jump, 1);
}

static void on_message(j_common_ptr common, int level) {
  if (level < 0) {
    struct guard *guard = common->client_data;
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    common->err->num_warnings += 1;
    ci_warn(guard->report, text);
  }
}

static void on_output(j_common_ptr common) { (void)common; }

static struct jpeg_error_mgr *set_up(struct guard *guard, ci_report *report) {
  guard->report = report;
  jpeg_std_error(&guard->errors);
  guard->errors.error_exit = on_error;
  guard->errors.emit_message = on_message;
  guard->errors.output_message = on_output;
  return &guard->errors;
}

// Reading

struct reader {
  struct guard guard;
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  const uint8_t *bytes;
  size_t size;
  const ci_limits *limits;
  uint8_t *pixels;
  size_t capacity;
  ci_info *answer;
};

/// Stops at a number of scans that no camera or tool writes: a scan costs a pass over the whole
/// picture and can be a handful of bytes.
static void count_scans(j_common_ptr common) {
  struct reader *reader = common->client_data;
  const ci_limits *limits = reader->limits;
  const int scans = reader->jpeg.input_scan_number;
  const uint64_t pixels = (uint64_t)reader->answer->width * reader->answer->height;
  if (scans > limits->scans ||
      (scans > limits->scans_of_any && pixels * (uint64_t)scans > limits->scanned_pixels)) {
    ci_fail(reader->guard.report, CI_UNSUPPORTED, "the progressive JPEG has too many scans");
    longjmp(reader->guard.jump, 1);
  }
}

static void read_header(struct reader *reader) {
  j_decompress_ptr jpeg = &reader->jpeg;
  ci_info *answer = reader->answer;
  jpeg->mem->max_memory_to_use = (long)reader->limits->memory;
  jpeg->progress = &reader->progress;
  reader->progress.progress_monitor = count_scans;
  jpeg_mem_src(jpeg, reader->bytes, reader->size);
  jpeg_read_header(jpeg, TRUE);

  answer->width = jpeg->image_width;
  answer->height = jpeg->image_height;
  answer->interlaced = jpeg->progressive_mode;
  answer->depth = 8;
  if (ci_check_size(answer, reader->limits, reader->guard.report) != CI_OK) {
    longjmp(reader->guard.jump, 1);
  }
  switch (jpeg->jpeg_color_space) {
  case JCS_GRAYSCALE:
    jpeg->out_color_space = JCS_GRAYSCALE;
    answer->channels = 1;
    break;
  case JCS_RGB:
  case JCS_YCbCr:
    jpeg->out_color_space = JCS_RGB;
    answer->channels = 3;
    break;
  case JCS_CMYK:
  case JCS_YCCK:
    jpeg->out_color_space = JCS_CMYK;
    answer->channels = 3;
    answer->cmyk = 1;
    break;
  default:
    ci_fail(reader->guard.report, CI_UNSUPPORTED, "the JPEG's colours are of an unknown kind");
    longjmp(reader->guard.jump, 1);
  }
}

/// Ink that takes light away, without a profile. Adobe's files store how much light is left.
static void convert_cmyk(const uint8_t *source, uint8_t *destination, size_t width, int inverted) {
  const unsigned mask = inverted ? 0 : 255;
  for (size_t x = 0; x < width; x++) {
    const unsigned black = source[4 * x + 3] ^ mask;
    for (size_t c = 0; c < 3; c++) {
      destination[3 * x + c] = (uint8_t)(((source[4 * x + c] ^ mask) * black + 127) / 255);
    }
  }
}

static void read_pixels(struct reader *reader) {
  j_decompress_ptr jpeg = &reader->jpeg;
  if (ci_check_capacity(reader->answer, reader->capacity, reader->guard.report) != CI_OK) {
    longjmp(reader->guard.jump, 1);
  }
  jpeg->dct_method = JDCT_ISLOW;
  jpeg_start_decompress(jpeg);
  const size_t row_size = (size_t)jpeg->output_width * (size_t)reader->answer->channels;
  if (jpeg->output_width != reader->answer->width ||
      jpeg->output_height != reader->answer->height ||
      jpeg->output_components != (reader->answer->cmyk ? 4 : reader->answer->channels)) {
    ci_fail(reader->guard.report, CI_INVALID, "the size differs from the header's");
    longjmp(reader->guard.jump, 1);
  }
  JSAMPARRAY inks = NULL;
  if (reader->answer->cmyk) {
    inks = jpeg->mem->alloc_sarray(
        (j_common_ptr)jpeg, JPOOL_IMAGE, jpeg->output_width * 4, 1);
  }
  while (jpeg->output_scanline < jpeg->output_height) {
    uint8_t *row = reader->pixels + (size_t)jpeg->output_scanline * row_size;
    if (inks != NULL) {
      if (jpeg_read_scanlines(jpeg, inks, 1) == 1) {
        convert_cmyk(inks[0], row, jpeg->output_width, jpeg->saw_Adobe_marker);
      }
    } else {
      jpeg_read_scanlines(jpeg, &row, 1);
    }
  }
  // What follows the last row is not of interest: no jpeg_finish_decompress, which would read on.
}

static void read_guarded(struct reader *reader) {
  if (setjmp(reader->guard.jump) == 0) {
    jpeg_create_decompress(&reader->jpeg);
    read_header(reader);
    if (reader->pixels != NULL) {
      read_pixels(reader);
    }
  }
}

int32_t ci_jpeg_read(
    const uint8_t *bytes, size_t size, const ci_limits *limits, uint8_t *pixels, size_t capacity,
    ci_info *info, ci_report *report) {
  ci_begin_read(info, report);
  struct reader reader = {
      .bytes = bytes,
      .size = size,
      .limits = limits,
      .pixels = pixels,
      .capacity = capacity,
      .answer = info,
  };
  reader.jpeg.err = set_up(&reader.guard, report);
  // Both survive jpeg_create_decompress, which clears the rest.
  reader.jpeg.client_data = &reader;
  read_guarded(&reader);
  jpeg_destroy_decompress(&reader.jpeg);
  return report->status;
}

// Writing

struct writer {
  struct guard guard;
  struct jpeg_compress_struct jpeg;
  struct jpeg_destination_mgr destination;
  uint8_t *buffer;
  uint8_t *row;
  const ci_source *source;
  int32_t quality;
  ci_output *output;
};

#define BUFFER_SIZE ((size_t)1 << 16)
#define OPTIMISED_PIXELS ((uint64_t)32 << 20)

static void append(struct writer *writer, size_t size) {
  if (!ci_output_append(writer->output, writer->buffer, size)) {
    ci_fail(writer->guard.report, CI_NO_MEMORY, "no memory");
    longjmp(writer->guard.jump, 1);
  }
}

static void start_output(j_compress_ptr jpeg) {
  struct writer *writer = jpeg->client_data;
  jpeg->dest->next_output_byte = writer->buffer;
  jpeg->dest->free_in_buffer = BUFFER_SIZE;
}

static boolean empty_buffer(j_compress_ptr jpeg) {
  append(jpeg->client_data, BUFFER_SIZE);
  start_output(jpeg);
  return TRUE;
}

static void end_output(j_compress_ptr jpeg) {
  append(jpeg->client_data, BUFFER_SIZE - jpeg->dest->free_in_buffer);
}

static void write_picture(struct writer *writer) {
  j_compress_ptr jpeg = &writer->jpeg;
  const ci_source *source = writer->source;
  const int gray = source->channels <= 2;
  jpeg->dest = &writer->destination;
  writer->destination.init_destination = start_output;
  writer->destination.empty_output_buffer = empty_buffer;
  writer->destination.term_destination = end_output;

  jpeg->image_width = source->width;
  jpeg->image_height = source->height;
  jpeg->input_components = gray ? 1 : 3;
  jpeg->in_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, writer->quality, TRUE);
  // Fitting the Huffman tables to the picture saves some per cent and keeps all coefficients in
  // memory, 6 bytes a pixel at 4:4:4: not for the largest.
  jpeg->optimize_coding = (uint64_t)source->width * source->height <= OPTIMISED_PIXELS;
  jpeg->dct_method = JDCT_ISLOW;
  if (!gray) {
    const int sampling = writer->quality >= 90 ? 1 : 2;
    jpeg->comp_info[0].h_samp_factor = sampling;
    jpeg->comp_info[0].v_samp_factor = sampling;
  }
  jpeg_start_compress(jpeg, TRUE);
  if (source->icc != NULL && source->icc_size > 0) {
    jpeg_write_icc_profile(jpeg, source->icc, (unsigned)source->icc_size);
  }
  for (uint32_t row = 0; row < source->height; row++) {
    ci_row_8bit(source, row, 1, writer->row);
    jpeg_write_scanlines(jpeg, &writer->row, 1);
  }
  jpeg_finish_compress(jpeg);
}

static void write_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    jpeg_create_compress(&writer->jpeg);
    write_picture(writer);
  }
}

int32_t ci_jpeg_write(
    const ci_source *source, int32_t quality, ci_output *output, ci_report *report) {
  ci_begin_write(output, report);
  struct writer writer = {.source = source, .quality = quality, .output = output};
  writer.buffer = malloc(BUFFER_SIZE);
  writer.row = malloc((size_t)source->width * (size_t)source->channels);
  if (writer.buffer == NULL || writer.row == NULL) {
    ci_fail(report, CI_NO_MEMORY, "no memory");
  } else {
    writer.jpeg.err = set_up(&writer.guard, report);
    writer.jpeg.client_data = &writer;
    write_guarded(&writer);
    jpeg_destroy_compress(&writer.jpeg);
  }
  free(writer.buffer);
  free(writer.row);
  return report->status;
}
