/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.c - `tcpshake explain`: a capture file, read as the wire is.
 *
 * The file is opened, then privilege is dropped, then it is read: once to see what connections are in it,
 * and once more for the one that is told. Frame by frame, in memory that does not grow with the file. */
#include <string.h>

#include "cli/cli.h"
#include "cli/explain_priv.h"
#include "cli/output.h"
#include "wire/privilege.h"

static const struct option_row rows[] = {
	OPTION_NUMBER(struct explain_options, flow, "flow", 'n', "N", 1, UINT32_MAX,
		      "this connection, by its number in the list"),
	OPTION_SET(struct explain_options, list, "list", 'l', 1, "only list the connections"),
	OPTION_TEXT(struct explain_options, script, "script", 0, "OUT",
		    "write the client's side as a script that `tcpshake run` plays;\n"
		    "- is standard output, and the narration moves to standard error"),
};

/* The words of --link, and what they are. */
#define EXPLAIN_LINKS "any|ethernet|ip|sll|sll2|null|loop"
static const int link_types[] = { HEXIN_LINK_ANY,  LINK_ETHERNET, LINK_RAW, LINK_LINUX_SLL,
				  LINK_LINUX_SLL2, LINK_NULL,	  LINK_LOOP };

static const struct option_row text_rows[] = {
	OPTION_SET(struct explain_options, form, "hex", 0, HEXIN_HEX,
		   "FILE is a hex dump: xxd, hexdump, od, tcpdump -x, tshark -x,\n"
		   "Wireshark's copies, or bare digits"),
	OPTION_SET(struct explain_options, form, "base64", 0, HEXIN_BASE64,
		   "FILE is base64, of one frame or several"),
	OPTION_CHOICE(struct explain_options, link, "link", 0, "TYPE", EXPLAIN_LINKS,
		      "link type of such frames; any: told by looking (any)"),
};

static const struct option_row exercise_rows[] = { EXERCISE_ROWS(struct explain_options,
								 exercise) };

static const char about[] =
	"Explain a connection out of a capture file (pcap or pcapng; - is standard input), or out of a hex\n"
	"dump or base64 of its frames: the same steps, equations and verdicts as of a live one. Needs no\n"
	"privilege. Of several connections one is chosen with --flow; without it they are listed.";

static bool write_script(struct explain *x, struct err *e)
{
	return record_end(x->record, e) &&
	       scripting_save(x->record, x->options->script, "a capture", "HOST:PORT", e);
}

static bool explain_flow(struct explain *x, struct err *e)
{
	bool good;

	if (x->options->script && !(x->record = record_new()))
		return err_set(e, STATUS_APP, "out of memory");
	good = explain_pass(x, false, e);
	if (good && !x->begun)
		good = err_set(e, STATUS_USAGE,
			       "--flow %u: %s has %u connection%s; --list lists them", x->wanted,
			       x->path, flows_count(x->flows),
			       flows_count(x->flows) == 1 ? "" : "s");
	if (good && x->record)
		good = write_script(x, e);
	return good;
}

static bool nothing_there(const struct explain *x, struct err *e)
{
	char others[EXPLAIN_OTHERS_MAX];

	if (x->broken.status)
		return false;
	if (!x->counts.frames)
		return err_set(e, STATUS_APP, "%s: no frame is in it", x->path);
	return err_set(e, STATUS_APP, "%s: no TCP is in it, only %s", x->path,
		       explain_others_text(&x->counts, others, sizeof(others)));
}

static bool explain(struct explain *x, struct err *e)
{
	const struct explain_options *o = x->options;

	x->wanted = (unsigned)o->flow;
	if (o->flow && !o->list)
		return explain_flow(x, e);
	if (!explain_pass(x, !o->list, e))
		return false;
	if (!flows_count(x->flows))
		return nothing_there(x, e);
	if (o->list || flows_count(x->flows) > 1) {
		explain_list_rest(x);
		return o->list || o->common.report ||
		       err_set(e, STATUS_USAGE,
			       "%s has %u connections: --flow N explains one of them, --list only "
			       "lists them",
			       x->path, flows_count(x->flows));
	}
	x->wanted = 1;
	return explain_flow(x, e);
}

static bool to_stdout_once(const struct explain_options *o, struct err *e)
{
	bool script = o->script && !strcmp(o->script, "-");
	bool pcap = o->common.pcap && !strcmp(o->common.pcap, "-");

	return !script || !pcap ||
	       err_set(e, STATUS_USAGE,
		       "-: two things at once cannot go to standard output; name a file");
}

static struct view *open_view(struct explain *x, const struct view_options *view)
{
	if (x->options->exercise.kind < 0)
		return view_open(view);
	x->exercise = exercise_new(view->absolute);
	return x->exercise ? exercise_view(x->exercise) : NULL;
}

static enum status run(const struct explain_options *o, const char *path)
{
	struct explain x = { .options = o, .path = strcmp(path, "-") ? path : "standard input" };
	FILE *out = output_stream(&o->common, o->script && !strcmp(o->script, "-"));
	struct view_options view = {
		.out = out,
		.json = o->common.json,
		.absolute = o->common.absolute,
		.color = !o->common.json && view_want_color((enum view_color)o->common.color, out),
		.verbosity = o->common.verbosity,
	};
	struct err e = { 0 }, later = { 0 };
	enum status asked = STATUS_OK;

	x.file = capfile_open(path, &e);
	if (x.file && (o->form || o->link))
		capfile_expect(x.file, o->form ? (enum hexin_form)o->form : HEXIN_ANY,
			       link_types[o->link]);
	if (x.file && privilege_drop(&e)) {
		x.view = open_view(&x, &view);
		if (!x.view)
			err_set(&e, STATUS_APP, "out of memory");
		else if (!o->common.report ||
			 (x.report = explain_report_open(o->common.report, o->common.absolute,
							 (unsigned)o->flow, &e))) {
			if (explain(&x, &e) && x.begun && x.exercise)
				asked = exercise_run(x.exercise, &o->exercise, &o->common, &e);
		}
	}
	if (!view_close(x.view, &later) && !e.status)
		e = later;
	if (!pcapfile_close(x.pcap, &later) && !e.status)
		e = later;
	if (!explain_report_close(x.report, &later) && !e.status)
		e = later;
	if (!e.status)
		e = x.broken;
	exercise_free(x.exercise);
	record_free(x.record);
	flows_free(x.flows);
	capfile_close(x.file);
	return e.status ? err_print(&e) : asked;
}

enum status cli_explain(int argc, char **argv)
{
	static const struct option_group own = { "Connections", rows, ARRAY_LEN(rows) };
	static const struct option_group texts = { "Frames as text (found out by looking)",
						   text_rows, ARRAY_LEN(text_rows) };
	static const struct option_group exercises = { "Exercises", exercise_rows,
						       ARRAY_LEN(exercise_rows) };
	const struct option_group groups[] = { own, texts, exercises, common_output_options };
	const struct option_table table = { "explain", "[options] FILE", about, groups,
					    ARRAY_LEN(groups) };
	struct explain_options o = { 0 };
	struct err e = { 0 };
	int first;

	common_init(&o.common);
	exercise_options_init(&o.exercise);
	first = options_parse(argc, argv, &table, &o, &e);
	if (first <= 0)
		return err_print(&e);
	if (argc - first != 1)
		err_set(&e, STATUS_USAGE, "%s; see `tcpshake explain --help`",
			argc == first ? "no capture file given" : "one capture file at a time");
	if (e.status || !to_stdout_once(&o, &e) ||
	    !exercise_options_ok(&o.exercise, &o.common, argv[first], &e))
		return err_print(&e);
	return run(&o, argv[first]);
}
