#ifndef CPLATFORM_MEMORY_H
#define CPLATFORM_MEMORY_H

#include <stddef.h>

/// Returns unused memory of the allocator to the system.
void cp_memory_trim(void);

/// From now on blocks of a MiB and more are returned to the system when they are freed. Otherwise the
/// allocator would keep them, and memory would be fragmented by blocks of different sizes.
void cp_memory_return_large_blocks(void);

/// Bytes that the allocator has from the system; SIZE_MAX where it does not tell.
size_t cp_memory_allocated(void);

/// Whether a limit on address space or data (`ulimit -v`, `ulimit -d`) is set.
int cp_memory_is_limited(void);

/// Bytes that one more block may have under such limits; 2^50 without one.
size_t cp_memory_mappable(void);

/// Makes all threads allocate from one arena where address space is limited: each further arena would
/// reserve 64 MiB of it.
void cp_memory_spare_address_space(void);

/// Sets the stack size of threads that are started from now on, by libraries too.
void cp_memory_set_thread_stacks(size_t bytes);

/// Lets the main thread's stack grow to so many bytes, as far as the hard limit allows.
void cp_memory_widen_stack(size_t bytes);

#endif
