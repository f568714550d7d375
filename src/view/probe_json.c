/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_json.c - results of `probe` as JSON lines: type probe for each, probe-summary at the end. */
#include <errno.h>

#include "view/json_fields.h"
#include "view/probe_priv.h"

static void write_line(struct probe_view *v, const char *type, enum json_table table,
		       const void *source)
{
	json_t *object = json_line(type, !v->begun, 0, table, source);

	v->begun = true;
	if (!object) {
		v->failed = true;
		v->error = ENOMEM;
	} else if (!v->failed) {
		/* A failure to write stays with the stream, where it is found. */
		(void)json_dumpf(object, v->options.out, JSON_COMPACT | JSON_ENSURE_ASCII);
		fputc('\n', v->options.out);
	}
	json_decref(object);
}

static void write_result(struct probe_view *v, const struct probe_result *r)
{
	write_line(v, "probe", JSON_PROBE, r);
}

static void write_end(struct probe_view *v, const struct probe_totals *totals)
{
	struct json_probe_source source = { totals, v->repeats, v->repeat_count };

	write_line(v, "probe-summary", JSON_PROBE_SUMMARY, &source);
}

const struct probe_writer probe_json_writer = { .result = write_result, .end = write_end };
