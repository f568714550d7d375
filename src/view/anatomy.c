/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy.c - a segment taken apart, layer by layer; see anatomy.h.
 *
 * The fields are those of the tables in headers.c, found in the frame by layers.c. Each header is drawn
 * (diagram.c), listed (anatomy_fields.c) and its checksum reckoned up (anatomy_sum.c). */
#include "view/anatomy.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "view/anatomy_priv.h"
#include "view/diagram.h"
#include "view/hexdump.h"
#include "view/text.h"

#define COLUMN_WHAT 14u /* of a layer, from the indent on */
#define TEXT_BYTES  64u /* of the text that are shown */

const struct header_field *header_fields(void)
{
	return header_info(HEADER_TCP)->fields;
}

uint32_t header_field_value(const struct tcp_segment *seg, const struct header_field *field)
{
	uint8_t bytes[LAYERS_TCP_MAX];

	layers_make_tcp(seg, bytes);
	return header_value(field, bytes);
}

void page_words(const struct page *page, struct line *l, unsigned at, enum style style,
		const char *words)
{
	do {
		size_t next, take = line_fit(words, page->width - at, &next);

		line_to(l, at, 0);
		line_add(l, style, "%.*s", (int)take, words);
		line_end(l, page->out);
		words += next;
	} while (*words);
}

static void print_layer(const struct page *page, const char *name, const char *what)
{
	struct line l;

	line_begin(&l, page->color);
	line_to(&l, page->indent, 0);
	line_add(&l, STYLE_STRONG, "%s", name);
	page_words(page, &l, page->indent + COLUMN_WHAT, STYLE_PLAIN, what);
}

static void part_words(const struct layers *l, const struct part *p, char *out, size_t size)
{
	const struct trace_step *step = l->step;
	char src[ADDR_TEXT_MAX], dst[ADDR_TEXT_MAX];

	if (p->header == header_info(HEADER_TCP) && p->have == p->len)
		snprintf(out, size,
			 "TCP port %u -> port %u, header of %zu bytes, text of %zu bytes (%s)",
			 step->seg.src_port, step->seg.dst_port, p->len, step->seg.text_len,
			 p->header->source);
	else if (p->header->layer == LAYER_NETWORK && l->packet->src.family &&
		 p->at == l->packet->ip_at)
		snprintf(out, size, "%s %s -> %s, header of %zu bytes (%s)", p->header->label,
			 addr_text(&l->packet->src, src), addr_text(&l->packet->dst, dst), p->len,
			 p->header->source);
	else
		snprintf(out, size, "%s, %zu bytes (%s)", p->header->label, p->len,
			 p->header->source);
	if (p->have < p->len)
		snprintf(out + strlen(out), size - strlen(out), ": cut off, %zu were captured",
			 p->have);
}

static void print_part(const struct page *page, const struct layers *l, const struct part *p)
{
	char words[256];

	part_words(l, p, words, sizeof(words));
	print_layer(page, header_layer_name(p->header->layer), words);
	if (p->header->row)
		diagram_row(page->out, page->color, p, page->indent, page->width, page->beside);
	else
		diagram_words(page->out, page->color, p, page->indent, page->beside);
	anatomy_fields(page, l, p);
	anatomy_sum(page, l, p);
}

/* What a text is by its first bytes; "" when it does not say. */
static const char *text_kind(const struct layers *l)
{
	static const struct {
		const char *begin, *what;
	} kinds[] = {
		{ "GET ", "HTTP, a request: " },
		{ "HEAD ", "HTTP, a request: " },
		{ "POST ", "HTTP, a request: " },
		{ "PUT ", "HTTP, a request: " },
		{ "HTTP/", "HTTP, an answer: " },
		{ "PRI * HTTP/2", "HTTP/2, its preface: " },
		{ "SSH-", "SSH, its greeting: " },
		{ "\x16\x03", "TLS, a handshake record: " },
		{ "\x17\x03", "TLS, encrypted: " },
		{ "\x15\x03", "TLS, an alert: " },
		{ "\x14\x03", "TLS, a change of cipher: " },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t len = strlen(kinds[i].begin);

		if (l->text_have >= len && !memcmp(l->text, kinds[i].begin, len))
			return kinds[i].what;
	}
	return "";
}

static void print_text(const struct page *page, const struct layers *l)
{
	char words[128], quote[LINE_WIDTH + 1];
	const char *kind = text_kind(l);
	unsigned room = page->width - page->indent - COLUMN_WHAT - (unsigned)strlen(kind) - 6;
	size_t len = l->text_have < TEXT_BYTES ? l->text_have : TEXT_BYTES;

	if (!l->text_len)
		return;
	if (len) {
		text_escape(l->text, len, quote, room < sizeof(quote) ? room : sizeof(quote));
		snprintf(words, sizeof(words), "%s\"%s\"%s", kind, quote,
			 len < l->text_len ? " ..." : "");
		print_layer(page, "application", words);
	}
	if (l->text_have < l->text_len) {
		snprintf(words, sizeof(words), "text of %zu bytes: cut off, %zu were captured",
			 l->text_len, l->text_have);
		print_layer(page, len ? "" : "application", words);
	}
	if (page->beside && len)
		hexdump_text(page->out, page->color, l, page->indent, page->width, TEXT_BYTES);
}

static void print_link_less(const struct page *page, const struct layers *l)
{
	if (l->frame && l->packet && l->packet->src.family && !l->packet->ip_at)
		print_layer(page, "link", "no header: IP at once");
}

/* What of the frame belongs to no header and no text, and what of it the capture does not have. */
static void print_rest(const struct page *page, const struct layers *l)
{
	char words[96];

	if (l->padding) {
		snprintf(words, sizeof(words),
			 "%zu bytes behind the packet: padding, or the card's own", l->padding);
		print_layer(page, "link", words);
	}
	if (l->frame && l->frame->length > l->frame->captured) {
		snprintf(words, sizeof(words), "cut off: of %u bytes of the frame %u were captured",
			 l->frame->length, l->frame->captured);
		print_layer(page, "capture", words);
	}
}

static void print_layers(const struct page *page, const struct layers *l)
{
	if (l->step->number == 1)
		print_layer(page, "physical",
			    "the signal on the cable or in the air, which no capture sees");
	if (!page->beside)
		hexdump_frame(page->out, page->color, l, page->indent, page->width);
	print_link_less(page, l);
	for (unsigned i = 0; i < l->count; i++)
		print_part(page, l, &l->parts[i]);
	if (l->step->number == 1)
		print_layer(page, "presentation",
			    "session and presentation: no headers of their own, TLS and "
			    "HTTP do that work");
	print_text(page, l);
	print_rest(page, l);
	fputc('\n', page->out);
}

void anatomy_print_width(FILE *out, bool color, unsigned width, const struct trace_step *step,
			 const struct packet *packet, const struct frame *frame)
{
	struct page wide = { .indent = 8,
			     .at_label = 20,
			     .at_bits = 37,
			     .at_value = 46,
			     .at_why = 60,
			     .beside = true };
	struct page narrow = { .indent = 2, .at_bits = 15, .at_value = 24, .at_why = 37 };
	struct page page = width >= wide.indent + DIAGRAM_BESIDE_WIDTH ? wide : narrow;
	struct layers l;

	page.out = out;
	page.color = color;
	page.width = width < ANATOMY_WIDTH_MIN ? ANATOMY_WIDTH_MIN :
		     width > LINE_WIDTH	       ? LINE_WIDTH :
						 width;
	layers_find(&l, step, packet, frame);
	print_layers(&page, &l);
}

void anatomy_print(FILE *out, bool color, const struct trace_step *step,
		   const struct packet *packet, const struct frame *frame)
{
	struct winsize size = { 0 };
	int fd = fileno(out);

	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) != 0 || !size.ws_col)
		size.ws_col = LINE_WIDTH;
	anatomy_print_width(out, color, size.ws_col, step, packet, frame);
}
