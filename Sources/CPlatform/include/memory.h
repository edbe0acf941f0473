#ifndef CPLATFORM_MEMORY_H
#define CPLATFORM_MEMORY_H

/// Gives what the allocator holds and nobody uses back to the system.
void cp_memory_trim(void);

/// From now on blocks of a MiB and more go back to the system when they are let go of: the allocator
/// would keep them, and leave holes between blocks of ever new sizes.
void cp_memory_return_large_blocks(void);

#endif
