/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_seen.c - what `step` has seen of the wire, for its `show last`, its `history` and its prompt. */
#include <stdlib.h>
#include <string.h>

#include "cli/step_priv.h"
#include "view/anatomy.h"
#include "view/ladder.h"

#define LADDER_MAX (4u << 20) /* bytes of text; beyond, nothing is added */

struct seen {
	bool color;
	struct trace_step step; /* the last; its text lies in bytes */
	struct packet packet;
	struct frame frame;
	uint8_t *bytes;
	bool any;
	char *ladder;
	size_t ladder_len;
	FILE *ladder_file;
	bool ladder_full;
};

struct seen *seen_new(bool color)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->color = color;
	s->ladder_file = open_memstream(&s->ladder, &s->ladder_len);
	if (s->ladder_file)
		return s;
	free(s);
	return NULL;
}

void seen_free(struct seen *s)
{
	if (!s)
		return;
	fclose(s->ladder_file);
	free(s->ladder);
	free(s->bytes);
	free(s);
}

/* The segment with copies of all that its slices show. */
static void keep(struct seen *s, const struct trace_step *step, const struct packet *p,
		 const struct frame *f)
{
	uint8_t *bytes = realloc(s->bytes, f->captured ? f->captured : 1);

	s->any = bytes != NULL;
	if (!bytes)
		return;
	memcpy(bytes, f->bytes, f->captured);
	s->bytes = bytes;
	s->step = *step;
	s->packet = *p;
	s->frame = *f;
	s->frame.bytes = bytes;
	if (p->seg.text)
		s->packet.seg.text = bytes + p->text_at;
	s->step.seg.text = s->packet.seg.text;
}

void seen_step(void *context, const struct trace_step *step, const struct packet *p,
	       const struct frame *f)
{
	struct seen *s = context;

	keep(s, step, p, f);
	if (s->ladder_full)
		return;
	ladder_step(s->ladder_file, s->color, step);
	fflush(s->ladder_file);
	s->ladder_full = s->ladder_len > LADDER_MAX;
	if (s->ladder_full)
		fputs("  ... (the ladder ends here: it has become too long)\n", s->ladder_file);
}

void seen_show_last(const struct seen *s, FILE *out)
{
	if (s->any)
		anatomy_print(out, s->color, &s->step, &s->packet, &s->frame);
	else
		fputs("nothing was sent or heard yet\n", out);
}

void seen_show_ladder(const struct seen *s, FILE *out)
{
	fflush(s->ladder_file);
	if (!s->ladder_len) {
		fputs("nothing was sent or heard yet\n", out);
		return;
	}
	ladder_heading(out, s->color);
	fwrite(s->ladder, 1, s->ladder_len, out);
}

enum tcp_state seen_server(const struct seen *s)
{
	return s->any ? s->step.state[TRACE_SERVER] : TCP_STATE_LISTEN;
}
