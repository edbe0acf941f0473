// One C call for each picture that is read or written, memory to memory.
//
// libpng and libjpeg report errors by longjmp, which must not cross a Swift frame. So every call
// here keeps setjmp, the library and its callbacks inside C, and answers with a status and text.
//
// Ownership: the caller owns the bytes it passes in and the pixels it asks to be filled or written.
// What a call puts into `ci_info` belongs to the caller, who releases it with `ci_info_release`,
// after failures too. A reader keeps the pointer to the file's bytes until it is closed; nothing
// else is kept. Readers and writers are closed by the caller, after failures too.
#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum ci_status {
  CI_OK = 0,
  /// The bytes are broken, or cut short.
  CI_INVALID = 1,
  /// More pixels or a longer side than `ci_limits` allows; `ci_info` holds the size.
  CI_TOO_LARGE = 2,
  /// Memory ran out, or the picture wants more than `ci_limits` allows.
  CI_NO_MEMORY = 3,
  /// A well-formed picture of a kind that the library does not read or write.
  CI_UNSUPPORTED = 4,
  /// What takes the encoded bytes refused them.
  CI_SINK_FAILED = 5,
};

/// The damage of a picture's pixels in a call that did not fail. All zero for a picture that is whole.
typedef struct ci_damage {
  /// How many of the last rows, as stored, are missing in the file or incomplete: the decoder has filled
  /// them in.
  uint32_t missing_rows;
  /// All rows are there, but the finer detail or the colour of some is not in the file.
  int32_t lacks_detail;
  /// The data are inconsistent: some pixels may be wrong.
  int32_t altered;
} ci_damage;

/// What happened. Zeroed by the call before use.
typedef struct ci_report {
  int32_t status;
  /// PNG: the colour profile has a flaw.
  int32_t flawed_profile;
  /// PNG, WebP: every pixel is there, and the file ends before its end.
  int32_t lacks_end;
  /// PNG: every pixel is there, and what follows the pixels is damaged.
  int32_t flawed_end;
  ci_damage damage;
  /// Why the call failed, in the library's words.
  char message[200];
  /// What is wrong with the colour profile, in the library's words.
  char profile_flaw[200];
} ci_report;

/// Limits that a picture's header is checked against, before memory for its pixels is used.
typedef struct ci_limits {
  uint64_t pixels;
  uint32_t side;
  /// JPEG: scans of a progressive picture. Each takes time, and may take only a few bytes of the file.
  int32_t scans;
  /// JPEG: scans that a picture of any size may have, below `scans`.
  int32_t scans_of_any;
  /// JPEG: beyond those, scans times pixels.
  uint64_t scanned_pixels;
  /// Bytes that a library may hold besides the pixel buffer; only libjpeg has such a limit.
  uint64_t memory;
  /// Larger ICC profiles are left out.
  uint64_t metadata;
} ci_limits;

/// A picture as it will be decoded, by its header.
typedef struct ci_info {
  uint32_t width;
  uint32_t height;
  /// 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  int32_t channels;
  /// Bits in a decoded sample: 8, or 16 in native byte order.
  int32_t depth;
  /// PNG: Adam7. JPEG: progressive.
  int32_t interlaced;
  /// WebP: frames of an animation, 1 of a still picture.
  int32_t frames;
  /// JPEG: stored as CMYK or YCCK, converted to RGB.
  int32_t cmyk;
  /// PNG and WebP only: a JPEG's profile is read in Swift.
  uint8_t *_Nullable icc;
  size_t icc_size;
  /// Rows can only be read all at once: interlaced PNG, WebP.
  int32_t whole;
  /// Bytes that the library holds while it reads the rows.
  uint64_t memory;
} ci_info;

void ci_info_release(ci_info *info);

/// Fills `size` bytes with zeros, of large buffers without making their pages resident.
///
/// A header of fifty bytes can claim a hundred million pixels: memory that no decoder writes to should not
/// become resident.
void ci_zero(uint8_t *bytes, size_t size);

/// A picture being read from the top on.
typedef struct ci_reader ci_reader;

/// Reads a header. Null on failure.
///
/// `bytes` must stay valid until the reader is closed.
ci_reader *_Nullable ci_png_open(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_info *info, ci_report *report);
ci_reader *_Nullable ci_jpeg_open(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_info *info, ci_report *report);
ci_reader *_Nullable ci_webp_open(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_info *info, ci_report *report);

/// Reads the header of a PNG that is read from its file piece by piece.
///
/// The descriptor's position is the start of the file; the reader moves it and keeps a duplicate.
ci_reader *_Nullable ci_png_open_file(
    int descriptor, const ci_limits *limits, ci_info *info, ci_report *report);

/// Whether all rows of a PNG are present, by decoding them without keeping them: for a file without an end
/// marker, which may lack nothing else.
int32_t ci_png_has_all_rows(
    const uint8_t *bytes, size_t size, const ci_limits *limits, ci_report *report);

/// Decodes the next `count` rows; all of them at once where the header said `whole`.
///
/// `pixels` must be zeroed and hold `count * width * channels * depth / 8` bytes. Rows have no
/// padding. Null for an interlaced PNG whose pixels are not needed: all rows are decoded and none is kept.
/// On failure the contents of `pixels` are of no use, and nothing more can be read. The
/// report holds the complaints of all calls.
int32_t ci_reader_rows(
    ci_reader *reader, uint8_t *_Nullable pixels, uint32_t count, ci_report *report);
void ci_reader_close(ci_reader *_Nullable reader);

/// Converts `count` pixels from inks, 255 being most, to red, green and blue.
typedef void (*ci_ink_converter)(
    void *context, const uint8_t *inks, uint8_t *pixels, size_t count);

/// Sets how the rows of a CMYK JPEG are converted, before the first is read; by a formula if nothing is set.
void ci_jpeg_convert_inks(ci_reader *reader, ci_ink_converter convert, void *context);

/// A block of metadata to write.
typedef struct ci_block {
  /// PNG and WebP: the four letters of the chunk's name, the first in the highest byte. JPEG: the second
  /// byte of the segment's marker.
  uint32_t name;
  const uint8_t *bytes;
  size_t size;
} ci_block;

/// A picture to write.
typedef struct ci_header {
  uint32_t width;
  uint32_t height;
  int32_t channels;
  int32_t depth;
  const uint8_t *_Nullable icc;
  size_t icc_size;
  /// Metadata, in the order in which they are written.
  const ci_block *_Nullable blocks;
  size_t block_count;
  /// JPEG: the unit of JFIF's density, 0 to 2, and the density; zeros for none.
  int32_t density_unit;
  uint16_t density_x;
  uint16_t density_y;
  /// PNG: chunks for colours, which are written before the profile.
  const ci_block *_Nullable colour_chunks;
  size_t colour_chunk_count;
} ci_header;

/// Takes encoded bytes; any answer but 0 stops the writing.
typedef struct ci_sink {
  void *_Nullable context;
  int32_t (*write)(void *_Nullable context, const uint8_t *bytes, size_t size);
} ci_sink;

/// A picture being written from the top on.
typedef struct ci_writer ci_writer;

/// 8 or 16 bits as the header says. `level` is zlib's, 0 to 9. The profile is written at once.
ci_writer *_Nullable ci_png_create(
    const ci_header *header, int32_t level, ci_sink sink, ci_report *report);
typedef struct ci_jpeg_options {
  int32_t quality;
  /// Huffman tables are fitted to the picture: all coefficients are kept until the end.
  int32_t optimised;
  /// In several scans, as jpeg_simple_progression has them: coefficients are kept, tables are fitted.
  int32_t progressive;
  /// Brightness samples beside and below each other for each colour sample.
  int32_t across;
  int32_t down;
} ci_jpeg_options;

/// 8 bits. Transparent pixels are blended with white.
ci_writer *_Nullable ci_jpeg_create(
    const ci_header *header, ci_jpeg_options options, ci_sink sink, ci_report *report);

typedef struct ci_webp_options {
  int32_t quality;
  int32_t lossless;
  /// Of lossless ones: 0 for the most change of colours to 100 for none. Below 100 the colour of invisible
  /// pixels is lost.
  int32_t near_lossless;
  /// 0 to 6.
  int32_t effort;
} ci_webp_options;

/// 8 bits, gray as RGB. Lossless keeps the colour of invisible pixels too. All pixels are gathered,
/// and encoded at the end.
ci_writer *_Nullable ci_webp_create(
    const ci_header *header, ci_webp_options options, ci_sink sink, ci_report *report);

/// Writes the next `count` rows: without padding, 16-bit samples in native byte order.
int32_t ci_writer_rows(
    ci_writer *writer, const uint8_t *pixels, uint32_t count, ci_report *report);
/// Writes what is left. All rows must have been written.
int32_t ci_writer_finish(ci_writer *writer, ci_report *report);
void ci_writer_close(ci_writer *_Nullable writer);

/// Frees what a call below has answered.
void ci_release(uint8_t *_Nullable bytes);

/// What an EXIF block says, as libexif reads it.
typedef struct ci_exif {
  /// 1 to 8, 0 for none.
  int32_t orientation;
  /// 1 for none, 2 for inches, 3 for centimetres.
  int32_t density_unit;
  /// 0 for none.
  double density_x;
  double density_y;
  /// PixelXDimension and PixelYDimension; -1 for none.
  int64_t width;
  int64_t height;
  int32_t has_place;
  int32_t has_maker_note;
  int32_t has_comment;
  /// Where the thumbnail lies in the block.
  size_t thumbnail_offset;
  size_t thumbnail_size;
} ci_exif;

/// Reads an EXIF block, from its TIFF header on. Of more than 64 KiB only the first directory is read.
///
/// Returns whether it is one. Takes no more than some MiB, whatever the block says.
int32_t ci_exif_read(const uint8_t *bytes, size_t size, ci_exif *exif);

/// What is to be different in an EXIF block. The orientation becomes 1 and the thumbnail is left out.
typedef struct ci_exif_changes {
  /// Replace the dimensions that the block has.
  uint32_t width;
  uint32_t height;
  /// As in `ci_exif`; 0 to change nothing. The densities are numerator and denominator.
  int32_t density_unit;
  uint32_t density_x[2];
  uint32_t density_y[2];
  /// The user's comment in UTF-16; nothing to change nothing.
  const uint16_t *_Nullable comment;
  size_t comment_size;
} ci_exif_changes;

/// Writes an EXIF block anew by libexif, or a new one where `bytes` is null.
///
/// Entries move, so that offsets within a maker's note may be wrong in the new block. The answer is to be
/// freed; null for what is no EXIF, and without memory.
uint8_t *_Nullable ci_exif_write(
    const uint8_t *_Nullable bytes, size_t size, const ci_exif_changes *changes, size_t *written);

/// Inflates a zlib stream of at most `limit` bytes. The answer is to be freed; null for a damaged or longer
/// one, and without memory.
uint8_t *_Nullable ci_inflate(
    const uint8_t *bytes, size_t size, size_t limit, size_t *inflated);
/// Makes a zlib stream. The answer is to be freed; null without memory.
uint8_t *_Nullable ci_deflate(const uint8_t *bytes, size_t size, size_t *deflated);
/// The checksum of PNG's chunks.
uint32_t ci_crc32(const uint8_t *bytes, size_t size);

#pragma clang assume_nonnull end

#endif
