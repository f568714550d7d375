/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_match.c - a description against a segment, and a segment made of it.
 *
 * In: a line, the description; behind it the segment that came, the initial numbers, and what $x holds. $seg
 * is a segment that was captured: the very same. What is made of a description has to fit that description. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "script/build.h"
#include "script/fields.h"
#include "script/match.h"
#include "script/parse.h"
#include "tcp/options.h"

struct world {
	struct match_base base;
	struct packet p;
	uint8_t *text;
	struct values *values;
	struct tcp_conn *conn;
};

/* "VERB DESCRIPTION" as the last command of a script, NULL when it is none. */
static struct script *described(const char *verb, const char *line, int len)
{
	char text[1200];
	struct script_error e;
	int n = snprintf(text, sizeof(text), "expect * as seg\nset x 1\n%s %.*s\n", verb, len,
			 line);

	/* Inputs say all themselves: no file is read. */
	if (n >= (int)sizeof(text) || strstr(text, "file"))
		return NULL;
	return script_parse_text("fuzz", text, (size_t)n, NULL, 0, &e);
}

static void feed_packet(struct world *w, struct feed *f)
{
	struct tcp_segment *seg = &w->p.seg;
	uint8_t how = feed8(f);

	w->base.peers_known = how & 1;
	w->p.kind = PACKET_TCP;
	w->p.src.family = w->p.dst.family = how & 2 ? AF_INET6 : AF_INET;
	seg->checksum_is = how >> 2 & 3;
	w->p.text_cut = how & 16;
	w->base.ours = feed32(f);
	w->base.peers = feed32(f);
	seg->src_port = feed16(f);
	seg->flags = feed16(f) & 0x1ff;
	seg->seq = feed32(f);
	seg->ack = feed32(f);
	seg->window = feed16(f);
	seg->urgent = feed16(f);
	w->p.ttl = feed8(f);
	w->p.tos = feed8(f);
	seg->ecn = w->p.tos & 3;
	w->p.ip_id = feed16(f);
	seg->option_len = feed8(f) % (TCP_OPTIONS_MAX + 1);
	for (unsigned i = 0; i < seg->option_len; i++)
		seg->option_bytes[i] = feed8(f);
	tcp_options_decode(seg->option_bytes, seg->option_len, &seg->options);
	seg->data_offset = (uint8_t)(5 + (seg->option_len + 3) / 4);
}

static void feed_world(struct world *w, struct feed *f)
{
	struct tcp_config config;
	size_t x;

	feed_packet(w, f);
	w->values = values_new();
	tcp_config_init(&config);
	w->conn = tcp_conn_new(&config);
	x = feed8(f) % 32;
	x = x < f->left ? x : f->left;
	must(w->values && w->conn && values_set(w->values, "x", f->at, x));
	f->at += x;
	f->left -= x;
	w->text = exact_copy(f->at, f->left);
	w->p.seg.text_len = f->left;
	if (!w->p.text_cut)
		w->p.seg.text = w->text;
	w->p.text_captured = w->p.text_cut ? 0 : f->left;
	must(values_capture(w->values, "seg", &w->p, w->base.peers, w->base.ours));
}

static void check_report(const struct match_report *r, int fits)
{
	unsigned differing = 0;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	must(out && r->count <= MATCH_FIELDS_MAX);
	for (unsigned i = 0; i < r->count; i++) {
		must(r->fields[i].name && r->fields[i].name[0]);
		must(strnlen(r->fields[i].expected, MATCH_TEXT_MAX) < MATCH_TEXT_MAX);
		must(strnlen(r->fields[i].actual, MATCH_TEXT_MAX) < MATCH_TEXT_MAX);
		differing += r->fields[i].differs;
	}
	must(r->differing >= differing && (fits == 1) == !r->differing);
	match_print(out, r, "# ");
	must(!fclose(out));
	free(text);
}

/* Numbers that are literals, as they are in packetdrill's scripts, may be said of several segments. */
static bool may_be_in_parts(const struct segment_spec *spec)
{
	const struct test *seq = &spec->fields[FIELD_SEQ], *len = &spec->fields[FIELD_LEN];

	return seq->kind == TEST_EQUAL && len->kind == TEST_EQUAL && seq->a.count == 1 &&
	       len->a.count == 1 && !seq->a.terms[0].name && !len->a.terms[0].name &&
	       spec->end.kind == TEST_NONE && spec->data.kind == DATA_NONE;
}

static void check_parts(const struct world *w, const struct segment_spec *spec)
{
	struct segment_spec parts = *spec;
	struct match_report r;
	struct err e = { 0 };
	uint32_t done = 0;
	int fits;

	parts.in_parts = true;
	fits = match_part(&parts, &w->p, &w->base, w->values, &done, &r, &e);
	must(fits < 2 ? !done : done == w->p.seg.text_len);
	must(fits != 2 || done < spec->fields[FIELD_LEN].a.terms[0].value);
}

static void check_match(const struct world *w, const struct segment_spec *spec)
{
	struct match_report r;
	struct err e = { 0 };
	int fits = match_segment(spec, &w->p, &w->base, w->values, &r, &e);

	must(fits == match_segment(spec, &w->p, &w->base, w->values, NULL, &e));
	if (fits < 0)
		must(e.status && e.text[0]);
	else
		check_report(&r, fits);
	if (may_be_in_parts(spec))
		check_parts(w, spec);
}

/* What was made, as whoever gets it would capture it. */
static struct packet arrived(const struct script_built *b)
{
	struct packet p = {
		.kind = PACKET_TCP,
		.src.family = AF_INET,
		.dst.family = AF_INET,
		.ttl = b->ip.ttl,
		.tos = b->ip.tos | b->seg.ecn,
		.ip_id = b->ip.id,
		.dont_fragment = b->ip.dont_fragment,
		.text_captured = b->seg.text_len,
		.seg = b->seg,
	};

	p.seg.checksum_is = b->ip.bad_checksum ? TCP_CHECKSUM_BAD : TCP_CHECKSUM_OK;
	if (!p.seg.data_offset)
		p.seg.data_offset = (uint8_t)(5 + b->seg.option_len / 4);
	return p;
}

static void check_build(const struct world *w, const struct segment_spec *spec)
{
	const struct match_base theirs = { w->base.peers, w->base.ours, true };
	struct craft_ip ip = { .ttl = 64, .dont_fragment = true };
	struct script_built b;
	struct match_report r;
	struct err e = { 0 };
	struct packet p;

	if (!script_build(spec, w->conn, &ip, &w->base, w->values, 1000000, &b, &e)) {
		must(e.status && e.text[0]);
		return;
	}
	must(b.seg.option_len <= TCP_OPTIONS_MAX && b.seg.option_len % 4 == 0);
	must(b.seg.text_len <= field_info(FIELD_LEN)->max && b.seg.flags == spec->flags);
	p = arrived(&b);
	/* Where both are given, ECN has the last word on bits that are in TOS too. */
	if (spec->fields[FIELD_TOS].kind == TEST_NONE ||
	    spec->fields[FIELD_ECN].kind == TEST_NONE) {
		bool fits = match_segment(spec, &p, &theirs, w->values, &r, &e) == 1;

		if (!fits)
			match_print(stderr, &r, "");
		must(fits);
	}
	script_built_free(&b);
}

static void check_specs(const struct world *w, struct script *s,
			void (*check)(const struct world *w, const struct segment_spec *spec))
{
	const struct command *c = s ? &s->commands[s->command_count - 1] : NULL;

	for (unsigned i = 0; c && i < c->spec_count; i++)
		check(w, &c->specs[i]);
	script_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	struct world w = { 0 };
	struct feed f;
	int len;

	if (!newline)
		return 0;
	len = (int)(newline - data);
	f = (struct feed){ newline + 1, size - (size_t)len - 1 };
	feed_world(&w, &f);
	check_specs(&w, described("expect", (const char *)data, len), check_match);
	check_specs(&w, described("send", (const char *)data, len), check_build);
	values_free(w.values);
	tcp_conn_free(w.conn);
	free(w.text);
	return 0;
}
