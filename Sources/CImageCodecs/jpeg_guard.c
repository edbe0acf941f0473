#include "jpeg_guard.h"

#include <jerror.h>

#include "jpeg_damage.h"

static _Noreturn void on_error(j_common_ptr common) {
  struct ci_jpeg_guard *guard = (struct ci_jpeg_guard *)common->err;
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
      ci_jpeg_note_warning((j_decompress_ptr)common, ((struct ci_jpeg_guard *)common->err)->report);
    }
  }
}

static void on_output(j_common_ptr common) { (void)common; }

struct jpeg_error_mgr *ci_jpeg_set_up(struct ci_jpeg_guard *guard, ci_report *report) {
  guard->report = report;
  jpeg_std_error(&guard->errors);
  guard->errors.error_exit = on_error;
  guard->errors.emit_message = on_message;
  guard->errors.output_message = on_output;
  return &guard->errors;
}
