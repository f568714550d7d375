/* SPDX-License-Identifier: GPL-3.0-or-later */
/* told.h - observed connections (observed.h), and what a view makes of them, as one string.
 *
 * Expected texts are files in tests/data. After a change on purpose, TCPSHAKE_REFRESH=1 makes the tests
 * write them anew; git diff then shows what readers will see. */
#ifndef TCPSHAKE_UNIT_TOLD_H
#define TCPSHAKE_UNIT_TOLD_H

#include <stdio.h>
#include <stdlib.h>

#include "observed.h"
#include "view/view.h"

struct told {
	struct observed o;
	struct view *v;
	FILE *out;
	char *text;
	size_t len;
};

/* A view that writes into memory; it is told of the connection at once. */
static inline void tell_begin(struct told *told, struct view_options options)
{
	struct view_connection c = {
		.host = "server.example",
		.client = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } },
		.server = { .family = AF_INET, .bytes = { 192, 0, 2, 2 } },
		.client_port = 3337,
		.server_port = 7788,
		.ifname = "eth0",
		.mtu = 1500,
		.guard_layers = 5,
		.number = 1,
	};

	memset(told, 0, sizeof(*told));
	observe_begin(&told->o);
	told->out = options.out = open_memstream(&told->text, &told->len);
	assert_non_null(told->out);
	told->v = view_open(&options);
	assert_non_null(told->v);
	view_connection(told->v, &c);
}

static inline void told_end(struct told *told)
{
	struct err e = { 0 };

	observe_end(&told->o);
	assert_true(view_close(told->v, &e));
	fclose(told->out);
	free(told->text);
}

static inline void tell(struct told *told, enum trace_end from, const char *segment)
{
	observe(&told->o, from, segment);
	view_step(told->v, &told->o.step, NULL, NULL);
}

static inline void tell_summary_of(struct told *told, const struct view_result *result)
{
	struct trace_summary sum;

	trace_summary(told->o.t, &sum);
	view_summary(told->v, &sum, result);
}

/* The ten steps of SEEDS.md, in its numbers. */
static inline void tell_ten_steps(struct told *told)
{
	tell(told, TRACE_CLIENT, "S 0:0(0) win 64240 <mss 1460,sackOK,TS val 7 ecr 0,wscale 7>");
	tell(told, TRACE_SERVER,
	     "S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK,TS val 9 ecr 7,wscale 7>");
	tell(told, TRACE_CLIENT, ". 1:1(0) ack 1 win 502");
	told->o.text = "GET / HTTP/1.1\r\nHost: server.example\r\n\r\n";
	tell(told, TRACE_CLIENT, "P. 1:41(40) ack 1 win 502");
	tell(told, TRACE_SERVER, ". 1:1(0) ack 41 win 509");
	told->o.text = "HTTP/1.1 200 OK\r\nContent-Length: 261\r\n\r\n<!doctype html>";
	tell(told, TRACE_SERVER, "P. 1:313(312) ack 41 win 509");
	tell(told, TRACE_CLIENT, ". 41:41(0) ack 313 win 501");
	tell(told, TRACE_CLIENT, "F. 41:41(0) ack 313 win 501");
	tell(told, TRACE_SERVER, ". 313:313(0) ack 42 win 509");
	tell(told, TRACE_SERVER, "F. 313:313(0) ack 42 win 509");
	tell(told, TRACE_CLIENT, ". 42:42(0) ack 314 win 501");
}

static inline struct view_result told_result(void)
{
	return (struct view_result){
		.url = "http://server.example:7788/",
		.http_status = 200,
		.body_bytes = 261,
		.body_sha256 = "6ea8bc5ec1f4f2c8e3a2b6c4ae9ab2d0d0c1f5e1c3d9c07ad5b3f1a1a1d2e3f4",
		.srtt_ns = 1000000,
		.rto_ns = 200000000,
	};
}

/* Compare with tests/data/@name, or write it when asked to. */
static inline void assert_as_in(const char *name, const char *text)
{
	const char *top = getenv("top_srcdir"), *refresh = getenv("TCPSHAKE_REFRESH");
	static char expected[262144];
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", name);
	if (refresh && refresh[0]) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(text, f);
		assert_int_equal(fclose(f), 0);
		return;
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing; TCPSHAKE_REFRESH=1 writes it", path);
	expected[fread(expected, 1, sizeof(expected) - 1, f)] = '\0';
	fclose(f);
	if (strcmp(expected, text)) {
		size_t at = 0;

		while (expected[at] == text[at])
			at++;
		while (at && text[at - 1] != '\n')
			at--;
		print_error("# %s differs from here on:\n# -%.*s\n# +%.*s\n", path,
			    (int)strcspn(expected + at, "\n"), expected + at,
			    (int)strcspn(text + at, "\n"), text + at);
		fail_msg("%s; if that is meant, TCPSHAKE_REFRESH=1 writes it anew", path);
	}
}

#endif
