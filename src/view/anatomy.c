/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy.c - a segment taken apart: layers, the RFC's bit diagram with values in it, every field.
 *
 * One table describes the fields of the fixed header; the diagram, the list under it and whoever else
 * needs names of fields are made from it. Options come from the table of tcp/options.c. */
#include "view/anatomy.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "tcp/options.h"
#include "view/diagram.h"
#include "view/line.h"
#include "view/text.h"
#include "view/words.h"

#define INDENT	     8u
#define COLUMN_WHAT  22u /* of a layer */
#define COLUMN_BITS  26u /* and of a field: */
#define COLUMN_VALUE 36u
#define COLUMN_WHY   60u

static const struct header_field fields[] = {
	/* name        label           brief     bit bits meaning */
	{ "src_port", "source port", "source port", 0, 16, "which program sends" },
	{ "dst_port", "destination port", "destination port", 16, 16, "which program is meant" },
	{ "seq", "sequence number", "sequence number", 32, 32, "of the SYN or the first byte" },
	{ "ack", "acknowledgement", "acknowledgement number", 64, 32, "the next number expected" },
	{ "data_offset", "data offset", "offset", 96, 4, "words of header: text begins there" },
	{ "reserved", "reserved", "rsrvd", 100, 3, "must be zero" },
	{ "ae", "AE", "AE", 103, 1, "accurate ECN (RFC 7560)" },
	{ "cwr", "CWR", "CWR", 104, 1, "congestion window reduced (RFC 3168)" },
	{ "ece", "ECE", "ECE", 105, 1, "congestion was met (RFC 3168)" },
	{ "urg", "URG", "URG", 106, 1, "the urgent pointer counts" },
	{ "ack_flag", "ACK", "ACK", 107, 1, "the acknowledgement counts" },
	{ "psh", "PSH", "PSH", 108, 1, "hand it to the program at once" },
	{ "rst", "RST", "RST", 109, 1, "reset: the connection is thrown away" },
	{ "syn", "SYN", "SYN", 110, 1, "synchronize: seq is the initial one" },
	{ "fin", "FIN", "FIN", 111, 1, "finished: no more text will follow" },
	{ "window", "window", "window", 112, 16, "how much more I have room for" },
	{ "checksum", "checksum", "checksum", 128, 16, "" },
	{ "urgent", "urgent pointer", "urgent pointer", 144, 16,
	  "end of urgent text, from seq on" },
	{ 0 },
};

const struct header_field *header_fields(void)
{
	return fields;
}

/* The fixed header as on the wire, in words. */
static void header_words(const struct tcp_segment *seg, uint32_t words[5])
{
	words[0] = (uint32_t)seg->src_port << 16 | seg->dst_port;
	words[1] = seg->seq;
	words[2] = seg->ack;
	words[3] = (uint32_t)(seg->data_offset & 15) << 28 | (uint32_t)(seg->reserved & 7) << 25 |
		   (uint32_t)(seg->flags & 0x1ff) << 16 | seg->window;
	words[4] = (uint32_t)seg->checksum << 16 | seg->urgent;
}

uint32_t header_field_value(const struct tcp_segment *seg, const struct header_field *field)
{
	uint32_t words[5], word;

	header_words(seg, words);
	word = words[field->bit / 32] >> (32 - field->bit % 32 - field->bits);
	return field->bits == 32 ? word : word & ((1u << field->bits) - 1);
}

static const char *link_words(int link_type)
{
	switch (link_type) {
	case LINK_ETHERNET:
		return "Ethernet";
	case LINK_LINUX_SLL:
		return "Linux cooked capture, version 1";
	case LINK_LINUX_SLL2:
		return "Linux cooked capture, version 2";
	case LINK_NULL:
	case LINK_LOOP:
		return "BSD loopback";
	default:
		return "none, IP at once";
	}
}

static void layer(struct line *l, FILE *out, const char *name, const char *what)
{
	line_to(l, INDENT, 0);
	line_add(l, STYLE_FAINT, "%s", name);
	do {
		size_t next, take = line_fit(what, LINE_WIDTH - COLUMN_WHAT, &next);

		line_to(l, COLUMN_WHAT, 0);
		line_add(l, STYLE_PLAIN, "%.*s", (int)take, what);
		line_end(l, out);
		what += next;
	} while (*what);
}

static void network_words(const struct packet *p, char *out, size_t size)
{
	char src[ADDR_TEXT_MAX], dst[ADDR_TEXT_MAX];

	if (p->src.family == AF_INET)
		snprintf(out, size, "IPv4 %s -> %s, TTL %u, id %u%s, %" PRIu32 " bytes in all",
			 addr_text(&p->src, src), addr_text(&p->dst, dst), p->ttl, p->ip_id,
			 p->dont_fragment ? ", DF" : "", p->ip_len);
	else
		snprintf(out, size, "IPv6 %s -> %s, hop limit %u, %" PRIu32 " bytes in all",
			 addr_text(&p->src, src), addr_text(&p->dst, dst), p->ttl, p->ip_len);
}

/* SEEDS of every course: seven layers, of which a capture shows four. */
static void print_layers(FILE *out, bool color, const struct trace_step *step,
			 const struct packet *packet, const struct frame *frame)
{
	const struct tcp_segment *seg = &step->seg;
	char words[WORDS_MAX], text[96];
	struct line l;

	line_begin(&l, color);
	if (step->number == 1)
		layer(&l, out, "physical",
		      "the signal on the cable or in the air, which no capture sees");
	if (packet && frame) {
		snprintf(words, sizeof(words), "%s, header of %zu bytes",
			 link_words(frame->link_type), packet->ip_at);
		if (packet->vlan)
			snprintf(words, sizeof(words), "%s, VLAN %u, header of %zu bytes",
				 link_words(frame->link_type), packet->vlan - 1u, packet->ip_at);
		layer(&l, out, "link", words);
	}
	if (packet && packet->src.family) {
		network_words(packet, words, sizeof(words));
		layer(&l, out, "network", words);
	}
	snprintf(words, sizeof(words),
		 "TCP port %u -> port %u, header of %u bytes, text of %zu bytes", seg->src_port,
		 seg->dst_port, seg->data_offset * 4u, seg->text_len);
	layer(&l, out, "transport", words);
	if (step->number == 1)
		layer(&l, out, "presentation",
		      "session and presentation: no headers of their own, TLS and "
		      "HTTP do that work");
	if (seg->text_len && seg->text) {
		size_t len = seg->text_len < 40 ? seg->text_len : 40;

		snprintf(words, sizeof(words), "\"%s\"%s",
			 text_escape(seg->text, len, text, sizeof(text)),
			 len < seg->text_len ? " ..." : "");
		layer(&l, out, "application", words);
	}
}

/* What a value comes to in this segment, where the table's words are not enough. */
static const char *meaning(const struct trace_step *step, const struct header_field *field,
			   char *out, size_t size)
{
	static const char *const checksums[] = {
		[TCP_CHECKSUM_UNKNOWN] = "not checked: not all bytes are at hand",
		[TCP_CHECKSUM_OK] = "right: pseudo-header, header and text",
		[TCP_CHECKSUM_PARTIAL] = "half done: the card is to add the rest",
		[TCP_CHECKSUM_BAD] = "WRONG: damaged on the way",
	};
	const struct tcp_segment *seg = &step->seg;

	if (!strcmp(field->name, "seq") && step->has_relative)
		snprintf(out, size, "relative %" PRIu32 ": %s", step->seq, field->meaning);
	else if (!strcmp(field->name, "ack") && step->has_relative_ack && seg->flags & TCP_FLAG_ACK)
		snprintf(out, size, "relative %" PRIu32 ": %s", step->ack, field->meaning);
	else if (!strcmp(field->name, "ack") && !(seg->flags & TCP_FLAG_ACK))
		snprintf(out, size, "does not count without the ACK flag");
	else if (!strcmp(field->name, "data_offset"))
		snprintf(out, size, "words of 32 bits: header of %u bytes", seg->data_offset * 4u);
	else if (!strcmp(field->name, "window") && step->window_known &&
		 step->window != seg->window)
		snprintf(out, size, "scaled: room for %" PRIu32 " bytes more", step->window);
	else if (!strcmp(field->name, "checksum"))
		snprintf(out, size, "%s", checksums[seg->checksum_is]);
	else
		snprintf(out, size, "%s", field->meaning);
	return out;
}

static void print_row(FILE *out, bool color, const char *label, const char *length,
		      const char *value, const char *why)
{
	struct line l;

	line_begin(&l, color);
	line_to(&l, INDENT, 0);
	line_add(&l, STYLE_PLAIN, "%s", label);
	line_to(&l, COLUMN_BITS, 1);
	line_add(&l, STYLE_FAINT, "%s", length);
	line_to(&l, COLUMN_VALUE, 1);
	line_add(&l, STYLE_STRONG, "%s", value);
	if (l.width + 2 > COLUMN_WHY)
		line_end(&l, out);
	do {
		size_t next, take = line_fit(why, LINE_WIDTH - COLUMN_WHY, &next);

		line_to(&l, COLUMN_WHY, 0);
		line_add(&l, STYLE_FAINT, "%.*s", (int)take, why);
		line_end(&l, out);
		why += next;
	} while (*why);
}

static void print_fields(FILE *out, bool color, const struct trace_step *step)
{
	for (const struct header_field *f = fields; f->name; f++) {
		uint32_t v = header_field_value(&step->seg, f);
		char length[24], value[24], why[128];

		if (f->bits == 1 && !v) /* the diagram shows those that are not set */
			continue;
		snprintf(length, sizeof(length), f->bits == 1 ? "%u bit" : "%u bits", f->bits);
		snprintf(value, sizeof(value),
			 strcmp(f->name, "checksum") ? "%" PRIu32 : "0x%04" PRIx32, v);
		print_row(out, color, f->label, length, value, meaning(step, f, why, sizeof(why)));
	}
}

static void print_options(FILE *out, bool color, const struct trace_step *step)
{
	struct tcp_option_walk w = tcp_option_walk(step->seg.option_bytes, step->seg.option_len);
	enum tcp_option_result result;
	struct tcp_option o;

	while ((result = tcp_option_next(&w, &o)) == TCP_OPTION_FOUND) {
		const struct tcp_option_info *info = tcp_option_info(o.kind);
		char label[48], length[24], value[WORDS_MAX], why[160];

		snprintf(label, sizeof(label), "option %s", info ? info->name : "unknown");
		snprintf(length, sizeof(length), o.len == 1 ? "%u byte" : "%u bytes", o.len);
		if (info)
			snprintf(why, sizeof(why), "%s (%s)", info->meaning, info->source);
		else
			snprintf(why, sizeof(why), "kind %u: not in our table, skipped", o.kind);
		print_row(out, color, label, length,
			  words_option_value(step, &o, value, sizeof(value)), why);
	}
	if (result == TCP_OPTION_BAD_LENGTH)
		print_row(out, color, "option", "", "",
			  "its length cannot be: the rest is not read");
}

void anatomy_print(FILE *out, bool color, const struct trace_step *step,
		   const struct packet *packet, const struct frame *frame)
{
	print_layers(out, color, step, packet, frame);
	diagram_print(out, color, &step->seg, INDENT);
	print_fields(out, color, step);
	print_options(out, color, step);
	fputc('\n', out);
}
