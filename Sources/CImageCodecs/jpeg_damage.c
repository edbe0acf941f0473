#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "internal.h"
#include "jpeg_damage.h"

/// Whether what follows the marker that the decoder stands at cannot belong to the scan, so that the
/// rest of the scan is lost.
static int is_scan_over(j_decompress_ptr jpeg) {
  const int marker = jpeg->unread_marker;
  if (jpeg->restart_interval == 0) {
    return 1;
  }
  // libjpeg goes on at the next restart marker, and steps over markers that do not exist.
  return marker >= 0xC0 && !(marker >= 0xD0 && marker <= 0xD7);
}

/// The data of a scan end before its last block. The blocks that follow stay as they were: gray, if no
/// scan before has filled them.
static void note_end_of_scan(j_decompress_ptr jpeg, ci_report *report) {
  if (!is_scan_over(jpeg)) {
    report->damage.altered = 1;
    return;
  }
  const int is_first = jpeg->Ss == 0 && jpeg->Ah == 0 &&
                       jpeg->cur_comp_info[0]->component_index == 0;
  if (is_first) {
    const uint32_t rows_of_block = (uint32_t)jpeg->max_v_samp_factor * DCTSIZE;
    const uint32_t first = (uint32_t)jpeg->input_iMCU_row * rows_of_block;
    ci_note_missing(report, first < jpeg->image_height ? jpeg->image_height - first : 0);
  } else {
    report->damage.lacks_detail = 1;
  }
}

void ci_jpeg_note_warning(j_decompress_ptr jpeg, ci_report *report) {
  switch (jpeg->err->msg_code) {
  case JWRN_JPEG_EOF:
    // This alone is no damage: the decoder reads ahead, and only the end marker may be missing. With
    // arithmetic coding no other warning is given for data that end early.
    if (jpeg->arith_code && jpeg->input_iMCU_row + 1 < jpeg->total_iMCU_rows) {
      note_end_of_scan(jpeg, report);
    }
    break;
  case JWRN_HIT_MARKER:
    note_end_of_scan(jpeg, report);
    break;
  case JWRN_MUST_RESYNC:
    if (jpeg->err->msg_parm.i[0] == 0xD9) {
      note_end_of_scan(jpeg, report);
    } else {
      report->damage.altered = 1;
    }
    break;
  case JWRN_EXTRANEOUS_DATA:
    // Stray bytes between segments and before the end harm nothing. Before a restart marker, or the
    // tables of the next scan, they are the rest of data that were decoded wrong.
    if (jpeg->input_scan_number > 0 && jpeg->err->msg_parm.i[1] != 0xD9) {
      report->damage.altered = 1;
    }
    break;
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE:
  case JWRN_BOGUS_PROGRESSION:
    report->damage.altered = 1;
    break;
  default:
    // JWRN_NOT_SEQUENTIAL: many phones' SOS parameters. JWRN_JFIF_MAJOR, JWRN_ADOBE_XFORM: versions.
    break;
  }
}

void ci_jpeg_note_missing_scans(j_decompress_ptr jpeg, ci_report *report) {
  for (int i = 0; i < jpeg->num_components; i++) {
    // A component's table is latched when its first scan starts.
    if (jpeg->comp_info[i].quant_table == NULL) {
      if (i == 0) {
        ci_note_missing(report, jpeg->image_height);
      }
      report->damage.lacks_detail = 1;
    } else if (jpeg->progressive_mode && jpeg->coef_bits != NULL) {
      for (int k = 0; k < DCTSIZE2; k++) {
        if (jpeg->coef_bits[i][k] != 0) {
          report->damage.lacks_detail = 1;
        }
      }
    }
  }
}
