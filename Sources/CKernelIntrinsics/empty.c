// The target is its header; a target without a source file is not built.
#include "CKernelIntrinsics.h"
