// Processes: there is none but the worker, and the service is out of its reach.

DENIED(run_program, "execve", reached(execve("/bin/true", no_arguments, no_arguments)))
DENIED(run_at, "execveat",
       reached(syscall(SYS_execveat, AT_FDCWD, "/bin/true", no_arguments, no_arguments, 0)))
DENIED(run_open, "fexecve",
       reached(fexecve(open("/bin/true", O_PATH | O_CLOEXEC), no_arguments, no_arguments)))
DENIED(run_inside, "execve inside", reached(execve(at->inside_file, no_arguments, no_arguments)))
DENIED(fork_once, "fork", fork_and_wait())
DENIED(vfork_once, "vfork", vfork_and_wait())
DENIED(clone_process, "clone(SIGCHLD)", clone_with(SIGCHLD))
DENIED(clone_sharing, "clone(CLONE_VM | CLONE_VFORK)", clone_with(CLONE_VM | CLONE_VFORK | SIGCHLD))
DENIED(clone_namespace, "clone(CLONE_NEWUSER)", clone_with(CLONE_NEWUSER | SIGCHLD))
DENIED(clone_sibling, "clone(CLONE_PARENT)", clone_with(CLONE_PARENT | SIGCHLD))
DENIED(clone3_process, "clone3", clone3_and_wait())
DENIED(unshare_user, "unshare(CLONE_NEWUSER)", unshare(CLONE_NEWUSER))
DENIED(unshare_files, "unshare(CLONE_FILES)", unshare(CLONE_FILES))
DENIED(join_namespace, "setns", reached(setns(-1, 0)))
DENIED(new_session, "setsid", reached(setsid()))
DENIED(new_group, "setpgid", reached(setpgid(0, 0)))
ALLOWED(thread, "pthread_create", "the networks are computed by threads", start_thread())
ROOT_MAY(many_threads, "thousands of threads",
         "RLIMIT_NPROC does not bind root; the limit of memory does in the end", start_threads())

DENIED(kill_parent, "kill(PARENT, SIGKILL)", kill(at->parent, SIGKILL))
DENIED(kill_all, "kill(-1, 0)", kill(-1, 0))
DENIED(kill_group, "kill(0, 0)", kill(0, 0))
DENIED(kill_first, "kill(1, 0)", kill(1, 0))
DENIED(tgkill_parent, "tgkill(PARENT)", syscall(SYS_tgkill, at->parent, at->parent, SIGKILL))
DENIED(tkill_parent, "tkill(PARENT)", syscall(SYS_tkill, at->parent, SIGKILL))
DENIED(queue_parent, "rt_sigqueueinfo(PARENT)",
       sigqueue(at->parent, SIGKILL, (union sigval){.sival_int = 0}))
DENIED(queue_thread, "rt_tgsigqueueinfo(PARENT)", queue_to_thread(at->parent))
DENIED(owner_signal, "fcntl(F_SETOWN, PARENT)", fcntl(0, F_SETOWN, at->parent))
DENIED(owner_signal_ex, "fcntl(F_SETOWN_EX, PARENT)",
       fcntl(0, F_SETOWN_EX, &(struct f_owner_ex){.type = F_OWNER_PID, .pid = at->parent}))
DENIED(owner_which, "fcntl(F_SETSIG, SIGKILL)", fcntl(0, F_SETSIG, SIGKILL))
DENIED(owner_ioctl, "ioctl(FIOSETOWN, PARENT)", ioctl(0, FIOSETOWN, &(int){at->parent}))
ALLOWED(kill_self, "kill(itself)", "abort ends a process by a signal to itself", kill(getpid(), 0))
ALLOWED(tgkill_self, "tgkill(itself)", "abort ends a process by a signal to itself",
        syscall(SYS_tgkill, getpid(), gettid(), 0))

DENIED(pidfd, "pidfd_open(PARENT)", syscall(SYS_pidfd_open, at->parent, 0))
DENIED(pidfd_signal, "pidfd_send_signal", reached(syscall(SYS_pidfd_send_signal, -1, 0, NULL, 0)))
DENIED(pidfd_take, "pidfd_getfd", reached(syscall(SYS_pidfd_getfd, -1, 0, 0)))
DENIED(advise_process, "process_madvise",
       reached(syscall(SYS_process_madvise, -1, NULL, 0, MADV_COLD, 0)))
DENIED(release_process, "process_mrelease", reached(syscall(SYS_process_mrelease, -1, 0)))
DENIED(trace_parent, "ptrace(PTRACE_SEIZE, PARENT)", ptrace(PTRACE_SEIZE, at->parent, NULL, NULL))
DENIED(trace_me, "ptrace(PTRACE_TRACEME)", ptrace(PTRACE_TRACEME, 0, NULL, NULL))
DENIED(read_parent, "process_vm_readv(PARENT)", copy_from(at->parent))
DENIED(write_parent, "process_vm_writev(PARENT)", copy_to(at->parent))
DENIED(compare, "kcmp(PARENT)", syscall(SYS_kcmp, at->parent, getpid(), 0, 0, 0))
DENIED(robust_list, "get_robust_list(PARENT)",
       syscall(SYS_get_robust_list, at->parent, &(void *){0}, &(size_t){0}))
DENIED(move_pages_of, "move_pages(PARENT)",
       reached(syscall(SYS_move_pages, at->parent, 0, NULL, NULL, NULL, 0)))
DENIED(migrate_pages_of, "migrate_pages(PARENT)",
       reached(syscall(SYS_migrate_pages, at->parent, 0, NULL, NULL)))

DENIED(limit_parent, "prlimit(PARENT, RLIMIT_CPU)",
       prlimit(at->parent, RLIMIT_CPU, &(struct rlimit){1, 1}, NULL))
DENIED(limit_parent_files, "prlimit(PARENT, RLIMIT_NOFILE)",
       prlimit(at->parent, RLIMIT_NOFILE, &(struct rlimit){0, 0}, NULL))
DENIED(read_limit, "prlimit(PARENT), reading",
       prlimit(at->parent, RLIMIT_CPU, NULL, &(struct rlimit){0, 0}))
DENIED(raise_memory, "setrlimit(RLIMIT_AS), more", raise_limit(RLIMIT_AS))
DENIED(raise_files, "setrlimit(RLIMIT_FSIZE), more", raise_limit(RLIMIT_FSIZE))
DENIED(raise_descriptors, "setrlimit(RLIMIT_NOFILE), more", raise_limit(RLIMIT_NOFILE))
DENIED(raise_core, "setrlimit(RLIMIT_CORE), more", raise_limit(RLIMIT_CORE))
ALLOWED(lower_limit, "setrlimit(RLIMIT_CPU)",
        "each task has its processor time; the service ends a task that takes too long",
        setrlimit(RLIMIT_CPU, &(struct rlimit){1000, 1000}))
DENIED(schedule_parent, "sched_setscheduler(PARENT)",
       sched_setscheduler(at->parent, SCHED_BATCH, &(struct sched_param){0}))
DENIED(schedule_param, "sched_setparam(PARENT)", sched_setparam(at->parent, &(struct sched_param){0}))
DENIED(schedule_attributes, "sched_setattr(PARENT)", set_attributes(at->parent))
DENIED(bind_parent, "sched_setaffinity(PARENT)", bind(at->parent))
DENIED(bind_self, "sched_setaffinity(itself)", bind(0))
DENIED(nice_parent, "setpriority(PARENT)", setpriority(PRIO_PROCESS, (id_t)at->parent, 19))
DENIED(nice_self, "setpriority(itself)", setpriority(PRIO_PROCESS, 0, 19))
DENIED(disk_parent, "ioprio_set(PARENT)", syscall(SYS_ioprio_set, 1, at->parent, 3 << 13))
ALLOWED(read_affinity, "sched_getaffinity(PARENT)",
        "the C library counts cores by it; it only tells",
        sched_getaffinity(at->parent, sizeof(cpu_set_t), &(cpu_set_t){0}))

DENIED(outlive, "prctl(PR_SET_PDEATHSIG, 0)", prctl(PR_SET_PDEATHSIG, 0))
DENIED(dumpable, "prctl(PR_SET_DUMPABLE, 1)", prctl(PR_SET_DUMPABLE, 1))
DENIED(tracer, "prctl(PR_SET_PTRACER)", reached(prctl(0x59616d61, -1, 0, 0, 0)))
DENIED(layout, "prctl(PR_SET_MM)", reached(prctl(PR_SET_MM, 0, 0, 0, 0)))
DENIED(reaper, "prctl(PR_SET_CHILD_SUBREAPER)", prctl(PR_SET_CHILD_SUBREAPER, 1))
DENIED(bits, "prctl(PR_SET_SECUREBITS)", reached(prctl(PR_SET_SECUREBITS, -1)))
DENIED(keep, "prctl(PR_SET_KEEPCAPS)", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
ALLOWED(name_thread, "prctl(PR_SET_NAME)", "runtimes name their threads",
        prctl(PR_SET_NAME, "tried"))

DENIED(become_root, "setuid(0)", setuid(0))
DENIED(become_other, "setresuid", reached(setresuid(-1, 65533, -1)))
DENIED(become_group, "setgid(0)", setgid(0))
DENIED(become_groups, "setgroups", setgroups(0, NULL))
DENIED(capabilities, "capset", set_capabilities())
