/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.c - libcurl's multi interface as one source of our loop; see http.h.
 *
 * libcurl names the descriptors it waits for (watch_socket) and its next deadline (watch_timer); all
 * descriptors are in one epoll set, and that set and the deadline are the source. */
#include "http/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "http/door.h"

#define EVENTS_AT_ONCE 8
#define CURL_BUFFER    (256L << 10) /* bytes that libcurl reads at once */

struct http {
	struct loop *loop;
	struct http_options options;
	struct door door;
	int epoll_fd;
	struct loop_source door_source, curl_source;
	CURLM *multi;
	CURL *easy; /* the transfer in work */
	struct curl_slist *headers;
	struct body *body;
	struct http_reply reply;
	struct err outcome;
	char curl_error[CURL_ERROR_SIZE];
};

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
	struct http *h = context;
	struct epoll_event ev = { .data.fd = fd };

	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(h->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		ev.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(h->epoll_fd, EPOLL_CTL_MOD, fd, &ev) == 0)
		return 0;
	return epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static int watch_timer(CURLM *multi, long ms, void *context)
{
	struct http *h = context;

	h->curl_source.deadline_us = ms < 0 ? LOOP_NEVER : loop_now() + (int64_t)ms * 1000;
	return 0;
}

static bool begins(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && !strncasecmp(line, with, strlen(with));
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
	} else if (begins(line, len, "Content-Length:") ||
		   begins(line, len, "Transfer-Encoding: chunked")) {
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

static void judge(struct http *h, CURLcode code)
{
	struct http_reply *r = &h->reply;
	const char *why = h->curl_error[0] ? h->curl_error : curl_easy_strerror(code);

	apply_fail(h);
	r->complete = code == CURLE_OK;
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

static void drop_easy(struct http *h)
{
	if (!h->easy)
		return;
	curl_multi_remove_handle(h->multi, h->easy);
	curl_easy_cleanup(h->easy);
	h->easy = NULL;
}

static void collect(struct http *h)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(h->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE || msg->easy_handle != h->easy)
			continue;
		judge(h, msg->data.result);
		drop_easy(h);
		h->options.done(h->options.context);
		return;
	}
}

static void on_curl(void *context, short revents)
{
	struct http *h = context;
	struct epoll_event events[EVENTS_AT_ONCE];
	int running, n = revents ? epoll_wait(h->epoll_fd, events, EVENTS_AT_ONCE, 0) : 0;

	if (!revents) {
		h->curl_source.deadline_us = LOOP_NEVER; /* before: libcurl may set a new one */
		curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	for (int i = 0; i < n; i++) {
		int mask = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
			   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
			   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

		curl_multi_socket_action(h->multi, events[i].data.fd, mask, &running);
	}
	collect(h);
}

static void on_door(void *context, short revents)
{
	struct http *h = context;
	int fd = door_accept(&h->door);

	if (fd >= 0)
		h->options.wanted(h->options.context, fd);
}

static bool set_up_multi(struct http *h, struct err *e)
{
	/* No TLS yet: without it libcurl starts in no time. */
	if (curl_global_init(CURL_GLOBAL_NOTHING) || !(h->multi = curl_multi_init()))
		return err_set(e, STATUS_APP, "libcurl does not start");
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, watch_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	for (size_t i = 0; i < h->options.header_count; i++) {
		struct curl_slist *more = curl_slist_append(h->headers, h->options.headers[i]);

		if (!more)
			return err_set(e, STATUS_APP, "out of memory");
		h->headers = more;
	}
	return true;
}

static bool set_up(struct http *h, struct err *e)
{
	if (!door_open(&h->door, h->options.keep, e))
		return false;
	h->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (h->epoll_fd < 0)
		return err_set(e, STATUS_APP, "cannot make an epoll set: %s", strerror(errno));
	h->door_source = (struct loop_source){ h->door.fd, POLLIN, LOOP_NEVER, on_door, h };
	h->curl_source = (struct loop_source){ h->epoll_fd, POLLIN, LOOP_NEVER, on_curl, h };
	return set_up_multi(h, e) && loop_add(h->loop, &h->door_source, e) &&
	       loop_add(h->loop, &h->curl_source, e);
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
	h->door.fd = h->door.path_fd = h->epoll_fd = -1;
	if (set_up(h, e))
		return h;
	http_free(h);
	return NULL;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	drop_easy(h);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	loop_remove(h->loop, &h->door_source);
	loop_remove(h->loop, &h->curl_source);
	door_close(&h->door);
	if (h->epoll_fd >= 0)
		close(h->epoll_fd);
	free(h);
}

static void set_options(struct http *h, const struct url *url, bool last)
{
	const struct http_options *o = &h->options;
	CURL *c = h->easy;

	curl_easy_setopt(c, CURLOPT_URL, url->text);
	curl_easy_setopt(
		c, h->door.path_fd < 0 ? CURLOPT_ABSTRACT_UNIX_SOCKET : CURLOPT_UNIX_SOCKET_PATH,
		h->door.name);
	curl_easy_setopt(c, CURLOPT_PROXY, ""); /* none, whatever the environment says */
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
			 o->http10 ? (long)CURL_HTTP_VERSION_1_0 : (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT,
			 o->user_agent ? o->user_agent : "tcpshake/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, last ? 1L : 0L);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, CURL_BUFFER);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->curl_error);
}

bool http_fetch(struct http *h, const struct url *url, struct body *body, bool last, struct err *e)
{
	h->body = body;
	h->reply = (struct http_reply){ 0 };
	h->outcome = (struct err){ 0 };
	h->curl_error[0] = '\0';
	h->easy = curl_easy_init();
	if (!h->easy)
		return err_set(e, STATUS_APP, "out of memory");
	set_options(h, url, last);
	if (curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return err_set(e, STATUS_APP, "libcurl takes no transfer");
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
