// The system calls that a worker makes, and those that only an attacker makes. Read by seccomp.c.

#include <sys/syscall.h>

// The system's headers may be older than its kernel. From 424 on, numbers are the same on all
// architectures.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

/// Calls that are allowed with any arguments. Found by tracing workers (strace) with every
/// format, network and precision, with cancellations and crashes, and completed by the calls that other
/// versions of the C library make for the same purposes.
static const int allowed[] = {
    // Streams and files that are open.
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_close,
    SYS_close_range, SYS_fstat, SYS_fsync, SYS_fdatasync, SYS_flock, SYS_fadvise64, SYS_getdents64,
    SYS_dup, SYS_dup3, SYS_ppoll,
    // Paths. Landlock decides which of them may be read, made or removed. It does not restrict calls that only
    // ask about a path; these do no harm.
    SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_unlinkat,
    SYS_renameat, SYS_renameat2, SYS_getcwd, SYS_statfs, SYS_fstatfs,
    // Memory.
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise,
    // Threads of this process.
    SYS_futex, SYS_set_robust_list, SYS_set_tid_address, SYS_rseq, SYS_membarrier, SYS_sched_yield,
    SYS_sched_getaffinity, SYS_getcpu, SYS_exit, SYS_exit_group,
    // Signals to itself.
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
    // Queries.
    SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
    SYS_getrusage, SYS_times, SYS_sysinfo, SYS_uname, SYS_getrandom, SYS_clock_gettime,
    SYS_clock_getres, SYS_gettimeofday,
    // Pauses.
    SYS_nanosleep, SYS_clock_nanosleep,
#ifdef __x86_64__
    // Older calls for the same purposes, which other architectures do not have.
    SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_unlink, SYS_rename, SYS_dup2, SYS_poll,
    SYS_time,
#endif
};

/// Calls that end the process. No library here makes them, not even to find out whether they exist, so a
/// process that makes one has been taken over. The kernel logs the end (audit, type 1326), and the service
/// sees SIGSYS.
static const int hostile[] = {
    // Other programs.
    SYS_execve, SYS_execveat,
    // Other processes' memory and descriptors.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
#ifdef SYS_pidfd_getfd
    SYS_pidfd_getfd,
#endif
    // Mounts, namespaces, and ways to open files without paths.
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
    SYS_open_by_handle_at,
    // The kernel itself, and those of its parts that had the most vulnerabilities.
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_bpf,
    SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_swapon,
    SYS_swapoff,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_io_uring_setup
    SYS_io_uring_setup,
#endif
#ifdef __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};
