/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probed.h - results of a probe, and what the views make of them, as one string. */
#ifndef TCPSHAKE_UNIT_PROBED_H
#define TCPSHAKE_UNIT_PROBED_H

#include "tcp/options.h"
#include "told.h"
#include "view/probe_view.h"

#define MS 1000000 /* nanoseconds */

struct probed {
	struct probe_view *v;
	FILE *out, *messages;
	char *text, *said;
	size_t len, said_len;
};

/* A view that writes into memory. */
static inline void probed_begin(struct probed *p, struct probe_view_options options)
{
	memset(p, 0, sizeof(*p));
	p->out = options.out = open_memstream(&p->text, &p->len);
	p->messages = options.messages = open_memstream(&p->said, &p->said_len);
	assert_non_null(p->out);
	assert_non_null(p->messages);
	p->v = probe_view_open(&options);
	assert_non_null(p->v);
}

/* Closes the view: text and said are whole then. */
static inline void probed_close(struct probed *p, const struct probe_totals *totals)
{
	static const struct probe_totals none;
	struct err e = { 0 };

	assert_true(probe_view_close(p->v, totals ? totals : &none, &e));
	fclose(p->out);
	fclose(p->messages);
}

static inline void probed_end(struct probed *p)
{
	free(p->text);
	free(p->said);
}

static inline struct probe_result result_of(const char *addr, uint16_t port, enum probe_state state)
{
	struct probe_result r = { .port = port,
				  .state = state,
				  .attempts = 1,
				  .rtt_ns = -1,
				  .close_ns = -1,
				  .first_byte_ns = -1 };

	assert_true(addr_parse(addr, &r.addr));
	return r;
}

/* An open port of a Linux server, that closed in order. */
static inline struct probe_result open_of(const char *addr, uint16_t port)
{
	static const uint8_t options[] = { 2,	 4,    5, 0xb4, 4, 2, 8, 10, 0x11, 0x22,
					   0x33, 0x44, 0, 0,	0, 1, 1, 3,  3,	   7 };
	struct probe_result r = result_of(addr, port, PROBE_OPEN);

	r.answered = 1;
	r.at_ns = 1700000000000000000;
	r.rtt_ns = 412345;
	r.close_ns = 911000;
	r.ttl = 63;
	r.close = PROBE_CLOSE_ORDERLY;
	r.synack = (struct probe_synack){
		.seen = true,
		.ttl = 63,
		.flags_ip = 1,
		.flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
		.window = 65160,
		.seq = 1739326486,
		.ack = 3626544837,
		.syn_mss = 1460,
		.option_len = sizeof(options),
	};
	memcpy(r.synack.option_bytes, options, sizeof(options));
	assert_true(tcp_options_decode(options, sizeof(options), &r.synack.options));
	return r;
}

/* One of each kind that there is. */
static inline unsigned results_of_all_kinds(struct probe_result out[10])
{
	unsigned n = 0;

	out[n] = open_of("192.0.2.10", 80);
	out[n++].name = "server.example";
	out[n] = open_of("192.0.2.9", 443);
	out[n].close = PROBE_CLOSE_NO_FIN;
	out[n].answered = out[n].attempts = 2;
	out[n].synack.flags |= TCP_FLAG_ECE;
	out[n].http_status = 200;
	out[n].first_byte_ns = 1234567;
	out[n].text_bytes = 312;
	snprintf(out[n++].http_line, sizeof(out[0].http_line), "HTTP/1.1 200 OK");
	out[n++] = open_of("2001:db8::1", 80);
	out[n] = result_of("192.0.2.9", 80, PROBE_CLOSED);
	out[n].answered = 1;
	out[n].ttl = 64;
	out[n++].rtt_ns = 20 * MS;
	out[n] = result_of("192.0.2.11", 80, PROBE_FILTERED);
	out[n++].attempts = 3;
	out[n] = result_of("192.0.2.12", 80, PROBE_UNREACHABLE);
	out[n].why = "host unreachable";
	assert_true(addr_parse("198.51.100.254", &out[n++].from));
	out[n] = result_of("192.0.2.13", 80, PROBE_UNREACHABLE);
	out[n++].why = "no route";
	out[n] = open_of("192.0.2.14", 80);
	out[n].state = PROBE_BROKEN;
	out[n].close = PROBE_CLOSE_NONE;
	out[n].close_ns = -1;
	out[n++].why = "SYN,ACK that acknowledges what was not sent";
	return n;
}

static inline struct probe_totals totals_of_all_kinds(void)
{
	return (struct probe_totals){
		.targets = 8,
		.by_state = { [PROBE_OPEN] = 3,
			      [PROBE_CLOSED] = 1,
			      [PROBE_FILTERED] = 1,
			      [PROBE_UNREACHABLE] = 2,
			      [PROBE_BROKEN] = 1 },
		.by_close = { [PROBE_CLOSE_ORDERLY] = 2, [PROBE_CLOSE_NO_FIN] = 1 },
		.syns = 11,
		.retries = 3,
		.segments_sent = 1234,
		.frames_heard = 20,
		.late = 1,
		.forged = 2,
		.dropped = 4,
		.took_us = 3500000,
		.sending_us = 1000000,
	};
}

#endif
