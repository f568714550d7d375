/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_view.c - keeps and sorts results of `probe`, hands them to the writer of a format, and notices when
 * writing fails. */
#include "view/probe_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/probe_priv.h"

#define KEEP_MAX     (64u << 20) /* bytes */
#define TARGET_WIDTH 21u	 /* columns: "255.255.255.255:65535" */

bool probe_has_ecn(const struct probe_synack *s)
{
	return (s->flags & (TCP_FLAG_ECE | TCP_FLAG_CWR)) == TCP_FLAG_ECE;
}

struct probe_view *probe_view_open(const struct probe_view_options *options)
{
	static const struct probe_writer *const writers[] = {
		[PROBE_FORMAT_TABLE] = &probe_table_writer,
		[PROBE_FORMAT_JSON] = &probe_json_writer,
		[PROBE_FORMAT_CSV] = &probe_csv_writer,
	};
	struct probe_view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->options = *options;
	v->options.color = options->color && options->format == PROBE_FORMAT_TABLE;
	v->writer = writers[options->format];
	v->keep.limit = options->keep_max ? options->keep_max : KEEP_MAX;
	v->few = options->targets && options->targets <= PROBE_FEW;
	v->streaming = options->stream || options->repeat;
	v->target_width = TARGET_WIDTH;
	v->on_terminal = isatty(fileno(options->out)) == 1;
	return v;
}

static void write_result(struct probe_view *v, const struct probe_result *r)
{
	if (v->on_terminal)
		progress_erase(v->options.progress);
	v->writer->result(v, r);
}

static void note_failure(struct probe_view *v)
{
	if (v->failed || !ferror(v->options.out))
		return;
	v->failed = true;
	v->error = errno ? errno : EIO;
}

void probe_view_flush(struct probe_view *v)
{
	errno = 0;
	if (fflush(v->options.out) != 0)
		note_failure(v);
}

/* Statistics of its address and port. */
static void count_round(struct probe_view *v, const struct probe_result *r)
{
	unsigned i = 0;

	while (i < v->repeat_count &&
	       !(addr_equal(&v->repeats[i].addr, &r->addr) && v->repeats[i].port == r->port))
		i++;
	if (i == PROBE_REPEATS_MAX)
		return;
	if (i == v->repeat_count)
		v->repeat_count++;
	probe_stats_add(&v->repeats[i], r);
}

static void count_why(struct probe_view *v, const struct probe_result *r)
{
	unsigned i = 0;

	while (i < v->why_count &&
	       !(v->whys[i].state == r->state && !strcmp(v->whys[i].why, r->why)))
		i++;
	if (i == PROBE_WHYS_MAX)
		return;
	if (i == v->why_count)
		v->whys[v->why_count++] = (struct probe_why){ .state = r->state, .why = r->why };
	v->whys[i].count++;
}

static void write_kept(struct probe_view *v)
{
	struct probe_result r;
	char text[ADDR_TEXT_MAX];

	probe_keep_sort(&v->keep);
	for (size_t i = 0; i < v->keep.count; i++) {
		unsigned width;

		probe_keep_get(&v->keep, i, &r);
		width = (unsigned)strlen(addr_port_text(&r.addr, r.port, text));
		v->target_width = v->target_width > width ? v->target_width : width;
	}
	for (size_t i = 0; i < v->keep.count && !v->failed; i++) {
		probe_keep_get(&v->keep, i, &r);
		write_result(v, &r);
		note_failure(v);
	}
	probe_keep_free(&v->keep);
}

static void give_up_sorting(struct probe_view *v)
{
	FILE *messages = v->options.messages;

	if (messages) {
		progress_erase(v->options.progress);
		fprintf(messages,
			"tcpshake: too many results to keep: from here on they come unsorted; "
			"--stream for all of them, or sort(1) them\n");
		fflush(messages);
	}
	write_kept(v);
	v->streaming = true;
}

/* Closed and filtered ones among many are counted, not told, so they are not kept either. */
static bool is_told(const struct probe_view *v, const struct probe_result *r)
{
	const struct probe_view_options *o = &v->options;

	if (o->quiet && o->format != PROBE_FORMAT_CSV)
		return false;
	return o->format != PROBE_FORMAT_TABLE || v->few || o->all || o->repeat ||
	       r->state == PROBE_OPEN;
}

void probe_view_result(struct probe_view *v, const struct probe_result *r)
{
	if (v->options.repeat)
		count_round(v, r);
	if (r->why)
		count_why(v, r);
	if (v->failed || !is_told(v, r))
		return;
	if (!v->streaming && probe_keep_add(&v->keep, r))
		return;
	if (!v->streaming)
		give_up_sorting(v);
	errno = 0;
	write_result(v, r);
	note_failure(v);
	if (v->few || v->options.repeat)
		probe_view_flush(v);
}

bool probe_view_close(struct probe_view *v, const struct probe_totals *totals, struct err *e)
{
	bool failed;
	int error;

	if (!v)
		return true;
	errno = 0;
	progress_erase(v->options.progress);
	write_kept(v);
	if (!v->failed)
		v->writer->end(v, totals);
	note_failure(v);
	probe_view_flush(v);
	failed = v->failed;
	error = v->error;
	free(v);
	if (failed)
		return err_set(e, STATUS_APP,
			       "cannot write the output: %s; give it room, or a reader "
			       "that stays",
			       strerror(error));
	return true;
}

bool probe_view_failed(const struct probe_view *v)
{
	return v && v->failed;
}
