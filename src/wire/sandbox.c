/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.c - a seccomp filter around the code that reads the network (libseccomp).
 *
 * How:   three lists. What the rest of the program and its libraries use is allowed, where it matters by
 *        argument. What only an intruder would try ends the process. Everything else fails with ENOSYS,
 *        as on an older kernel: libraries have a way around that, while EPERM surprises them, and
 *        ending the process would make every new release of libc a risk. clone3() is left there on
 *        purpose: libc then uses clone(), whose flags can be seen.
 * Never: keeps files or addresses apart: by then the process is an ordinary one of its user, and it is
 *        there to open files and connections that this user names. */
#include "wire/sandbox.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* LeakSanitizer stops the other threads with ptrace() from a process of its own when the program ends:
 * there the filter would forbid what it should. */
#if defined(__SANITIZE_ADDRESS__)
#define WITHOUT_SANDBOX 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITHOUT_SANDBOX 1
#endif
#endif

/* Names, not numbers: libseccomp knows them for each architecture, and skips those that it, or the
 * architecture, does not have. */
/* clang-format off */
static const char *const allowed[] = {
	/* descriptors and files */
	"read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "pwritev", "close",
	"close_range", "lseek", "_llseek", "dup", "dup2", "dup3", "fcntl", "fcntl64", "flock", "pipe",
	"pipe2", "open", "openat", "creat", "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64",
	"newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "statfs64", "fstatfs64", "access",
	"faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "getdents", "getdents64",
	"ftruncate", "ftruncate64", "fallocate", "fsync", "fdatasync", "fadvise64", "fadvise64_64",
	"rename", "renameat", "renameat2", "unlink", "unlinkat", "chmod", "fchmod", "fchmodat", "umask",
	/* waiting */
	"poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6", "pselect6_time64",
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2",
	"eventfd", "eventfd2", "wait4", "waitid", "waitpid",
	/* sockets that exist, and those that socket() below lets through */
	"socketpair", "bind", "listen", "accept", "accept4", "connect", "shutdown", "getsockname",
	"getpeername", "getsockopt", "setsockopt", "send", "sendto", "sendmsg", "sendmmsg", "recv",
	"recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
	/* memory and threads */
	"brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "mlock", "munlock", "msync",
	"mincore", "membarrier", "futex", "futex_time64", "futex_waitv", "set_robust_list",
	"get_robust_list", "set_tid_address", "set_thread_area", "arch_prctl", "rseq", "sched_yield",
	"sched_getaffinity", "sched_getparam", "sched_getscheduler", "exit", "exit_group",
	/* signals */
	"rt_sigaction", "sigaction", "rt_sigprocmask", "sigprocmask", "rt_sigreturn", "sigreturn",
	"rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "sigaltstack",
	"signalfd", "signalfd4", "pause", "alarm", "setitimer", "getitimer", "restart_syscall",
	/* time, chance, and who we are */
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
	"clock_nanosleep_time64", "nanosleep", "gettimeofday", "time", "times", "timerfd_create",
	"timerfd_settime", "timerfd_settime64", "timerfd_gettime", "timerfd_gettime64", "getrandom",
	"getpid", "gettid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "geteuid", "getgid",
	"getegid", "getuid32", "geteuid32", "getgid32", "getegid32", "getresuid", "getresgid",
	"getresuid32", "getresgid32", "getgroups", "getgroups32", "capget", "getrusage", "getrlimit",
	"ugetrlimit", "prlimit64", "sysinfo", "uname", "getcpu",
};

/* Nothing in this program calls these; whoever does has broken in. */
static const char *const hostile[] = {
	"execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
	"kcmp", "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen",
	"fsconfig", "fsmount", "fspick", "pivot_root", "chroot", "setns", "unshare", "bpf",
	"perf_event_open", "userfaultfd", "init_module", "finit_module", "delete_module",
	"create_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct",
	"quotactl", "quotactl_fd", "settimeofday", "clock_settime", "clock_settime64", "adjtimex",
	"clock_adjtime", "clock_adjtime64", "sethostname", "setdomainname", "syslog", "add_key",
	"request_key", "keyctl", "open_by_handle_at", "name_to_handle_at", "lookup_dcookie", "iopl",
	"ioperm", "personality", "vhangup",
};
/* clang-format on */

/* A call that is allowed when one argument has one of a few values. */
struct allowed_value {
	const char *call;
	unsigned arg;
	uint32_t value;
};

static const struct allowed_value allowed_values[] = {
	/* No packet sockets any more, nor other families that have been a way into the kernel. */
	{ "socket", 0, AF_UNIX },
	{ "socket", 0, AF_INET },
	{ "socket", 0, AF_INET6 },
	{ "socket", 0, AF_NETLINK },
	/* Terminals and interface names; above all not TIOCSTI, which types into the user's shell. */
	{ "ioctl", 1, TCGETS },
	{ "ioctl", 1, TCSETS },
	{ "ioctl", 1, TCSETSW },
	{ "ioctl", 1, TCSETSF },
	{ "ioctl", 1, TCXONC },
	{ "ioctl", 1, TCFLSH },
	{ "ioctl", 1, TIOCGWINSZ },
	{ "ioctl", 1, TIOCGPGRP },
	{ "ioctl", 1, FIONREAD },
	{ "ioctl", 1, FIONBIO },
	{ "ioctl", 1, SIOCGIFNAME },
	{ "ioctl", 1, SIOCGIFINDEX },
	{ "ioctl", 1, SIOCGIFFLAGS },
	{ "prctl", 0, PR_SET_NAME },
	{ "prctl", 0, PR_GET_NAME },
	{ "prctl", 0, PR_SET_PDEATHSIG },
	{ "prctl", 0, PR_SET_NO_NEW_PRIVS },
	{ "prctl", 0, PR_GET_NO_NEW_PRIVS },
	{ "prctl", 0, PR_CAPBSET_READ },
	{ "prctl", 0, 0x53564d41 }, /* PR_SET_VMA: libc names its memory */
};

static int add_names(scmp_filter_ctx filter, uint32_t action, const char *const *names,
		     size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && !result; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);

		if (number != __NR_SCMP_ERROR)
			result = seccomp_rule_add(filter, action, number, 0);
	}
	return result;
}

static int add_values(scmp_filter_ctx filter)
{
	int result = 0;

	for (size_t i = 0; i < ARRAY_LEN(allowed_values) && !result; i++) {
		const struct allowed_value *row = &allowed_values[i];

		/* The kernel looks at 32 bits of these arguments, so we do. */
		result = seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(row->call), 1,
			SCMP_CMP(row->arg, SCMP_CMP_MASKED_EQ, UINT32_MAX, row->value));
	}
	return result;
}

/* Threads but no processes, and signals to ourselves only. */
static int add_processes(scmp_filter_ctx filter)
{
	static const char *const signals[] = { "kill", "tgkill", "tkill" };
	int result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	for (size_t i = 0; i < ARRAY_LEN(signals) && !result; i++)
		result = seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(signals[i]), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)getpid()));
	return result;
}

static int install(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int result;

	if (!filter)
		return -ENOMEM;
	/* The kernel's own errno, and a tree instead of a list; older releases of the library have
	 * neither, and no need of them. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* Calls in the manner of another architecture (32-bit ones on x86-64) end the process: that is
	 * libseccomp's default, and they would go around the lists. */
	result = add_names(filter, SCMP_ACT_ALLOW, allowed, ARRAY_LEN(allowed));
	if (!result)
		result = add_names(filter, SCMP_ACT_KILL_PROCESS, hostile, ARRAY_LEN(hostile));
	if (!result)
		result = add_values(filter);
	if (!result)
		result = add_processes(filter);
	if (!result)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result;
}

bool sandbox_enter(struct err *e)
{
#ifdef WITHOUT_SANDBOX
	(void)install;
	(void)e;
	return true;
#else
	int result;

	/* A kernel without seccomp filters answers EINVAL. Privileges are gone already; this fence is
	 * one more, and its absence is no reason not to work. */
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		return true;
	result = install();
	if (result == -EINVAL || result == -ENOSYS || !result)
		return true;
	return err_set(e, STATUS_PRIVILEGE, "cannot install the system call filter: %s",
		       strerror(-result));
#endif
}
