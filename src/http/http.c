/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.c - libcurl's easy interface in a thread of its own; see http.h.
 *
 * The thread waits for a transfer (job_fd), performs it and tells that it is over (done_fd, a source of
 * our loop). What a transfer reads and writes belongs to the thread from the one to the other, and to
 * the loop otherwise; nothing else is shared. So a slow disk, or a slow reader of standard output, holds
 * up libcurl but not our acknowledgements, just as it would with the kernel's TCP. A connection that
 * libcurl closes in a transfer is closed by the loop, after its owner was told that the transfer is
 * over: so the two are always told in that order.
 *
 * Never: touches the network, libnet or libpcap; calls the owner from the thread. */
#include "http/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "http/door.h"

#define CURL_BUFFER (256L << 10) /* bytes that libcurl reads at once */
#define CLOSING_MAX 4u
#define JOIN_S	    1 /* for a thread that is stuck in writing to a reader that does not read */

struct http {
	struct loop *loop;
	struct http_options options;
	struct door door;
	bool abstract; /* its name is */
	struct loop_source door_source, done_source;
	int job_fd, done_fd; /* eventfd(2) */
	pthread_t thread;
	bool started;
	atomic_bool quit;

	/* The transfer */
	CURL *easy;
	struct curl_slist *headers;
	const struct url *url;
	bool last;
	struct body *body;
	struct http_reply reply;
	struct err outcome;
	char curl_error[CURL_ERROR_SIZE];
	int to_close[CLOSING_MAX]; /* connections that libcurl is done with */
	unsigned to_close_count;
};

/* ---- in the thread ---------------------------------------------------------------------------- */

static bool begins(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && !strncasecmp(line, with, strlen(with));
}

/* "Transfer-Encoding: gzip, chunked": what the last coding is decides (RFC 9112 section 6.3). */
static bool ends_in_chunks(const char *line, size_t len)
{
	static const char last[] = "chunked";

	if (!begins(line, len, "Transfer-Encoding:"))
		return false;
	while (len && strchr(" \t\r\n", line[len - 1]))
		len--;
	return len > strlen(last) && !strncasecmp(line + len - strlen(last), last, strlen(last)) &&
	       strchr(" \t,:", line[len - strlen(last) - 1]);
}

/* A status line, of several (100 Continue) the last; and the headers that tell where the body ends
 * (RFC 9112 section 6.3). The line has a length, not a NUL. */
static size_t take_header(char *line, size_t size, size_t count, void *context)
{
	struct http *h = context;
	size_t len = size * count, n = 0;

	if (begins(line, len, "HTTP/")) {
		while (n < len && n < sizeof(h->reply.status_line) - 1 && line[n] != '\r' &&
		       line[n] != '\n')
			n++;
		memcpy(h->reply.status_line, line, n);
		h->reply.status_line[n] = '\0';
		h->reply.delimited = false;
	} else if (begins(line, len, "Content-Length:") || ends_in_chunks(line, len)) {
		h->reply.delimited = true;
	}
	return len;
}

/* Decided by the status, which is known before the first byte of the body. */
static void apply_fail(struct http *h)
{
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &h->reply.status);
	if (h->options.fail && h->reply.status >= 400)
		body_discard(h->body);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct http *h = context;

	if (!body_bytes(h->body))
		apply_fail(h);
	return body_write(h->body, bytes, size * count, &h->outcome) ? size * count : 0;
}

static int close_later(void *context, curl_socket_t fd)
{
	struct http *h = context;

	if (h->to_close_count == CLOSING_MAX || atomic_load(&h->quit))
		return close(fd);
	h->to_close[h->to_close_count++] = fd;
	return 0;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		       curl_off_t up)
{
	struct http *h = context;

	return atomic_load(&h->quit); /* not 0: libcurl gives up */
}

static void judge(struct http *h, CURLcode code)
{
	struct http_reply *r = &h->reply;
	const char *why = h->curl_error[0] ? h->curl_error : curl_easy_strerror(code);

	apply_fail(h);
	r->complete = code == CURLE_OK;
	r->delimited |=
		r->status == 204 || r->status == 304; /* no body, whatever the headers say */
	if (h->outcome.status)
		return; /* the disk's fault; known already */
	if (code != CURLE_OK)
		err_set(&h->outcome, STATUS_APP,
			"the HTTP exchange failed after %" PRIu64
			" bytes of body: %s; -v shows what was sent",
			body_bytes(h->body), why);
	else if (!body_finish(h->body, &h->outcome))
		return;
	else if (h->options.fail && r->status >= 400)
		err_set(&h->outcome, STATUS_APP, "%s; the body was not kept (--fail)",
			r->status_line);
}

static void set_options(struct http *h)
{
	const struct http_options *o = &h->options;
	CURL *c = h->easy;

	curl_easy_reset(c); /* options only: connections are kept */
	curl_easy_setopt(c, CURLOPT_URL, h->url->text);
	curl_easy_setopt(c, h->abstract ? CURLOPT_ABSTRACT_UNIX_SOCKET : CURLOPT_UNIX_SOCKET_PATH,
			 h->door.name);
	curl_easy_setopt(c, CURLOPT_PROXY, ""); /* none, whatever the environment says */
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
			 o->http10 ? (long)CURL_HTTP_VERSION_1_0 : (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT,
			 o->user_agent ? o->user_agent : "tcpshake/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, h->last ? 1L : 0L);
	/* Our own timeouts decide: libcurl's would count the address that did not answer. */
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 86400L);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, CURL_BUFFER);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, close_later);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, h);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->curl_error);
}

static void *perform(void *context)
{
	struct http *h = context;
	eventfd_t count;

	while (eventfd_read(h->job_fd, &count) == 0 && !atomic_load(&h->quit)) {
		set_options(h);
		judge(h, curl_easy_perform(h->easy));
		eventfd_write(h->done_fd, 1);
	}
	curl_easy_cleanup(h->easy); /* and with it the connections that it kept */
	return NULL;
}

/* ---- in the loop ------------------------------------------------------------------------------ */

static void close_now(const int *fds, unsigned count)
{
	while (count)
		close(fds[--count]);
}

static void on_done(void *context, short revents)
{
	struct http *h = context;
	eventfd_t count;
	int fds[CLOSING_MAX];
	unsigned n;

	if (eventfd_read(h->done_fd, &count))
		return;
	/* The owner may start another transfer in its callback: the list is the thread's again then. */
	n = h->to_close_count;
	memcpy(fds, h->to_close, sizeof(fds));
	h->to_close_count = 0;
	h->options.done(h->options.context);
	close_now(fds, n);
}

static void on_door(void *context, short revents)
{
	struct http *h = context;
	int fd = door_accept(&h->door);

	if (fd >= 0)
		h->options.wanted(h->options.context, fd);
}

static bool set_up_curl(struct http *h, struct err *e)
{
	/* No TLS yet: without it libcurl starts in no time. */
	if (curl_global_init(CURL_GLOBAL_NOTHING) || !(h->easy = curl_easy_init()))
		return err_set(e, STATUS_APP, "libcurl does not start");
	for (size_t i = 0; i < h->options.header_count; i++) {
		struct curl_slist *more = curl_slist_append(h->headers, h->options.headers[i]);

		if (!more)
			return err_set(e, STATUS_APP, "out of memory");
		h->headers = more;
	}
	return true;
}

static bool start_thread(struct http *h, struct err *e)
{
	sigset_t all, before;
	int error;

	h->job_fd = eventfd(0, EFD_CLOEXEC);
	h->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (h->job_fd < 0 || h->done_fd < 0)
		return err_set(e, STATUS_APP, "cannot make an eventfd: %s", strerror(errno));
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	error = pthread_create(&h->thread, NULL, perform, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		return err_set(e, STATUS_APP, "cannot start a thread: %s", strerror(error));
	h->started = true;
	return true;
}

static bool set_up(struct http *h, struct err *e)
{
	if (!door_open(&h->door, h->options.keep, e))
		return false;
	h->abstract = h->door.path_fd < 0;
	if (!set_up_curl(h, e) || !start_thread(h, e))
		return false;
	h->door_source = (struct loop_source){ h->door.fd, POLLIN, LOOP_NEVER, on_door, h };
	h->done_source = (struct loop_source){ h->done_fd, POLLIN, LOOP_NEVER, on_done, h };
	return loop_add(h->loop, &h->door_source, e) && loop_add(h->loop, &h->done_source, e);
}

struct http *http_new(struct loop *loop, const struct http_options *options, struct err *e)
{
	struct http *h = calloc(1, sizeof(*h));

	if (!h) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	h->loop = loop;
	h->options = *options;
	h->door.fd = h->door.path_fd = h->job_fd = h->done_fd = -1;
	if (set_up(h, e))
		return h;
	http_free(h);
	return NULL;
}

/* False when the thread does not end: it is writing to somebody who does not read. */
static bool end_thread(struct http *h)
{
	struct timespec until;

	if (!h->started) {
		curl_easy_cleanup(h->easy);
		return true;
	}
	atomic_store(&h->quit, true);
	eventfd_write(h->job_fd, 1);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += JOIN_S;
	return pthread_timedjoin_np(h->thread, NULL, &until) == 0;
}

bool http_free(struct http *h)
{
	if (!h)
		return true;
	loop_remove(h->loop, &h->door_source);
	loop_remove(h->loop, &h->done_source);
	door_close(&h->door); /* a connection that waits there ends */
	if (!end_thread(h))
		return false;
	close_now(h->to_close, h->to_close_count);
	curl_slist_free_all(h->headers);
	if (h->job_fd >= 0)
		close(h->job_fd);
	if (h->done_fd >= 0)
		close(h->done_fd);
	free(h);
	return true;
}

bool http_fetch(struct http *h, const struct url *url, struct body *body, bool last, struct err *e)
{
	h->url = url;
	h->body = body;
	h->last = last;
	h->reply = (struct http_reply){ 0 };
	h->outcome = (struct err){ 0 };
	h->curl_error[0] = '\0';
	if (eventfd_write(h->job_fd, 1))
		return err_set(e, STATUS_APP, "cannot start a transfer: %s", strerror(errno));
	return true;
}

bool http_outcome(const struct http *h, struct http_reply *reply, struct err *e)
{
	*reply = h->reply;
	if (!h->outcome.status)
		return true;
	*e = h->outcome;
	return false;
}
