#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "internal.h"
#include "jpeg_damage.h"
#include "jpeg_guard.h"

// The jump buffer and everything to free are in the reader or writer, on the heap. The functions that
// call setjmp have no local variables.

struct reader {
  ci_reader base;
  struct ci_jpeg_guard guard;
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  const uint8_t *bytes;
  size_t size;
  /// A row before it is converted, of CMYK.
  JSAMPARRAY inks;
  /// Null for the formula.
  ci_ink_converter convert;
  void *convert_context;
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

/// Converts CMYK without a profile: inks reduce light.
///
/// `source` holds what the inks leave, 255 being paper: all programs store them so in JPEG, as Adobe's do,
/// whether they write Adobe's marker or not.
static void convert_cmyk(const uint8_t *source, uint8_t *destination, size_t width) {
  for (size_t x = 0; x < width; x++) {
    const unsigned black = source[4 * x + 3];
    for (size_t c = 0; c < 3; c++) {
      destination[3 * x + c] = (uint8_t)((source[4 * x + c] * black + 127) / 255);
    }
  }
}

/// Converts a row of CMYK, by the profile where there is one.
static void convert_row(struct reader *reader, uint8_t *destination) {
  uint8_t *inks = reader->inks[0];
  const size_t width = reader->jpeg.output_width;
  if (reader->convert == NULL) {
    convert_cmyk(inks, destination, width);
    return;
  }
  for (size_t i = 0; i < 4 * width; i++) {
    inks[i] = (uint8_t)(255 - inks[i]);
  }
  reader->convert(reader->convert_context, inks, destination, width);
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
        convert_row(reader, row);
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

void ci_jpeg_convert_inks(ci_reader *base, ci_ink_converter convert, void *context) {
  struct reader *reader = (struct reader *)base;
  reader->convert = convert;
  reader->convert_context = context;
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
  reader->jpeg.err = ci_jpeg_set_up(&reader->guard, &reader->base.report);
  // Both survive jpeg_create_decompress, which clears the rest.
  reader->jpeg.client_data = reader;
  read_header_guarded(reader);
  return ci_opened(&reader->base, info, report);
}
