// Derives the damage of a picture's pixels from libjpeg's warnings. Include stdio.h and jpeglib.h before.
#ifndef CIMAGECODECS_JPEG_DAMAGE_H
#define CIMAGECODECS_JPEG_DAMAGE_H

#include "CImageCodecs.h"

/// Judges a warning that libjpeg has just given: most warnings do not mean that pixels are wrong.
void ci_jpeg_note_warning(j_decompress_ptr jpeg, ci_report *report);

/// Notes the scans that are missing in a file of several scans that ended early: there is no warning for
/// these.
void ci_jpeg_note_missing_scans(j_decompress_ptr jpeg, ci_report *report);

#endif
