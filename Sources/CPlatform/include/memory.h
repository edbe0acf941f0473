#ifndef CPLATFORM_MEMORY_H
#define CPLATFORM_MEMORY_H

/// Gives what the allocator holds and nobody uses back to the system.
void cp_memory_trim(void);

#endif
