/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privilege.c - give up what was needed to open the handles (libcap-ng), and go behind a fence.
 *
 * How:   the bounding set first (it takes CAP_SETPCAP), then groups, group and user (they take
 *        CAP_SETGID and CAP_SETUID), then all capabilities, then no_new_privs, then sandbox.c. Each
 *        step is checked by its result, and the last state is asked for again.
 * Where there is nothing to give up, nothing fails: an ordinary user, root without sudo, root of a user
 * namespace (whose namespace may not even know the user who called sudo). */
#include "wire/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/parse.h"
#include "wire/sandbox.h"

#define ID_MAX (UINT32_MAX - 1) /* UINT32_MAX means "leave as it is" to the system calls */

/* Tried, not looked up: capabilities may be held over another network namespace than this one, and
 * there may be more that forbids it than capabilities. A raw IP socket takes the same capability as a
 * packet socket, and is closed in no time: the kernel waits 15 ms for the last reader of the other. */
bool privilege_check(struct err *e)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd < 0 && errno == EAFNOSUPPORT)
		fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 || (errno != EPERM && errno != EACCES))
		return true; /* whatever else is wrong, capture_open() and craft_open() will say */
	return err_set(
		e, STATUS_PRIVILEGE,
		"no permission to send and capture raw packets: CAP_NET_RAW is missing; use sudo, "
		"or once `sudo setcap cap_net_raw+ep` on the program, or `tcpshake demo`, which "
		"needs neither");
}

static bool failed(const char *what, struct err *e)
{
	return err_set(e, STATUS_PRIVILEGE, "cannot give up privileges: %s: %s", what,
		       strerror(errno));
}

/* Who we shall be. */
struct identity {
	uid_t uid;
	gid_t gid;
	bool groups_too; /* supplementary groups are root's, and must change */
};

/* Whether an id exists in our user namespace: one of the ranges of /proc/self/{uid,gid}_map. When that
 * cannot be read, yes: then giving up root is tried, and fails loudly. */
static bool is_mapped(const char *map, uint32_t id)
{
	uint32_t first, outside, count;
	FILE *file = fopen(map, "re");
	bool found = false;

	if (!file)
		return true;
	while (!found &&
	       fscanf(file, "%" SCNu32 " %" SCNu32 " %" SCNu32, &first, &outside, &count) == 3)
		found = id >= first && id - first < count;
	fclose(file);
	return found;
}

/* An id that sudo left in the environment. Only root's environment is believed. */
static bool sudo_id(const char *name, uint32_t min, uint32_t *id)
{
	const char *text = getenv(name);
	uint64_t v;

	if (!text || !parse_uint(text, min, ID_MAX, &v))
		return false;
	*id = (uint32_t)v;
	return true;
}

/* By sudo: the user who called it. Setuid: the user who started it. Otherwise as we are. */
static struct identity choose_identity(void)
{
	struct identity who = { .uid = getuid(), .gid = getgid() };
	uint32_t uid, gid;

	if (who.uid == 0 && sudo_id("SUDO_UID", 1, &uid) && sudo_id("SUDO_GID", 0, &gid) &&
	    is_mapped("/proc/self/uid_map", uid) && is_mapped("/proc/self/gid_map", gid))
		who = (struct identity){ .uid = uid, .gid = gid, .groups_too = true };
	return who;
}

/* In a user namespace made without privilege, groups cannot be changed at all (user_namespaces(7)). */
static bool may_set_groups(void)
{
	FILE *file = fopen("/proc/self/setgroups", "re");
	char word[8] = "";
	bool denied;

	if (!file)
		return true;
	denied = fgets(word, sizeof(word), file) && !strncmp(word, "deny", 4);
	fclose(file);
	return !denied;
}

static bool set_groups(const struct identity *who, struct err *e)
{
	/* There is one thread as yet. */
	/* cppcheck-suppress getpwuidCalled */
	const struct passwd *user = getpwuid(who->uid);
	int result;

	if (!who->groups_too || !may_set_groups())
		return true;
	result = user ? initgroups(user->pw_name, who->gid) : setgroups(1, &who->gid);
	return result == 0 || failed("setgroups", e);
}

static bool become(const struct identity *who, struct err *e)
{
	uid_t uid[3];
	gid_t gid[3];

	if (!set_groups(who, e))
		return false;
	if (setresgid(who->gid, who->gid, who->gid) < 0)
		return failed("setresgid", e);
	if (setresuid(who->uid, who->uid, who->uid) < 0)
		return failed("setresuid", e);
	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 || getresgid(&gid[0], &gid[1], &gid[2]) < 0)
		return failed("getresuid", e);
	for (int i = 0; i < 3; i++)
		if (uid[i] != who->uid || gid[i] != who->gid)
			return err_set(e, STATUS_PRIVILEGE,
				       "cannot give up privileges: user or group came back");
	return true;
}

/* Effective, permitted, inheritable and ambient. */
static bool drop_capabilities(struct err *e)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return failed("capset", e);
	/* Without permitted and inheritable ones the kernel has emptied the ambient set, too. */
	if (capng_get_caps_process() != 0)
		return failed("capget", e);
	if (capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return err_set(e, STATUS_PRIVILEGE,
			       "cannot give up privileges: capabilities are left");
	return true;
}

/* The bounding set can be emptied by who has CAP_SETPCAP only. For the others no_new_privs does as
 * much: no program that is executed can give anything back. */
static bool drop_bounding_set(struct err *e)
{
	if (capng_get_caps_process() != 0)
		return failed("capget", e);
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return true;
	capng_clear(CAPNG_SELECT_BOUNDS);
	return capng_apply(CAPNG_SELECT_BOUNDS) == 0 || failed("bounding set", e);
}

/* What a program that was started with more than its user has (file capabilities, setuid, sudo) and now
 * runs as this user leaves alone is PR_SET_DUMPABLE: the kernel has set it to 0, and it must stay so.
 * Another process of the user could otherwise attach to us with ptrace() and help itself to our raw
 * sockets, which the user may not have. The price: /proc/self belongs to root, there are no core files,
 * and /dev/stdout cannot be opened by name ("-" is there for that). */
bool privilege_shed(struct err *e)
{
	struct identity who = choose_identity();

	if (!drop_bounding_set(e) || !become(&who, e) || !drop_capabilities(e))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return failed("no_new_privs", e);
	return true;
}

bool privilege_drop(struct err *e)
{
	return privilege_shed(e) && sandbox_enter(e);
}
