/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_http.c - URLs, bodies, and libcurl through its door, with this test as the server. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/http.h"

#define PATIENCE_US  3000000
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC_SHA256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* ---- URLs ------------------------------------------------------------------------------------- */

static void good_urls__give_host_and_port(void **unused)
{
	static const struct {
		const char *s, *host, *text;
		uint16_t port;
	} good[] = {
		{ "http://example.org/", "example.org", "http://example.org/", 80 },
		{ "example.org", "example.org", "http://example.org/", 80 },
		{ "localhost:8000/a?b=http://c", "localhost", "http://localhost:8000/a?b=http://c",
		  8000 },
		{ "HTTP://192.0.2.1:65535", "192.0.2.1", "http://192.0.2.1:65535/", 65535 },
		{ "http://[2001:db8::1]:1/x", "2001:db8::1", "http://[2001:db8::1]:1/x", 1 },
		{ "[::1]", "::1", "http://[::1]/", 80 },
		{ "http://h/x#part", "h", "http://h/x", 80 },
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct url u;
		struct err e = { 0 };

		if (!url_parse(good[i].s, &u, &e))
			fail_msg("%s: %s", good[i].s, e.text);
		assert_string_equal(u.host, good[i].host);
		assert_string_equal(u.text, good[i].text);
		assert_int_equal(u.port, good[i].port);
		url_free(&u);
	}
}

static void link_local_url__keeps_its_interface(void **unused)
{
	struct url u;
	struct err e = { 0 };

	assert_true(url_parse("http://[fe80::1%25eth0]/", &u, &e));
	assert_string_equal(u.host, "fe80::1%eth0");
	url_free(&u);
}

static void bad_urls__are_usage_errors(void **unused)
{
	static const struct {
		const char *s, *why;
	} bad[] = {
		{ "", "no host" },
		{ "http://", "no host" },
		{ "http:///x", "no host" },
		{ "http://h:0/", "port" },
		{ "http://h:70000/", "port" },
		{ "http://h:x/", "port" },
		{ "http://h:-1/", "port" },
		{ "https://h/", "https" },
		{ "ftp://h/", "scheme" },
		{ "http://user@h/", "user" },
		{ "http://user:secret@h/", "user" },
		{ "http://a b/", "" },
		{ "http://[::1", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct url u;
		struct err e = { 0 };

		if (url_parse(bad[i].s, &u, &e))
			fail_msg("%s was taken", bad[i].s);
		assert_int_equal(e.status, STATUS_USAGE);
		if (!strstr(e.text, bad[i].why))
			fail_msg("%s: %s", bad[i].s, e.text);
		assert_null(strstr(e.text, "secret"));
		url_free(&u);
	}
}

/* ---- bodies ----------------------------------------------------------------------------------- */

static char folder[] = "/tmp/tcpshake-test-XXXXXX";
static char path[sizeof(folder) + 8];

static int make_folder(void **unused)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/body", folder);
	return 0;
}

static int remove_folder(void **unused)
{
	unlink(path);
	return rmdir(folder);
}

static void write_old(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void file_holds(const char *text)
{
	char bytes[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(bytes, 1, sizeof(bytes) - 1, f), strlen(text));
	fclose(f);
	assert_string_equal(bytes, text);
}

static void body__without_a_file__is_counted_and_hashed(void **unused)
{
	struct err e = { 0 };
	struct body *b = body_open(NULL, &e);
	char hash[BODY_SHA256_TEXT];

	assert_string_equal(body_sha256(b, hash), EMPTY_SHA256);
	assert_true(body_write(b, "a", 1, &e) && body_write(b, "bc", 2, &e));
	assert_string_equal(body_sha256(b, hash), ABC_SHA256);
	assert_true(body_finish(b, &e) && body_bytes(b) == 3 && !body_saved_as(b));
	body_close(b);
}

static void body__new_file__holds_it(void **unused)
{
	struct err e = { 0 };
	struct body *b;

	unlink(path);
	b = body_open(path, &e);
	assert_null(body_saved_as(b));
	assert_true(body_write(b, "abc", 3, &e) && body_finish(b, &e));
	assert_string_equal(body_saved_as(b), path);
	body_close(b);
	file_holds("abc");
}

static void body__longer_old_file__is_replaced_at_the_first_byte(void **unused)
{
	struct err e = { 0 };
	struct body *b;

	write_old("something longer");
	b = body_open(path, &e);
	file_holds("something longer");
	assert_true(body_write(b, "ab", 2, &e));
	file_holds("ab");
	body_close(b);
	file_holds("ab");
}

static void body__nothing_came__leaves_no_trace(void **unused)
{
	struct err e = { 0 };

	write_old("old");
	body_close(body_open(path, &e));
	file_holds("old");
	unlink(path);
	body_close(body_open(path, &e));
	assert_int_equal(access(path, F_OK), -1);
}

static void body__empty_but_complete__makes_an_empty_file(void **unused)
{
	struct err e = { 0 };
	struct body *b;

	write_old("old");
	b = body_open(path, &e);
	assert_true(body_finish(b, &e));
	body_close(b);
	file_holds("");
}

static void body__discarded__is_counted_only(void **unused)
{
	struct err e = { 0 };
	struct body *b;

	write_old("old");
	b = body_open(path, &e);
	body_discard(b);
	assert_true(body_write(b, "abc", 3, &e) && body_finish(b, &e) && body_bytes(b) == 3);
	assert_null(body_saved_as(b));
	body_close(b);
	file_holds("old");
}

static void body__full_disk__is_an_error_that_names_it(void **unused)
{
	struct err e = { 0 };
	struct body *b = body_open("/dev/full", &e);

	assert_false(body_write(b, "abc", 3, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "/dev/full"));
	body_close(b);
	assert_null(body_open("/nonexistent/folder/x", &e));
}

/* ---- transfers -------------------------------------------------------------------------------- */

struct bench {
	struct loop *loop;
	struct http *http;
	struct loop_source server;
	const char *answer; /* to each request */
	bool close_after;
	char heard[4096];
	unsigned requests, connections;
	bool done;
};

static void on_request(void *context, short revents)
{
	struct bench *b = context;
	size_t have = strlen(b->heard);
	ssize_t n = read(b->server.fd, b->heard + have, sizeof(b->heard) - 1 - have);

	if (n > 0)
		b->heard[have + (size_t)n] = '\0';
	if (n <= 0 || (strstr(b->heard, "\r\n\r\n") && b->close_after && !b->answer)) {
		loop_remove(b->loop, &b->server);
		close(b->server.fd);
		b->server.fd = -1;
		return;
	}
	if (!strstr(b->heard, "\r\n\r\n"))
		return;
	b->requests++;
	assert_true(write(b->server.fd, b->answer, strlen(b->answer)) > 0);
	if (b->close_after)
		shutdown(b->server.fd, SHUT_WR);
}

static void on_wanted(void *context, int fd)
{
	struct bench *b = context;
	struct err e = { 0 };

	b->connections++;
	if (b->server.fd >= 0) {
		loop_remove(b->loop, &b->server);
		close(b->server.fd);
	}
	b->server = (struct loop_source){ fd, POLLIN, LOOP_NEVER, on_request, b };
	assert_true(loop_add(b->loop, &b->server, &e));
}

static void on_done(void *context)
{
	((struct bench *)context)->done = true;
}

static void begin(struct bench *b, struct http_options *o, const char *answer, bool close_after)
{
	struct err e = { 0 };

	*b = (struct bench){ .answer = answer, .close_after = close_after, .server.fd = -1 };
	o->wanted = on_wanted;
	o->done = on_done;
	o->context = b;
	b->loop = loop_new(&e);
	b->http = http_new(b->loop, o, &e);
	assert_non_null(b->http);
}

static void fetch(struct bench *b, struct body *body, bool last)
{
	struct url url;
	struct err e = { 0 };
	int64_t limit = loop_now() + PATIENCE_US;

	b->done = false;
	b->heard[0] = '\0';
	assert_true(url_parse("http://test.example:8000/path", &url, &e));
	assert_true(http_fetch(b->http, &url, body, last, &e));
	while (!b->done) {
		assert_true(loop_now() < limit);
		assert_true(loop_turn(b->loop, &e));
	}
	url_free(&url);
}

static void end(struct bench *b)
{
	http_free(b->http);
	if (b->server.fd >= 0)
		close(b->server.fd);
	loop_free(b->loop);
}

static void request__reaches_the_server__as_asked(void **unused)
{
	static const char *const headers[] = { "X-Test: yes", "Accept:" };
	struct http_options o = { .headers = headers, .header_count = 2, .user_agent = "me" };
	struct err e = { 0 };
	struct body *body = body_open(NULL, &e);
	struct http_reply r;
	struct bench b;

	begin(&b, &o, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false);
	fetch(&b, body, true);
	assert_string_equal(b.heard,
			    "GET /path HTTP/1.1\r\nHost: test.example:8000\r\nUser-Agent: me\r\n"
			    "X-Test: yes\r\n\r\n");
	assert_true(http_outcome(b.http, &r, &e));
	assert_true(r.status == 200 && r.complete && r.delimited);
	assert_string_equal(r.status_line, "HTTP/1.1 200 OK");
	assert_int_equal(body_bytes(body), 3);
	body_close(body);
	end(&b);
}

static void http10__closed_by_the_server__is_complete(void **unused)
{
	struct http_options o = { .http10 = true };
	struct err e = { 0 };
	struct body *body = body_open(NULL, &e);
	struct http_reply r;
	struct bench b;

	begin(&b, &o, "HTTP/1.0 200 OK\r\n\r\nabc", true);
	fetch(&b, body, true);
	assert_memory_equal(b.heard, "GET /path HTTP/1.0\r\n", 20);
	assert_true(http_outcome(b.http, &r, &e));
	assert_true(r.complete && !r.delimited && body_bytes(body) == 3);
	body_close(body);
	end(&b);
}

/* What door.h is about: a second request on the connection of the first. */
static void two_transfers__kept__share_a_connection(void **unused)
{
	struct http_options o = { .keep = true };
	struct err e = { 0 };
	struct bench b;

	begin(&b, &o, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false);
	for (int i = 0; i < 3; i++) {
		struct body *body = body_open(NULL, &e);

		fetch(&b, body, i == 2);
		assert_int_equal(body_bytes(body), 3);
		body_close(body);
	}
	assert_int_equal(b.requests, 3);
	assert_int_equal(b.connections, 1);
	end(&b);
}

static void response__cut_short__is_an_error(void **unused)
{
	struct http_options o = { 0 };
	struct err e = { 0 };
	struct body *body = body_open(NULL, &e);
	struct http_reply r;
	struct bench b;

	begin(&b, &o, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true);
	fetch(&b, body, true);
	assert_false(http_outcome(b.http, &r, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "3 bytes"));
	assert_true(!r.complete && r.delimited);
	body_close(body);
	end(&b);
}

static void response__404_with_fail__is_an_error_without_a_body(void **unused)
{
	struct http_options o = { .fail = true };
	struct err e = { 0 };
	struct body *body;
	struct http_reply r;
	struct bench b;

	write_old("old");
	body = body_open(path, &e);
	begin(&b, &o, "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc", false);
	fetch(&b, body, true);
	assert_false(http_outcome(b.http, &r, &e));
	assert_true(e.status == STATUS_APP && strstr(e.text, "404") && r.status == 404);
	body_close(body);
	file_holds("old");
	end(&b);
}

static void no_response__is_an_error(void **unused)
{
	struct http_options o = { 0 };
	struct err e = { 0 };
	struct body *body = body_open(NULL, &e);
	struct http_reply r;
	struct bench b;

	begin(&b, &o, NULL, true);
	fetch(&b, body, true);
	assert_false(http_outcome(b.http, &r, &e));
	assert_int_equal(r.status, 0);
	body_close(body);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_urls__give_host_and_port),
		cmocka_unit_test(link_local_url__keeps_its_interface),
		cmocka_unit_test(bad_urls__are_usage_errors),
		cmocka_unit_test(body__without_a_file__is_counted_and_hashed),
		cmocka_unit_test(body__new_file__holds_it),
		cmocka_unit_test(body__longer_old_file__is_replaced_at_the_first_byte),
		cmocka_unit_test(body__nothing_came__leaves_no_trace),
		cmocka_unit_test(body__empty_but_complete__makes_an_empty_file),
		cmocka_unit_test(body__discarded__is_counted_only),
		cmocka_unit_test(body__full_disk__is_an_error_that_names_it),
		cmocka_unit_test(request__reaches_the_server__as_asked),
		cmocka_unit_test(http10__closed_by_the_server__is_complete),
		cmocka_unit_test(two_transfers__kept__share_a_connection),
		cmocka_unit_test(response__cut_short__is_an_error),
		cmocka_unit_test(response__404_with_fail__is_an_error_without_a_body),
		cmocka_unit_test(no_response__is_an_error),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
