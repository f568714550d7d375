/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab.c - the private network of demo: a namespace of our own.
 *
 * In:    nothing but the right to make a namespace: CAP_SYS_ADMIN, or user namespaces for all.
 * Out:   this process, moved.
 * Rules: root makes a network namespace alone, so that user ids keep their meaning and the way back
 *        to the user of sudo stays open; anybody else goes through a user namespace in which he keeps
 *        his own id.
 * Never: touches the namespace it came from; there is nothing to clean up, the kernel does it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "wire/lab_priv.h"

#define USERNS_SYSCTL "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"

/* Ubuntu 23.10 and later: the namespace comes, but without any capability in it. */
static bool apparmor_restricts(void)
{
	char c = '0';
	int fd = open(USERNS_SYSCTL, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, &c, 1) != 1)
		c = '0';
	close(fd);
	return c != '0';
}

bool lab_forbidden(const char *what, int error, struct err *e)
{
	const char *more = "";

	if (error == ENOSPC)
		more = " (the limit user.max_user_namespaces is reached)";
	else if ((error == EPERM || error == EACCES) && apparmor_restricts())
		more = " (AppArmor: kernel.apparmor_restrict_unprivileged_userns is 1)";
	return err_set(e, STATUS_PRIVILEGE,
		       "cannot make a private network: %s: %s%s; run it as root: "
		       "`sudo tcpshake demo`",
		       what, strerror(error), more);
}

static bool write_file(const char *path, const char *text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t n = fd < 0 ? -1 : write(fd, text, len);
	int error = errno;

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)len || lab_forbidden(path, error, e);
}

/* The same user and group inside as outside: files that we write are his, as ever. */
static bool write_maps(uid_t uid, gid_t gid, struct err *e)
{
	char map[64];

	if (!write_file("/proc/self/setgroups", "deny", e))
		return false;
	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)gid, (unsigned)gid);
	if (!write_file("/proc/self/gid_map", map, e))
		return false;
	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)uid, (unsigned)uid);
	return write_file("/proc/self/uid_map", map, e);
}

/* With file capabilities (setcap) our /proc files belong to root, until we are dumpable; which we must
 * not stay, see privilege.c. */
static bool map_ids(uid_t uid, gid_t gid, struct err *e)
{
	int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	bool ok;

	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	ok = write_maps(uid, gid, e);
	if (dumpable != 1)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return ok;
}

bool lab_namespace(struct err *e)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return lab_forbidden("no user namespace for you here", errno, e);
	return map_ids(uid, gid, e);
}

bool lab_enter(struct err *e)
{
	return lab_namespace(e) && lab_link_loopback(e);
}
