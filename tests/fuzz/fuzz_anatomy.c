/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_anatomy.c - captured frames of every link type, taken apart on pages of every width.
 *
 * In: a byte for the link type, one for the page; two that say how much longer the frame was on the wire;
 * the frame. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "view/anatomy.h"
#include "view/layers.h"
#include "view/line.h"
#include "view/view.h"

static const int link_types[] = {
	LINK_ETHERNET,	LINK_NULL,	 LINK_RAW, LINK_LOOP, LINK_IPV4, LINK_IPV6,
	LINK_LINUX_SLL, LINK_LINUX_SLL2, 14,	   101,	      147, /* the last is nobody's */
};

/* Lines of ASCII that fit the page; nothing that a terminal obeys but colours. */
static void check_text(const char *text, size_t len, unsigned width)
{
	unsigned columns = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			must(columns <= width);
			columns = 0;
		} else if (text[i] == '\033') {
			must(text[++i] == '[');
			do
				i++;
			while ((text[i] >= '0' && text[i] <= '9') || text[i] == ';');
			must(text[i] == 'm');
		} else {
			must(text[i] >= 0x20 && text[i] < 0x7f);
			columns++;
		}
	}
	must(!len || text[len - 1] == '\n');
}

/* The parts lie in the frame one after the other, and of a segment they end where its text begins. */
static void check_layers(const struct layers *l, const struct frame *f, const struct packet *p)
{
	size_t at = 0;

	must(l->count <= LAYERS_PARTS_MAX);
	for (unsigned i = 0; i < l->count; i++) {
		const struct part *part = &l->parts[i];
		struct checksum_made made;

		must(part->at == at && part->have <= part->len && part->have > 0);
		must(part->at + part->have <= f->captured);
		must(part->have == part->len || i == l->count - 1);
		at += part->len;
		if (part_checksum(l, part, &made) && part->header == header_info(HEADER_TCP))
			must(made.is == p->seg.checksum_is);
	}
	if (p->kind != PACKET_TCP)
		return;
	must(l->count > 0 && l->parts[l->count - 1].header == header_info(HEADER_TCP));
	must(l->parts[l->count - 1].at == p->transport_at && at == p->text_at);
}

static void print(const struct trace_step *step, const struct frame *f, const struct packet *p,
		  bool color, unsigned width)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	must(out);
	anatomy_print_width(out, color, width, step, p, f);
	fclose(out);
	check_text(text, len,
		   width < ANATOMY_WIDTH_MIN ? ANATOMY_WIDTH_MIN :
		   width > LINE_WIDTH	     ? LINE_WIDTH :
					       width);
	free(text);
}

static void print_json(const struct trace_step *step, const struct frame *f, const struct packet *p)
{
	char *text = NULL;
	size_t len = 0;
	struct view_options options = { .json = true, .verbosity = 1 };
	struct view *v;

	options.out = open_memstream(&text, &len);
	must(options.out);
	v = view_open(&options);
	must(v);
	view_step(v, step, p, f);
	must(view_close(v, NULL));
	fclose(options.out);
	check_text(text, len, UINT32_MAX);
	must(strchr(text, '\n') == text + len - 1);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed in = { data, size };
	struct frame f = {
		.link_type = link_types[feed8(&in) % (sizeof(link_types) / sizeof(link_types[0]))]
	};
	struct trace_step step = { .number = 1 };
	uint8_t page = feed8(&in);
	uint16_t more = feed16(&in);
	uint8_t *bytes = exact_copy(in.at, in.left);
	struct packet p;
	struct layers l;

	f.bytes = bytes;
	f.captured = (uint32_t)in.left;
	f.length = f.captured + more;
	packet_decode(&f, &p);
	step.seg = p.seg;
	step.has_relative = page & 1;
	layers_find(&l, &step, &p, &f);
	check_layers(&l, &f, &p);
	print(&step, &f, &p, page & 2, page);
	print(&step, NULL, NULL, page & 2, page);
	print_json(&step, &f, &p);
	free(bytes);
	return 0;
}
