// Files: the folder of work is the worker's, models are for reading, nothing else is there.

DENIED(read_outside, "open(file, O_RDONLY)", open(at->outside_file, O_RDONLY))
DENIED(write_outside, "open(file, O_WRONLY)", open(at->outside_file, O_WRONLY))
DENIED(create_outside, "open(new file, O_CREAT)", open(at->outside_new, O_WRONLY | O_CREAT, 0600))
DENIED(temporary_outside, "open(folder, O_TMPFILE)", open(at->outside, O_WRONLY | O_TMPFILE, 0600))
DENIED(list_outside, "open(folder, O_DIRECTORY)", open(at->outside, O_RDONLY | O_DIRECTORY))
DENIED(openat2_outside, "openat2(file)", open_by_openat2(at->outside_file))
DENIED(write_model, "open(model, O_WRONLY)", open(at->model, O_WRONLY))
DENIED(empty_model, "open(model, O_RDONLY | O_TRUNC)", open(at->model, O_RDONLY | O_TRUNC))
DENIED(truncate_outside, "truncate(file)", truncate(at->outside_file, 0))
DENIED(truncate_model, "truncate(model)", truncate(at->model, 0))
DENIED(unlink_outside, "unlink(file)", unlink(at->outside_file))
DENIED(rmdir_outside, "rmdir(folder)", rmdir(at->outside_folder))
DENIED(mkdir_outside, "mkdir(new folder)", mkdir(at->outside_new, 0700))
DENIED(mkdir_inside, "mkdir inside", mkdir(at->inside_new, 0700))
DENIED(rename_in, "rename(file, inside)", rename(at->outside_file, at->inside_new))
DENIED(rename_out, "rename(inside, new file)", rename(at->inside_file, at->outside_new))
DENIED(exchange, "renameat2(inside, file, RENAME_EXCHANGE)",
       renameat2(AT_FDCWD, at->inside_file, AT_FDCWD, at->outside_file, RENAME_EXCHANGE))
DENIED(link_in, "link(file, inside)", link(at->outside_file, at->inside_new))
DENIED(link_out, "link(inside, new file)", link(at->inside_file, at->outside_new))
DENIED(link_model, "link(model, inside)", link(at->model, at->inside_new))
DENIED(symlink_out, "symlink(new file)", symlink("file", at->outside_new))
DENIED(symlink_in, "symlink inside", symlink(at->outside_file, at->inside_new))
DENIED(fifo_out, "mknod(new fifo)", mknod(at->outside_new, S_IFIFO | 0600, 0))
DENIED(fifo_in, "mknod inside, fifo", mknod(at->inside_new, S_IFIFO | 0600, 0))
DENIED(device_in, "mknod inside, device", mknod(at->inside_new, S_IFCHR | 0600, makedev(1, 1)))

DENIED(chmod_outside, "chmod(file)", chmod(at->outside_file, 0777))
DENIED(fchmodat_outside, "fchmodat(file)", fchmodat(AT_FDCWD, at->outside_file, 0777, 0))
DENIED(fchmodat2_outside, "fchmodat2(file)",
       syscall(SYS_fchmodat2, AT_FDCWD, at->outside_file, 0777, 0))
DENIED(fchmod_model, "fchmod(model)", fchmod(open(at->model, O_RDONLY), 0777))
DENIED(setuid_inside, "fchmod inside, set-user-ID", fchmod(open(at->inside_file, O_RDONLY), 04755))
DENIED(chown_outside, "chown(file)", chown(at->outside_file, getuid(), getgid()))
DENIED(lchown_outside, "lchown(file)", lchown(at->outside_file, getuid(), getgid()))
DENIED(fchownat_outside, "fchownat(file)",
       fchownat(AT_FDCWD, at->outside_file, getuid(), getgid(), 0))
DENIED(fchown_model, "fchown(model)", fchown(open(at->model, O_RDONLY), getuid(), getgid()))
DENIED(utimensat_outside, "utimensat(file)", utimensat(AT_FDCWD, at->outside_file, NULL, 0))
DENIED(futimens_model, "futimens(model)", futimens(open(at->model, O_RDONLY), NULL))
DENIED(setxattr_outside, "setxattr(file)", setxattr(at->outside_file, "user.x", "y", 1, 0))
DENIED(lsetxattr_outside, "lsetxattr(file)", lsetxattr(at->outside_file, "user.x", "y", 1, 0))
DENIED(fsetxattr_model, "fsetxattr(model)", fsetxattr(open(at->model, O_RDONLY), "user.x", "y", 1, 0))
DENIED(removexattr_outside, "removexattr(file)", reached(removexattr(at->outside_file, "user.x")))
DENIED(getxattr_outside, "getxattr(file)",
       reached(getxattr(at->outside_file, "user.x", (char[8]){0}, 8)))
DENIED(listxattr_outside, "listxattr(file)", listxattr(at->outside_file, (char[256]){0}, 256))
DENIED(flags_model, "ioctl(model, FS_IOC_SETFLAGS)",
       reached(ioctl(open(at->model, O_RDONLY), FS_IOC_SETFLAGS, &(int){0})))
DENIED(lease_model, "fcntl(model, F_SETLEASE)", fcntl(open(at->model, O_RDONLY), F_SETLEASE, F_RDLCK))

DENIED(chdir_outside, "chdir(folder)", chdir(at->outside))
DENIED(chroot_outside, "chroot(folder)", chroot(at->outside))
DENIED(name_to_handle, "name_to_handle_at(file)", handle_of(at->outside_file))
DENIED(by_handle, "open_by_handle_at", reached(open_by_handle_at(-1, no_handle(), O_RDONLY)))
DENIED(inotify, "inotify_init1", inotify_init1(0))
DENIED(fanotify, "fanotify_init", fanotify_init(FAN_REPORT_FID, O_RDONLY))
DENIED(sendfile_inside, "sendfile",
       reached(sendfile(1, open(at->inside_file, O_RDONLY), NULL, 0)))
DENIED(splice_inside, "splice", reached(splice(-1, NULL, -1, NULL, 1, 0)))
DENIED(tee_inside, "tee", reached(tee(-1, -1, 1, 0)))
DENIED(vmsplice_inside, "vmsplice", reached(vmsplice(-1, NULL, 0, 0)))
DENIED(copy_range, "copy_file_range", reached(copy_file_range(-1, NULL, -1, NULL, 1, 0)))
DENIED(fallocate_inside, "fallocate inside, 1 TB",
       reached(fallocate(open(at->inside_file, O_WRONLY), FALLOC_FL_KEEP_SIZE, 0, (off_t)1 << 40)))

DENIED(parent_memory, "open(/proc/PARENT/mem)", open_process(at->parent, "mem", O_RDWR))
DENIED(parent_maps, "open(/proc/PARENT/maps)", open_process(at->parent, "maps", O_RDONLY))
DENIED(parent_environment, "open(/proc/PARENT/environ)",
       open_process(at->parent, "environ", O_RDONLY))
DENIED(parent_score, "open(/proc/PARENT/oom_score_adj)",
       open_process(at->parent, "oom_score_adj", O_WRONLY))
DENIED(parent_files, "open(/proc/PARENT/fd/0)", open_process(at->parent, "fd/0", O_RDONLY))
DENIED(parent_root, "open(/proc/PARENT/root)", open_process(at->parent, "root", O_RDONLY))
DENIED(own_memory, "open(/proc/self/mem, O_WRONLY)", open("/proc/self/mem", O_WRONLY))
DENIED(own_score, "open(/proc/self/oom_score_adj, O_WRONLY)",
       open("/proc/self/oom_score_adj", O_WRONLY))
DENIED(own_root, "open(/proc/self/root/etc/passwd)", open("/proc/self/root/etc/passwd", O_RDONLY))
DENIED(kernel_settings, "open(/proc/sys/kernel/hostname, O_WRONLY)",
       open("/proc/sys/kernel/hostname", O_WRONLY))
DENIED(kernel_log, "open(/dev/kmsg)", open("/dev/kmsg", O_WRONLY))
DENIED(terminal, "open(/dev/ptmx)", open("/dev/ptmx", O_RDWR | O_NOCTTY))
DENIED(null_device, "open(/dev/null)", open("/dev/null", O_RDWR))
DENIED(passwords, "open(/etc/passwd)", open("/etc/passwd", O_RDONLY))

ALLOWED(stat_outside, "stat(file)",
        "the C library cannot do without, and neither Landlock nor seccomp tell paths of stat apart:"
        " names, sizes and times can be seen, contents cannot",
        stat(at->outside_file, &(struct stat){0}))
ALLOWED(access_outside, "access(file)", "as stat", access(at->outside_file, R_OK))
ALLOWED(readlink_outside, "readlink(link)", "as stat",
        readlink(at->outside_link, (char[64]){0}, 64))
ALLOWED(statfs_outside, "statfs(folder)", "tells a full disk from others; figures only",
        statfs(at->outside, &(struct statfs){0}))
ALLOWED(open_path_outside, "open(file, O_PATH)", "as stat: neither read nor written through it",
        open(at->outside_file, O_PATH))
ALLOWED(read_model, "open(model, O_RDONLY)", "the worker's work", open(at->model, O_RDONLY))
ALLOWED(lock_model, "flock(model)", "parts of results are locked; nobody waits for a model's lock",
        flock(open(at->model, O_RDONLY), LOCK_SH | LOCK_NB))
ALLOWED(read_inside, "open(inside, O_RDWR)", "the worker's work", open(at->inside_file, O_RDWR))
ALLOWED(create_inside, "open(new inside, O_CREAT | O_EXCL)", "the worker's work",
        open(at->inside_new, O_WRONLY | O_CREAT | O_EXCL, 0600))
ALLOWED(rename_inside, "rename inside", "the worker's work",
        rename(at->inside_file, at->inside_new))
ALLOWED(unlink_inside, "unlink inside", "the worker's work", unlink(at->inside_file))
ALLOWED(sync_inside, "fsync inside", "the worker's work", fsync(open(at->inside_file, O_RDONLY)))
