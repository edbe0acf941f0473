// One C call for each picture that is read or written, memory to memory.
//
// libpng and libjpeg report errors by longjmp, which must not cross a Swift frame. So every call
// here keeps setjmp, the library and its callbacks inside C, and answers with a status and text.
//
// Ownership: the caller owns the bytes it passes in and the pixel buffer it asks to be filled.
// What a call puts into `ci_info` and `ci_output` belongs to the caller, who releases it with
// `ci_info_release` and `ci_output_release`, after failures too. No call keeps a pointer.
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
};

/// What happened. Zeroed by the call before use.
typedef struct ci_report {
  int32_t status;
  /// How many times the library complained and went on.
  int32_t warning_count;
  /// Why the call failed, in the library's words.
  char message[200];
  /// The first of the warnings.
  char warning[200];
} ci_report;

/// Checked against a picture's header, before memory for its pixels is touched.
typedef struct ci_limits {
  uint64_t pixels;
  uint32_t side;
  /// JPEG: scans of a progressive picture. Each costs time, none is proof of more picture.
  int32_t scans;
  /// JPEG: scans that a picture of any size may have, below `scans`.
  int32_t scans_of_any;
  /// JPEG: beyond those, scans times pixels.
  uint64_t scanned_pixels;
  /// What a library may hold besides the pixel buffer, as far as it can be told (libjpeg).
  uint64_t memory;
  /// Larger ICC profiles and EXIF blocks are left out.
  uint64_t metadata;
} ci_limits;

/// What a header says of a picture as it will be decoded.
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
  /// JPEG: stored as CMYK or YCCK, converted without a profile.
  int32_t cmyk;
  /// PNG and WebP only: a JPEG's profile is read in Swift.
  uint8_t *_Nullable icc;
  size_t icc_size;
  /// WebP only: elsewhere EXIF is read in Swift.
  uint8_t *_Nullable exif;
  size_t exif_size;
} ci_info;

void ci_info_release(ci_info *info);

/// Fills `size` bytes with zeros, of large buffers without making their pages resident.
///
/// A header can claim a hundred million pixels in fifty bytes: memory that no decoder ever writes
/// to should not be paid for.
void ci_zero(uint8_t *bytes, size_t size);

/// Reads a header and, unless `pixels` is null, the picture.
///
/// `pixels` must be zeroed and `capacity` exactly `height * width * channels * depth / 8`, with
/// the values of a call that had no `pixels`. Rows have no padding. On failure the contents of
/// `pixels` are of no use.
int32_t ci_png_read(
    const uint8_t *bytes, size_t size, const ci_limits *limits, uint8_t *_Nullable pixels,
    size_t capacity, ci_info *info, ci_report *report);
int32_t ci_jpeg_read(
    const uint8_t *bytes, size_t size, const ci_limits *limits, uint8_t *_Nullable pixels,
    size_t capacity, ci_info *info, ci_report *report);
int32_t ci_webp_read(
    const uint8_t *bytes, size_t size, const ci_limits *limits, uint8_t *_Nullable pixels,
    size_t capacity, ci_info *info, ci_report *report);

/// A picture to write: rows without padding, 16-bit samples in native byte order.
typedef struct ci_source {
  const uint8_t *pixels;
  uint32_t width;
  uint32_t height;
  int32_t channels;
  int32_t depth;
  const uint8_t *_Nullable icc;
  size_t icc_size;
} ci_source;

/// Encoded bytes in a chain of blocks, so that growing never copies and taking frees as it goes.
typedef struct ci_output {
  struct ci_block *_Nullable first;
  struct ci_block *_Nullable last;
  size_t size;
} ci_output;

/// Moves the bytes to `destination` (`output->size` of them) and leaves `output` empty.
void ci_output_take(ci_output *output, uint8_t *destination);
void ci_output_release(ci_output *output);

/// 8 or 16 bits as the source has them. `level` is zlib's, 0 to 9.
int32_t ci_png_write(
    const ci_source *source, int32_t level, ci_output *output, ci_report *report);
/// 8 bits. Alpha is laid over white. Quality 90 and more keeps colour at full resolution (4:4:4).
int32_t ci_jpeg_write(
    const ci_source *source, int32_t quality, ci_output *output, ci_report *report);
/// 8 bits, gray as RGB. Lossless keeps the colour of invisible pixels too.
int32_t ci_webp_write(
    const ci_source *source, int32_t quality, int32_t lossless, ci_output *output,
    ci_report *report);

#pragma clang assume_nonnull end

#endif
