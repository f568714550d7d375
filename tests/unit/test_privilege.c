/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_privilege.c - what is gone after privilege_drop(), and what still works.
 *
 * Each test runs in a child process, because there is no way back. Runs as root and as anybody. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/guard.h"
#include "wire/privilege.h"
#include "wire/route.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITHOUT_SANDBOX 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITHOUT_SANDBOX 1
#endif
#endif

#define NOBODY 65534u

/* Run @body in a child after privilege_drop(). Return: its wait status; exit status 0 is "as expected",
 * 99 is "could not drop". _exit() keeps the parent's buffers and handlers out of it. */
static int dropped(bool (*body)(void))
{
	struct err e = { 0 };
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!privilege_drop(&e)) {
			err_print(&e);
			_exit(99);
		}
		_exit(body() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* One line of /proc/self/status, as a number. */
static uint64_t status_number(const char *name)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t number = UINT64_MAX;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			number = strtoull(line + strlen(name), NULL, strstr(name, "Cap") ? 16 : 10);
	if (file)
		fclose(file);
	return number;
}

static bool nothing_is_left(void)
{
	return status_number("CapPrm:") == 0 && status_number("CapEff:") == 0 &&
	       status_number("CapInh:") == 0 && status_number("CapAmb:") == 0 &&
	       status_number("NoNewPrivs:") == 1;
}

static void dropped__no_capability_is_left(void **unused)
{
	assert_int_equal(dropped(nothing_is_left), 0);
}

static bool no_bounding_set(void)
{
	return status_number("CapBnd:") == 0;
}

static void dropped__bounding_set_is_empty_for_root(void **unused)
{
	if (geteuid() != 0) {
		print_message("# skip: only root can empty the bounding set\n");
		skip();
	}
	assert_int_equal(dropped(no_bounding_set), 0);
}

static bool no_raw_sockets(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_RAW) < 0 && socket(AF_PACKET, SOCK_RAW, 0) < 0;
}

static void dropped__no_raw_socket_can_be_opened(void **unused)
{
	assert_int_equal(dropped(no_raw_sockets), 0);
}

static bool is_nobody(void)
{
	uid_t u[3];
	gid_t g[3], groups[64];
	int count = getgroups(64, groups);

	if (getresuid(&u[0], &u[1], &u[2]) || getresgid(&g[0], &g[1], &g[2]))
		return false;
	for (int i = 0; i < 3; i++)
		if (u[i] != NOBODY || g[i] != NOBODY)
			return false;
	for (int i = 0; i < count; i++)
		if (groups[i] != NOBODY)
			return false;
	return setuid(0) < 0 && seteuid(0) < 0;
}

/* Root of a user namespace that holds nobody else cannot; nor can an ordinary user. */
static bool can_become_nobody(void)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(getuid() != 0 || setresgid(NOBODY, NOBODY, NOBODY) ||
		      setresuid(NOBODY, NOBODY, NOBODY));
	return waitpid(child, &status, 0) == child && status == 0;
}

static void started_by_sudo__back_to_the_user(void **unused)
{
	if (!can_become_nobody()) {
		print_message("# skip: only root can become somebody else\n");
		skip();
	}
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	assert_int_equal(dropped(is_nobody), 0);
	assert_int_equal(dropped(nothing_is_left), 0);
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
}

static bool is_who_started(void)
{
	return getuid() == (uid_t)atol(getenv("TEST_UID"));
}

static void nonsense_from_sudo__changes_nobody(void **unused)
{
	static const char *const nonsense[] = { "",	      "0",  "-1", "4294967295",
						"4294967296", "1x", " 1" };
	char uid[16];

	snprintf(uid, sizeof(uid), "%u", getuid());
	setenv("TEST_UID", uid, 1);
	setenv("SUDO_GID", "65534", 1);
	for (size_t i = 0; i < ARRAY_LEN(nonsense); i++) {
		setenv("SUDO_UID", nonsense[i], 1);
		assert_int_equal(dropped(is_who_started), 0);
	}
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	unsetenv("TEST_UID");
}

static void *thread(void *number)
{
	*(int *)number = 1;
	return number;
}

static bool threads_work(void)
{
	pthread_t t;
	int ran = 0;

	return pthread_create(&t, NULL, thread, &ran) == 0 && pthread_join(t, NULL) == 0 && ran;
}

static bool files_work(void)
{
	char name[] = "/tmp/tcpshake-test-XXXXXX";
	int fd = mkstemp(name);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

	return file && fputs("x", file) >= 0 && fflush(file) == 0 && ftruncate(fd, 0) == 0 &&
	       fclose(file) == 0 && unlink(name) == 0;
}

static bool unix_sockets_work(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 32;
	struct ucred peer;
	socklen_t peer_len = sizeof(peer);
	int server;

	snprintf(at.sun_path + 1, sizeof(at.sun_path) - 1, "tcpshake-test-%d", getpid());
	if (bind(listener, (struct sockaddr *)&at, len) || listen(listener, 1) ||
	    connect(client, (struct sockaddr *)&at, len))
		return false;
	server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return server >= 0 && send(client, "x", 1, MSG_NOSIGNAL) == 1 &&
	       getsockopt(server, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) == 0 &&
	       peer.pid == getpid();
}

static bool wire_works(void)
{
	struct addr loopback;
	struct route route;
	struct guard *guard;
	struct err e = { 0 };

	/* In a namespace where loopback is down, that is the answer. */
	if (!addr_parse("127.0.0.1", &loopback) || !route_lookup(&loopback, NULL, NULL, &route, &e))
		return e.status == STATUS_UNREACHABLE;
	guard = guard_open(&loopback, 0, &e);
	err_print(&e);
	guard_close(guard);
	return guard;
}

static bool waiting_works(void)
{
	struct itimerspec soon = { .it_value = { .tv_nsec = 1000000 } };
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, 0);
	sigset_t set;
	char random[8];

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	return timerfd_settime(timer, 0, &soon, NULL) == 0 &&
	       epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) == 0 &&
	       epoll_wait(epoll, &event, 1, 1000) == 1 && signalfd(-1, &set, 0) >= 0 &&
	       usleep(1000) == 0 && getrandom(random, sizeof(random), 0) == sizeof(random);
}

static bool memory_works(void)
{
	char *big = malloc(64u << 20);
	bool good;

	if (!big)
		return false;
	memset(big, 1, 64u << 20);
	big = realloc(big, 128u << 20);
	good = big && big[1] == 1;
	free(big);
	return good;
}

static void dropped__what_the_program_needs_still_works(void **unused)
{
	static const struct {
		const char *name;
		bool (*works)(void);
	} needs[] = {
		{ "threads", threads_work },	       { "files", files_work },
		{ "Unix sockets", unix_sockets_work }, { "route and guard", wire_works },
		{ "waiting", waiting_works },	       { "memory", memory_works },
	};

	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		int status = dropped(needs[i].works);

		if (status)
			print_error("%s: wait status %#x\n", needs[i].name, (unsigned)status);
		assert_int_equal(status, 0);
	}
}

static bool executes(void)
{
	execl("/bin/true", "true", NULL);
	return false;
}

static bool makes_namespaces(void)
{
	return syscall(SYS_unshare, 0) == 0;
}

static void needs_sandbox(void)
{
#ifdef WITHOUT_SANDBOX
	print_message("# skip: a build with AddressSanitizer has no system call filter\n");
	skip();
#endif
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
		print_message("# skip: this kernel has no seccomp\n");
		skip();
	}
}

static void sandbox__hostile_call__ends_the_process(void **unused)
{
	int status;

	needs_sandbox();
	status = dropped(executes);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	status = dropped(makes_namespaces);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static bool unknown_calls_fail(void)
{
	char c = 'x';

	return syscall(SYS_vmsplice, 0, NULL, 0, 0) < 0 && errno == ENOSYS && fork() < 0 &&
	       ioctl(0, TIOCSTI, &c) < 0 && errno == ENOSYS && kill(getppid(), 0) < 0 &&
	       socket(AF_VSOCK, SOCK_STREAM, 0) < 0 && errno == ENOSYS &&
	       prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0;
}

static void sandbox__call_that_is_not_listed__fails(void **unused)
{
	needs_sandbox();
	assert_int_equal(dropped(unknown_calls_fail), 0);
}

static bool aborts(void)
{
	abort();
}

static void sandbox__abort__is_still_an_abort(void **unused)
{
	int status = dropped(aborts);

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void check__agrees_with_the_kernel(void **unused)
{
	struct err e = { 0 };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	assert_int_equal(privilege_check(&e), fd >= 0);
	if (fd >= 0)
		close(fd);
	else
		assert_int_equal(e.status, STATUS_PRIVILEGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check__agrees_with_the_kernel),
		cmocka_unit_test(dropped__no_capability_is_left),
		cmocka_unit_test(dropped__bounding_set_is_empty_for_root),
		cmocka_unit_test(dropped__no_raw_socket_can_be_opened),
		cmocka_unit_test(started_by_sudo__back_to_the_user),
		cmocka_unit_test(nonsense_from_sudo__changes_nobody),
		cmocka_unit_test(dropped__what_the_program_needs_still_works),
		cmocka_unit_test(sandbox__hostile_call__ends_the_process),
		cmocka_unit_test(sandbox__call_that_is_not_listed__fails),
		cmocka_unit_test(sandbox__abort__is_still_an_abort),
	};

	unsetenv("SUDO_UID"); /* the tests say themselves who called sudo */
	unsetenv("SUDO_GID");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
