#ifndef CPLATFORM_MEMORY_H
#define CPLATFORM_MEMORY_H

#include <stddef.h>

/// Gives what the allocator holds and nobody uses back to the system.
void cp_memory_trim(void);

/// From now on blocks of a MiB and more go back to the system when they are let go of: the allocator
/// would keep them, and leave holes between blocks of ever new sizes.
void cp_memory_return_large_blocks(void);

/// Bytes that the allocator has from the system; SIZE_MAX where it does not tell.
size_t cp_memory_allocated(void);

/// Whether a limit on address space or data (`ulimit -v`, `ulimit -d`) is set.
int cp_memory_is_limited(void);

/// Bytes that one more block may have under such limits; 2^50 without one.
size_t cp_memory_mappable(void);

/// Has all threads allocate from one arena where address space is limited: each further one would
/// reserve 64 MiB of it.
void cp_memory_spare_address_space(void);

/// Gives threads that are made from now on stacks of this size, those of libraries too.
void cp_memory_set_thread_stacks(size_t bytes);

/// Lets the main thread's stack grow to so many bytes, as far as the hard limit allows.
void cp_memory_widen_stack(size_t bytes);

#endif
