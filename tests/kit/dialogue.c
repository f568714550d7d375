/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialogue.c - a scripted peer and a simulated clock around one connection; see dialogue.h. */
#include "kit/dialogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tcp/options.h"

#define OUR_ISN	 1000000000u
#define PEER_ISN 4294967000u /* wraps soon, in every test that moves some text */

uint8_t dialogue_byte(uint64_t at)
{
	return (uint8_t)(at * 31 + (at >> 8) * 7 + 11);
}

static uint16_t parse_flags(const char *text, size_t len)
{
	static const struct {
		char letter;
		uint16_t flag;
	} flags[] = { { 'S', TCP_FLAG_SYN }, { 'F', TCP_FLAG_FIN }, { 'R', TCP_FLAG_RST },
		      { 'P', TCP_FLAG_PSH }, { '.', TCP_FLAG_ACK }, { 'U', TCP_FLAG_URG },
		      { 'E', TCP_FLAG_ECE }, { 'W', TCP_FLAG_CWR } };
	uint16_t found = 0;

	for (size_t i = 0; i < len; i++) {
		uint16_t flag = 0;

		for (size_t j = 0; j < sizeof(flags) / sizeof(flags[0]); j++)
			if (flags[j].letter == text[i])
				flag = flags[j].flag;
		if (!flag)
			fail_msg("unknown flag '%c' in: %s", text[i], text);
		found |= flag;
	}
	return found;
}

static const char *const ecn_words[] = { "noecn", "ect1", "ect0", "ce" }; /* by enum tcp_ecn */

static uint8_t parse_ecn(const char *word)
{
	for (uint8_t i = 0; i < 4; i++)
		if (!strcmp(word, ecn_words[i]))
			return i;
	fail_msg("unknown mark [%s]", word);
	return 0;
}

/* mss N, wscale N, sackOK, nop, TS val N ecr N, sack A:B */
static void parse_options(char *text, struct tcp_options *o)
{
	for (char *save, *p = strtok_r(text, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		unsigned a, b;

		if (sscanf(p, " mss %u", &a) == 1) {
			o->has_mss = true;
			o->mss = (uint16_t)a;
		} else if (sscanf(p, " wscale %u", &a) == 1) {
			o->has_wscale = true;
			o->wscale = (uint8_t)a;
		} else if (sscanf(p, " TS val %u ecr %u", &a, &b) == 2) {
			o->has_timestamps = true;
			o->ts_val = a;
			o->ts_ecr = b;
		} else if (sscanf(p, " sack %u:%u", &a, &b) == 2) {
			o->sack[o->sack_count].from = a;
			o->sack[o->sack_count++].to = b;
		} else if (!strcmp(p, "sackOK")) {
			o->has_sack_permitted = true;
		} else if (strcmp(p, "nop")) {
			fail_msg("unknown option '%s'", p);
		}
	}
}

unsigned dialogue_parse(const char *text, struct tcp_segment *out)
{
	char copy[256], *p, *open;
	unsigned given = 0, seq, end, len, value;
	int used;

	*out = (struct tcp_segment){ 0 };
	snprintf(copy, sizeof(copy), "%s", text);
	p = copy + strcspn(copy, " ");
	out->flags = parse_flags(copy, (size_t)(p - copy));
	if (sscanf(p, " %u:%u(%u)%n", &seq, &end, &len, &used) == 3) {
		if (end - seq != len)
			fail_msg("numbers and length disagree: %s", text);
		out->seq = seq;
		out->text_len = len;
		given |= GIVEN_NUMBERS;
		p += used;
	}
	open = strchr(p, '<');
	if (open) {
		open[strcspn(open, ">")] = '\0';
		*open = '\0';
		parse_options(open + 1, &out->options);
		given |= GIVEN_OPTIONS;
	}
	for (; *p; p += used) {
		char word[8];

		used = 0;
		if (sscanf(p, " ack %u%n", &value, &used) == 1) {
			out->ack = value;
			given |= GIVEN_ACK;
		} else if (sscanf(p, " win %u%n", &value, &used) == 1) {
			out->window = (uint16_t)value;
			given |= GIVEN_WINDOW;
		} else if (sscanf(p, " urg %u%n", &value, &used) == 1) {
			out->urgent = (uint16_t)value;
		} else if (sscanf(p, " [%7[a-z0-9]]%n", word, &used) == 1 && used) {
			out->ecn = parse_ecn(word);
			given |= GIVEN_ECN;
		} else if (p[strspn(p, " ")] == '\0') {
			break;
		} else {
			fail_msg("cannot read '%s' in: %s", p, text);
		}
	}
	return given;
}

/* Our own notation of a segment, relative, for messages. */
static const char *show(const struct dialogue *d, const struct tcp_segment *s)
{
	static char line[256];
	static const char letters[] = "FSRP.UEW";
	char *p = line, *end = line + sizeof(line);
	uint32_t seq = s->seq - d->cfg.isn, ack = s->ack - d->peer_isn;

	for (int i = 0; i < 8; i++)
		if (s->flags & 1 << i)
			*p++ = letters[i];
	p += snprintf(p, (size_t)(end - p), " %u:%zu(%zu)", seq, seq + s->text_len, s->text_len);
	if (s->flags & TCP_FLAG_ACK)
		p += snprintf(p, (size_t)(end - p), " ack %u", ack);
	p += snprintf(p, (size_t)(end - p), " win %u", s->window);
	if (s->ecn)
		p += snprintf(p, (size_t)(end - p), " [%s]", ecn_words[s->ecn & 3]);
	if (s->options.has_timestamps)
		p += snprintf(p, (size_t)(end - p), " TS val %u ecr %u", s->options.ts_val,
			      s->options.ts_ecr);
	for (unsigned i = 0; i < s->options.sack_count; i++)
		p += snprintf(p, (size_t)(end - p), " sack %u:%u",
			      s->options.sack[i].from - d->peer_isn,
			      s->options.sack[i].to - d->peer_isn);
	return line;
}

static size_t deliver(void *context, const uint8_t *text, size_t len)
{
	struct dialogue *d = context;

	if (len > d->reader_takes)
		len = d->reader_takes;
	for (size_t i = 0; i < len; i++)
		if (text[i] != dialogue_byte(d->delivered + i))
			fail_msg("byte %llu delivered is wrong",
				 (unsigned long long)d->delivered + i);
	d->delivered += len;
	if (d->reader_takes != SIZE_MAX)
		d->reader_takes -= len;
	return len;
}

/* Let time pass up to @us; a segment that is sent on the way is one too early. */
static void pass_time(struct dialogue *d, int64_t us)
{
	struct tcp_segment early;

	assert_true(us >= d->now_us);
	for (int turns = 0; tcp_conn_deadline(d->c) < us; turns++) {
		if (turns > 10000)
			fail_msg("the timers spin at %lld us", (long long)d->now_us);
		if (tcp_conn_emit(d->c, &early, d->now_us))
			fail_msg("at %lld us, unexpected: %s", (long long)d->now_us,
				 show(d, &early));
		if (tcp_conn_deadline(d->c) > d->now_us)
			d->now_us = tcp_conn_deadline(d->c);
		tcp_conn_on_timer(d->c, d->now_us);
		if (d->now_us < us && tcp_conn_emit(d->c, &early, d->now_us))
			fail_msg("at %lld us, too early: %s", (long long)d->now_us,
				 show(d, &early));
	}
	d->now_us = us;
}

static bool same_options(const struct dialogue *d, const struct tcp_options *want,
			 const struct tcp_options *got)
{
	if (want->has_mss != got->has_mss || want->mss != got->mss ||
	    want->has_wscale != got->has_wscale ||
	    (want->has_wscale && want->wscale != got->wscale) ||
	    want->has_sack_permitted != got->has_sack_permitted ||
	    want->has_timestamps != got->has_timestamps || want->ts_val != got->ts_val ||
	    want->ts_ecr != got->ts_ecr || want->sack_count != got->sack_count)
		return false;
	for (unsigned i = 0; i < want->sack_count; i++)
		if (want->sack[i].from != got->sack[i].from - d->peer_isn ||
		    want->sack[i].to != got->sack[i].to - d->peer_isn)
			return false;
	return true;
}

void we_send(struct dialogue *d, int64_t ms, const char *expected)
{
	struct tcp_segment want, *got = &d->last;
	unsigned given = dialogue_parse(expected, &want);

	pass_time(d, ms * 1000);
	tcp_conn_on_timer(d->c, d->now_us);
	if (!tcp_conn_emit(d->c, got, d->now_us))
		fail_msg("at %lld ms, nothing was sent; expected: %s", (long long)ms, expected);
	if (got->flags != want.flags ||
	    (given & GIVEN_NUMBERS &&
	     (got->seq - d->cfg.isn != want.seq || got->text_len != want.text_len)) ||
	    (given & GIVEN_ACK && got->ack - d->peer_isn != want.ack) ||
	    (given & GIVEN_WINDOW && got->window != want.window) ||
	    (given & GIVEN_ECN && got->ecn != want.ecn) ||
	    (given & GIVEN_OPTIONS && !same_options(d, &want.options, &got->options)))
		fail_msg("at %lld ms, sent: %s; expected: %s", (long long)ms, show(d, got),
			 expected);
	for (size_t i = 0; i < got->text_len; i++)
		if (got->text[i] != dialogue_byte(got->seq - d->cfg.isn - 1 + i))
			fail_msg("byte %zu of our text is wrong in: %s", i, show(d, got));
}

void peer_sends(struct dialogue *d, int64_t ms, const char *segment)
{
	static uint8_t text[65536];
	struct tcp_segment s;
	unsigned given = dialogue_parse(segment, &s);

	pass_time(d, ms * 1000);
	for (size_t i = 0; i < s.text_len; i++) /* a SYN's text begins behind the SYN */
		text[i] = dialogue_byte(s.seq - !(s.flags & TCP_FLAG_SYN) + i);
	s.text = text;
	s.seq += d->peer_isn;
	if (given & GIVEN_ACK)
		s.ack += d->cfg.isn;
	for (unsigned i = 0; i < s.options.sack_count; i++) {
		s.options.sack[i].from += d->cfg.isn;
		s.options.sack[i].to += d->cfg.isn;
	}
	tcp_conn_on_segment(d->c, &s, d->now_us);
}

void peer_streams(struct dialogue *d, int64_t ms, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned at = (unsigned)d->delivered + 1;
		char line[80];

		snprintf(line, sizeof(line), ". %u:%u(1460) ack 1 win 65535", at, at + 1460);
		peer_sends(d, ms, line);
		while (tcp_conn_emit(d->c, &d->last, d->now_us))
			;
	}
}

unsigned we_send_all(struct dialogue *d, int64_t ms)
{
	unsigned count = 0;

	pass_time(d, ms * 1000);
	tcp_conn_on_timer(d->c, d->now_us);
	while (tcp_conn_emit(d->c, &d->last, d->now_us))
		count++;
	return count;
}

bool icmp_arrives(struct dialogue *d, int64_t ms, enum tcp_icmp_kind kind, uint32_t seq,
		  uint32_t text_max)
{
	struct tcp_icmp icmp = { .kind = kind, .seq = d->cfg.isn + seq, .text_max = text_max };

	pass_time(d, ms * 1000);
	return tcp_conn_on_icmp(d->c, &icmp, d->now_us);
}

struct tcp_conn_info dialogue_info(const struct dialogue *d)
{
	struct tcp_conn_info info;

	tcp_conn_info(d->c, &info);
	return info;
}

void we_write(struct dialogue *d, int64_t ms, size_t len)
{
	uint8_t *text = test_malloc(len);

	pass_time(d, ms * 1000);
	for (size_t i = 0; i < len; i++)
		text[i] = dialogue_byte(d->written + i);
	assert_int_equal(tcp_conn_write(d->c, text, len, d->now_us), len);
	d->written += len;
	test_free(text);
}

void we_close(struct dialogue *d, int64_t ms)
{
	pass_time(d, ms * 1000);
	tcp_conn_close(d->c, d->now_us);
}

void we_abort(struct dialogue *d, int64_t ms)
{
	pass_time(d, ms * 1000);
	tcp_conn_abort(d->c, d->now_us);
}

void reader_takes(struct dialogue *d, int64_t ms, size_t len)
{
	pass_time(d, ms * 1000);
	d->reader_takes = len;
	tcp_conn_resume(d->c, d->now_us);
}

void silence(struct dialogue *d, int64_t ms, enum tcp_state state)
{
	struct tcp_segment early;

	pass_time(d, ms * 1000);
	if (tcp_conn_emit(d->c, &early, d->now_us))
		fail_msg("at %lld ms, unexpected: %s", (long long)ms, show(d, &early));
	assert_string_equal(tcp_state_name(tcp_conn_state(d->c)), tcp_state_name(state));
}

void dialogue_begin(struct dialogue *d, void (*tune)(struct tcp_config *))
{
	*d = (struct dialogue){ .peer_isn = PEER_ISN, .reader_takes = SIZE_MAX };
	tcp_config_init(&d->cfg);
	d->cfg.local_port = 3337;
	d->cfg.peer_port = 7788;
	d->cfg.isn = OUR_ISN;
	d->cfg.use_timestamps = false;
	d->cfg.nagle = false;
	d->cfg.deliver = deliver;
	d->cfg.context = d;
	if (tune)
		tune(&d->cfg);
	d->c = tcp_conn_new(&d->cfg);
	assert_non_null(d->c);
	tcp_conn_open(d->c, 0);
}

void dialogue_established(struct dialogue *d, void (*tune)(struct tcp_config *))
{
	dialogue_begin(d, tune);
	we_send(d, 0, "S 0:0(0)");
	peer_sends(d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>");
	we_send(d, 10, ". 1:1(0) ack 1");
	silence(d, 10, TCP_STATE_ESTABLISHED);
}

void dialogue_end(struct dialogue *d)
{
	tcp_conn_free(d->c);
	d->c = NULL;
}
