#ifndef CPLATFORM_CPU_H
#define CPLATFORM_CPU_H

/// The highest x86-64 level that both this CPU and its operating system support: 1 (SSE2) to
/// 4 (AVX-512 F, BW, CD, DQ, VL); 0 on another architecture.
int cp_x86_64_level(void);

/// Whether the CPU has VPDPWSSD on 512 bits.
int cp_x86_64_has_vnni(void);

/// Processors this process may run on, by its affinity mask; 0 if the kernel does not say.
int cp_affinity_count(void);

#endif
