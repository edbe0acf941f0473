// Memory: no new machine code, and no more than is allowed.

DENIED(code_anonymous, "mmap(PROT_WRITE | PROT_EXEC)",
       map(-1, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS))
DENIED(code_file, "mmap(file of its own, PROT_EXEC)",
       map(open(at->inside_file, O_RDONLY), PROT_READ | PROT_EXEC, MAP_PRIVATE))
DENIED(code_protect, "mprotect(PROT_EXEC)", protect(0))
DENIED(code_protect_key, "pkey_mprotect(PROT_EXEC)", protect(1))
DENIED(code_shared, "shmat(SHM_EXEC)", attach())
DENIED(code_remapped, "remap_file_pages", reached(remap_file_pages(NULL, 0, 0, 0, 0)))
DENIED(code_personality, "personality(READ_IMPLIES_EXEC)", personality(READ_IMPLIES_EXEC))
DENIED(memory_file, "memfd_create", memfd_create("tried", 0))
DENIED(memory_secret, "memfd_secret", syscall(SYS_memfd_secret, 0))
DENIED(faults, "userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC | 1))
DENIED(shadow_stack, "map_shadow_stack", reached(syscall(SYS_map_shadow_stack, 0, 0, 0)))
DENIED(keys, "pkey_alloc", reached(pkey_alloc(0, 0)))
DENIED(locking, "mlockall", reached(mlockall(0)))
DENIED(residence, "mincore", reached(mincore(NULL, 0, NULL)))
DENIED(policy, "set_mempolicy", syscall(SYS_set_mempolicy, 0, NULL, 0))
DENIED(bound, "mbind", syscall(SYS_mbind, NULL, 0, 0, NULL, 0, 0))
DENIED(too_much, "mmap of 1 TB", reserve((size_t)1 << 40))
#ifdef __x86_64__
DENIED(descriptor_table, "modify_ldt", syscall(SYS_modify_ldt, 0, (char[16]){0}, 16))
DENIED(thread_register, "arch_prctl(ARCH_SET_GS)", syscall(SYS_arch_prctl, 0x1001, 0))
DENIED(other_numbers, "getpid by the numbers of x32", syscall(0x40000000 + SYS_getpid))
DENIED(other_architecture, "getpid by the numbers of i386", getpid_of_i386())
ALLOWED(tiles, "arch_prctl(ARCH_GET_XCOMP_PERM)",
        "tiles of numbers (AMX) must be asked for; a thread's registers grow, nothing else",
        reached(syscall(SYS_arch_prctl, 0x1022, &(unsigned long){0})))
#endif
