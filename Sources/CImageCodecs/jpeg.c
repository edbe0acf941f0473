#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "internal.h"
#include "jpeg_damage.h"

// The jump buffer and everything to free are in the reader or writer, on the heap. The functions that
// call setjmp have no local variables.

/// Shared by reading and writing, reached through `err`: `errors` comes first.
struct guard {
  struct jpeg_error_mgr errors;
  jmp_buf jump;
  ci_report *report;
};

static _Noreturn void on_error(j_common_ptr common) {
  struct guard *guard = (struct guard *)common->err;
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
    common->err->num_warnings += 1;
    if (common->is_decompressor) {
      ci_jpeg_note_warning((j_decompress_ptr)common, ((struct guard *)common->err)->report);
    }
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
  ci_reader base;
  struct guard guard;
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  const uint8_t *bytes;
  size_t size;
  /// A row before it is converted, of CMYK.
  JSAMPARRAY inks;
  /// Whether the decoder wanted more bytes than the file has, and what libjpeg's own source does then.
  int ran_out;
  boolean (*fill)(j_decompress_ptr jpeg);
  /// Where the rows being read go, and how many.
  uint8_t *pixels;
  uint32_t count;
};

/// The file has no more bytes. In the data of a scan, libjpeg's own source gives an end marker; within a
/// segment between two scans that would be taken for its contents, so the decoder is suspended instead.
static boolean fill_source(j_decompress_ptr jpeg) {
  struct reader *reader = jpeg->client_data;
  reader->ran_out = 1;
  return jpeg->unread_marker != 0 && jpeg->input_scan_number > 0 ? FALSE : reader->fill(jpeg);
}

static void skip_in_source(j_decompress_ptr jpeg, long count) {
  struct jpeg_source_mgr *source = jpeg->src;
  const size_t skipped = count <= 0 ? 0
                         : (size_t)count < source->bytes_in_buffer ? (size_t)count
                                                                   : source->bytes_in_buffer;
  source->next_input_byte += skipped;
  source->bytes_in_buffer -= skipped;
}

/// Refuses more scans than any camera or tool writes: a scan of a few bytes takes a pass over the whole
/// picture.
static void count_scans(j_common_ptr common) {
  struct reader *reader = (struct reader *)common->client_data;
  const ci_limits *limits = &reader->base.limits;
  const int scans = reader->jpeg.input_scan_number;
  const uint64_t pixels = (uint64_t)reader->base.info.width * reader->base.info.height;
  if (scans > limits->scans ||
      (scans > limits->scans_of_any && pixels * (uint64_t)scans > limits->scanned_pixels)) {
    ci_fail(reader->guard.report, CI_UNSUPPORTED, "the progressive JPEG has too many scans");
    longjmp(reader->guard.jump, 1);
  }
}

/// Bytes that libjpeg holds while it decodes.
static uint64_t decoding_memory(j_decompress_ptr jpeg) {
  // The rows of blocks in work. Measured: 0.7 MiB, 2.8 MiB at a width of 65,500.
  uint64_t memory = ((uint64_t)1 << 20) + (uint64_t)jpeg->image_width * 64;
  // The coefficients, where they come in several scans. Measured with 24 million pixels: 6.04 bytes
  // a pixel in all at 4:4:4, 3.05 at 4:2:0, 8.05 for CMYK, 2.03 for gray.
  if (jpeg_has_multiple_scans(jpeg)) {
    for (int i = 0; i < jpeg->num_components; i++) {
      const jpeg_component_info *component = &jpeg->comp_info[i];
      const uint64_t across = component->width_in_blocks + (uint64_t)component->h_samp_factor - 1;
      const uint64_t down = component->height_in_blocks + (uint64_t)component->v_samp_factor - 1;
      memory += across * down * sizeof(JBLOCK);
    }
  }
  return memory;
}

static void read_header(struct reader *reader) {
  j_decompress_ptr jpeg = &reader->jpeg;
  ci_info *answer = &reader->base.info;
  jpeg->mem->max_memory_to_use = (long)reader->base.limits.memory;
  jpeg->progress = &reader->progress;
  reader->progress.progress_monitor = count_scans;
  jpeg_mem_src(jpeg, reader->bytes, reader->size);
  reader->fill = jpeg->src->fill_input_buffer;
  jpeg->src->fill_input_buffer = fill_source;
  jpeg->src->skip_input_data = skip_in_source;
  jpeg_read_header(jpeg, TRUE);

  answer->width = jpeg->image_width;
  answer->height = jpeg->image_height;
  answer->interlaced = jpeg->progressive_mode;
  answer->depth = 8;
  if (ci_check_size(answer, &reader->base.limits, reader->guard.report) != CI_OK) {
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
  answer->memory = decoding_memory(jpeg);
}

/// Converts CMYK without a profile: inks reduce light. Adobe's files store inverted values.
static void convert_cmyk(const uint8_t *source, uint8_t *destination, size_t width, int inverted) {
  const unsigned mask = inverted ? 0 : 255;
  for (size_t x = 0; x < width; x++) {
    const unsigned black = source[4 * x + 3] ^ mask;
    for (size_t c = 0; c < 3; c++) {
      destination[3 * x + c] = (uint8_t)(((source[4 * x + c] ^ mask) * black + 127) / 255);
    }
  }
}

static void start_rows(struct reader *reader) {
  j_decompress_ptr jpeg = &reader->jpeg;
  const ci_info *info = &reader->base.info;
  jpeg->dct_method = JDCT_ISLOW;
  if (!jpeg_start_decompress(jpeg)) {
    // Suspended within a segment: what came before it is the picture.
    jpeg->unread_marker = 0xD9;
    jpeg_start_decompress(jpeg);
  }
  if (reader->ran_out && jpeg_has_multiple_scans(jpeg)) {
    ci_jpeg_note_missing_scans(jpeg, reader->guard.report);
  }
  if (jpeg->output_width != info->width || jpeg->output_height != info->height ||
      jpeg->output_components != (info->cmyk ? 4 : info->channels)) {
    ci_fail(reader->guard.report, CI_INVALID, "the size differs from the header's");
    longjmp(reader->guard.jump, 1);
  }
  if (info->cmyk) {
    reader->inks = jpeg->mem->alloc_sarray(
        (j_common_ptr)jpeg, JPOOL_IMAGE, jpeg->output_width * 4, 1);
  }
}

static void read_rows(struct reader *reader) {
  j_decompress_ptr jpeg = &reader->jpeg;
  if (reader->base.next_row == 0) {
    start_rows(reader);
  }
  const size_t row_size = ci_row_size(&reader->base.info);
  const uint32_t first = reader->base.next_row;
  while (jpeg->output_scanline < first + reader->count) {
    uint8_t *row = reader->pixels + (size_t)(jpeg->output_scanline - first) * row_size;
    if (reader->inks != NULL) {
      if (jpeg_read_scanlines(jpeg, reader->inks, 1) == 1) {
        convert_cmyk(reader->inks[0], row, jpeg->output_width, jpeg->saw_Adobe_marker);
      }
    } else {
      jpeg_read_scanlines(jpeg, &row, 1);
    }
  }
  // jpeg_finish_decompress is not called, since it would read what follows the last row.
}

static void read_header_guarded(struct reader *reader) {
  if (setjmp(reader->guard.jump) == 0) {
    jpeg_create_decompress(&reader->jpeg);
    read_header(reader);
  }
}

static void read_rows_guarded(struct reader *reader) {
  if (setjmp(reader->guard.jump) == 0) {
    read_rows(reader);
  }
}

static int32_t rows_of_reader(ci_reader *base, uint8_t *pixels, uint32_t count) {
  struct reader *reader = (struct reader *)base;
  reader->pixels = pixels;
  reader->count = count;
  read_rows_guarded(reader);
  return base->report.status;
}

static void close_reader(ci_reader *base) {
  jpeg_destroy_decompress(&((struct reader *)base)->jpeg);
}

ci_reader *ci_jpeg_open(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_info *info,
    ci_report *report) {
  struct reader *reader = ci_new_reader(sizeof *reader, limits, info, report);
  if (reader == NULL) {
    return NULL;
  }
  reader->base.rows = rows_of_reader;
  reader->base.close = close_reader;
  reader->bytes = bytes;
  reader->size = size;
  reader->jpeg.err = set_up(&reader->guard, &reader->base.report);
  // Both survive jpeg_create_decompress, which clears the rest.
  reader->jpeg.client_data = reader;
  read_header_guarded(reader);
  return ci_opened(&reader->base, info, report);
}

// Writing

struct writer {
  ci_writer base;
  struct guard guard;
  struct jpeg_compress_struct jpeg;
  struct jpeg_destination_mgr destination;
  uint8_t *buffer;
  uint8_t *row;
  int32_t quality;
  int32_t optimised;
  const uint8_t *profile;
  const uint8_t *pixels;
  uint32_t count;
};

#define BUFFER_SIZE ((size_t)1 << 16)

static void append(struct writer *writer, size_t size) {
  if (ci_emit(&writer->base, writer->buffer, size) != CI_OK) {
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

static void write_header(struct writer *writer) {
  j_compress_ptr jpeg = &writer->jpeg;
  const ci_header *header = &writer->base.header;
  const int gray = header->channels <= 2;
  jpeg->dest = &writer->destination;
  writer->destination.init_destination = start_output;
  writer->destination.empty_output_buffer = empty_buffer;
  writer->destination.term_destination = end_output;

  jpeg->image_width = header->width;
  jpeg->image_height = header->height;
  jpeg->input_components = gray ? 1 : 3;
  jpeg->in_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, writer->quality, TRUE);
  jpeg->optimize_coding = writer->optimised != 0;
  jpeg->dct_method = JDCT_ISLOW;
  if (!gray) {
    const int sampling = writer->quality >= 90 ? 1 : 2;
    jpeg->comp_info[0].h_samp_factor = sampling;
    jpeg->comp_info[0].v_samp_factor = sampling;
  }
  jpeg_start_compress(jpeg, TRUE);
  if (writer->profile != NULL && header->icc_size > 0) {
    jpeg_write_icc_profile(jpeg, writer->profile, (unsigned)header->icc_size);
  }
}

static void write_rows(struct writer *writer) {
  const ci_header *header = &writer->base.header;
  const size_t row_size =
      (size_t)header->width * (size_t)header->channels * (size_t)(header->depth / 8);
  for (uint32_t row = 0; row < writer->count; row++) {
    ci_row_8bit(header, writer->pixels + row * row_size, 1, writer->row);
    jpeg_write_scanlines(&writer->jpeg, &writer->row, 1);
  }
}

static void write_header_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    jpeg_create_compress(&writer->jpeg);
    write_header(writer);
  }
}

static void write_rows_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    write_rows(writer);
  }
}

static void write_end_guarded(struct writer *writer) {
  if (setjmp(writer->guard.jump) == 0) {
    jpeg_finish_compress(&writer->jpeg);
  }
}

static int32_t rows_of_writer(ci_writer *base, const uint8_t *pixels, uint32_t count) {
  struct writer *writer = (struct writer *)base;
  writer->pixels = pixels;
  writer->count = count;
  write_rows_guarded(writer);
  return base->report.status;
}

static int32_t finish_writer(ci_writer *base) {
  write_end_guarded((struct writer *)base);
  return base->report.status;
}

static void close_writer(ci_writer *base) {
  struct writer *writer = (struct writer *)base;
  jpeg_destroy_compress(&writer->jpeg);
  free(writer->buffer);
  free(writer->row);
}

ci_writer *ci_jpeg_create(
    const ci_header *header, int32_t quality, int32_t optimised, ci_sink sink,
    ci_report *report) {
  struct writer *writer = ci_new_writer(sizeof *writer, header, sink, report);
  if (writer == NULL) {
    return NULL;
  }
  writer->base.rows = rows_of_writer;
  writer->base.finish = finish_writer;
  writer->base.close = close_writer;
  writer->quality = quality;
  writer->optimised = optimised;
  writer->profile = header->icc;
  writer->buffer = malloc(BUFFER_SIZE);
  writer->row = malloc((size_t)header->width * (size_t)header->channels);
  if (writer->buffer == NULL || writer->row == NULL) {
    ci_fail(&writer->base.report, CI_NO_MEMORY, "no memory");
  } else {
    writer->jpeg.err = set_up(&writer->guard, &writer->base.report);
    writer->jpeg.client_data = writer;
    write_header_guarded(writer);
  }
  writer->profile = NULL;
  return ci_created(&writer->base, report);
}
