// The machine and its kernel. Arguments are wrong on purpose wherever right ones would do harm.

DENIED(rings, "io_uring_setup", reached(syscall(SYS_io_uring_setup, 0, NULL)))
DENIED(programs, "bpf", reached(syscall(SYS_bpf, 0, NULL, 0)))
DENIED(counters, "perf_event_open", open_counter())
DENIED(keyring, "keyctl", syscall(SYS_keyctl, 0, -2, 1))
DENIED(keyring_add, "add_key", syscall(SYS_add_key, "user", "tried", "x", 1, -2))
DENIED(keyring_request, "request_key",
       reached(syscall(SYS_request_key, "user", "no-such-key", NULL, 0)))
DENIED(mounting, "mount", reached(mount("none", "/no/such", "tmpfs", 0, NULL)))
DENIED(unmounting, "umount2", reached(umount2("/no/such", 0)))
DENIED(pivoting, "pivot_root", reached(syscall(SYS_pivot_root, "/no/such", "/no/such")))
DENIED(mount_open, "fsopen", syscall(SYS_fsopen, "tmpfs", 1))
DENIED(mount_tree, "open_tree", syscall(SYS_open_tree, AT_FDCWD, at->outside, 1))
DENIED(mount_move, "move_mount", reached(syscall(SYS_move_mount, -1, "", -1, "", 0)))
DENIED(mount_attributes, "mount_setattr",
       reached(syscall(SYS_mount_setattr, -1, "", 0, (char[32]){0}, 32)))
DENIED(mount_list, "listmount", reached(syscall(SYS_listmount, NULL, NULL, 0, 0)))
DENIED(mount_stat, "statmount", reached(syscall(SYS_statmount, NULL, NULL, 0, 0)))
DENIED(host_name, "sethostname", keep_host_name())
DENIED(domain_name, "setdomainname", keep_domain_name())
DENIED(rebooting, "reboot", reached(syscall(SYS_reboot, 0, 0, 0, NULL)))
DENIED(module_init, "init_module", reached(syscall(SYS_init_module, NULL, 0, "")))
DENIED(module_file, "finit_module", reached(syscall(SYS_finit_module, -1, "", 0)))
DENIED(module_delete, "delete_module", reached(syscall(SYS_delete_module, "no-such-module", O_NONBLOCK)))
DENIED(other_kernel, "kexec_load", reached(syscall(SYS_kexec_load, 0, 17, NULL, 0)))
DENIED(swap_on, "swapon", reached(swapon("/no/such", 0)))
DENIED(swap_off, "swapoff", reached(swapoff("/no/such")))
DENIED(clock_set, "clock_settime",
       reached(syscall(SYS_clock_settime, CLOCK_REALTIME, &(struct timespec){.tv_nsec = -1})))
DENIED(clock_set_old, "settimeofday",
       reached(syscall(SYS_settimeofday, &(struct timeval){.tv_usec = -1}, NULL)))
DENIED(clock_adjust, "clock_adjtime", clock_adjtime(CLOCK_REALTIME, &(struct timex){0}))
DENIED(quota, "quotactl", reached(syscall(SYS_quotactl, 0x800002 << 8, "/no/such", 0, NULL)))
DENIED(accounting, "acct", reached(acct("/no/such")))
DENIED(log_of_kernel, "syslog", syscall(SYS_syslog, 10, NULL, 0))
DENIED(filters, "seccomp", reached(syscall(SYS_seccomp, 1, 0, NULL)))
DENIED(rules, "landlock_create_ruleset", syscall(SYS_landlock_create_ruleset, NULL, 0, 1))
DENIED(security_attribute, "lsm_get_self_attr",
       reached(syscall(SYS_lsm_get_self_attr, 0, NULL, NULL, 0)))
DENIED(newest, "a call that no kernel has yet", syscall(1000))
#ifdef __x86_64__
DENIED(ports, "iopl", syscall(SYS_iopl, 3))
DENIED(port, "ioperm", syscall(SYS_ioperm, 0x80, 1, 1))
#endif
ALLOWED(random_bytes, "getrandom", "names of files, and hashes, are random",
        getrandom((char[8]){0}, 8, 0))
ALLOWED(clock_read, "clock_gettime", "progress is told by it",
        syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &(struct timespec){0}))
ALLOWED(memory_read, "sysinfo", "the allocator asks for the memory there is",
        sysinfo(&(struct sysinfo){0}))
ALLOWED(kernel_read, "uname", "the C library may ask for the kernel's version",
        uname(&(struct utsname){0}))
