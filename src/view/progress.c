/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.c - the progress line; see progress.h.
 *
 * It is erased with blanks, which every terminal understands. */
#include "view/progress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "view/text.h"

#define COLUMNS_USUAL 80u

/* Appends a piece, if it fits behind what is there. */
static void add(char *out, unsigned columns, const char *piece)
{
	size_t len = strlen(out), more = strlen(piece) + (len ? 2 : 0);

	if (len + more > columns || len + more >= PROGRESS_MAX)
		return;
	snprintf(out + len, PROGRESS_MAX - len, "%s%s", len ? ", " : "", piece);
}

static void add_count(char *out, unsigned columns, uint64_t n, const char *what)
{
	char piece[64], number[TEXT_NUMBER_MAX];

	snprintf(piece, sizeof(piece), "%s%s", text_count(n, number), what);
	add(out, columns, piece);
}

static void add_left(char *out, unsigned columns, const struct progress_figures *f)
{
	/* Where most are silent, those who answered say nothing of how long the others take. */
	bool silent = f->begun > 2 * f->finished && f->begun <= f->targets;
	double of = (double)(silent ? f->begun : f->finished),
	       us = silent ? (double)f->patience_us : 0;
	uint64_t s;
	char piece[64];

	us += (double)f->elapsed_us / of * ((double)f->targets - of);
	s = (uint64_t)(us / 1e6 + 0.5);
	if (s < 60)
		snprintf(piece, sizeof(piece), "%" PRIu64 " s left", s);
	else if (s < 3600)
		snprintf(piece, sizeof(piece), "%" PRIu64 " min %" PRIu64 " s left", s / 60,
			 s % 60);
	else
		snprintf(piece, sizeof(piece), "%" PRIu64 " h %" PRIu64 " min left", s / 3600,
			 s / 60 % 60);
	add(out, columns, piece);
}

char *progress_text(const struct progress_figures *f, int64_t per_second, unsigned columns,
		    char out[PROGRESS_MAX])
{
	char piece[128], finished[TEXT_NUMBER_MAX], targets[TEXT_NUMBER_MAX];
	uint64_t done = f->finished < f->targets || !f->targets ? f->finished : f->targets;

	out[0] = '\0';
	text_count(done, finished);
	if (f->targets)
		snprintf(piece, sizeof(piece), "%s of %s (%u%%)", finished,
			 text_count(f->targets, targets),
			 (unsigned)((double)done * 100 / (double)f->targets));
	else
		snprintf(piece, sizeof(piece), "%s done", finished);
	add(out, columns, piece);
	add_count(out, columns, f->sent, " sent");
	add_count(out, columns, f->answered, " answered");
	if (per_second >= 0)
		add_count(out, columns, (uint64_t)per_second, "/s");
	if (done && done < f->targets)
		add_left(out, columns, f);
	return out;
}

void progress_init(struct progress *p, FILE *out, bool quiet)
{
	struct winsize size = { 0 };

	*p = (struct progress){ .out = out, .columns = COLUMNS_USUAL, .per_second = -1 };
	p->on = !quiet && isatty(fileno(out)) == 1;
	if (p->on && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col)
		p->columns = size.ws_col;
}

/* Packets a second since the time before, half of it remembered so that the number stands still enough to be
 * read. */
static void take_rate(struct progress *p, const struct progress_figures *f)
{
	int64_t apart = f->elapsed_us - p->last_us;
	int64_t now;

	if (apart <= 0)
		return;
	now = (int64_t)((double)(f->sent - p->last_sent) * 1e6 / (double)apart);
	p->per_second = p->per_second < 0 ? now : (p->per_second + now) / 2;
	p->last_us = f->elapsed_us;
	p->last_sent = f->sent;
}

bool progress_due(const struct progress *p, int64_t now_us)
{
	return p->on && now_us >= p->next_us;
}

void progress_line(struct progress *p, const char *text, int64_t now_us)
{
	/* The last column stays free: some terminals begin a new line there. */
	unsigned width = (unsigned)strnlen(text, p->columns - 1);

	p->next_us = now_us + PROGRESS_EVERY_US;
	fprintf(p->out, "\r%.*s%*s", (int)width, text,
		p->shown > width ? (int)(p->shown - width) : 0, "");
	fflush(p->out);
	p->shown = p->shown > width ? p->shown : width;
}

void progress_show(struct progress *p, const struct progress_figures *f)
{
	char text[PROGRESS_MAX];

	if (!progress_due(p, f->elapsed_us))
		return;
	take_rate(p, f);
	progress_line(p, progress_text(f, p->per_second, p->columns - 1, text), f->elapsed_us);
}

void progress_erase(struct progress *p)
{
	if (!p || !p->shown)
		return;
	fprintf(p->out, "\r%*s\r", (int)p->shown, "");
	fflush(p->out);
	p->shown = 0;
}
