/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.c - `tcpshake explain`: a capture file, read as the wire is.
 *
 * The file is opened, then privilege is dropped, then it is read: once to see what connections are in it,
 * and once more for the one that is told. Frame by frame, in memory that does not grow with the file. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/exercise.h"
#include "cli/explain_report.h"
#include "cli/output.h"
#include "cli/scripting.h"
#include "trace/flows.h"
#include "view/pcapfile.h"
#include "wire/capfile.h"
#include "wire/privilege.h"

struct explain_options {
	struct common_options common; /* first: its rows count from the start */
	int64_t flow;		      /* 0: not given */
	int list;
	const char *script;
	struct exercise_options exercise;
};

static const struct option_row rows[] = {
	OPTION_NUMBER(struct explain_options, flow, "flow", 'n', "N", 1, FLOWS_MAX,
		      "this connection, by its number in the list"),
	OPTION_SET(struct explain_options, list, "list", 'l', 1, "only list the connections"),
	OPTION_TEXT(struct explain_options, script, "script", 0, "OUT",
		    "write the client's side as a script that `tcpshake run` plays;\n"
		    "- is standard output, and the narration moves to standard error"),
};

static const struct option_row exercise_rows[] = { EXERCISE_ROWS(struct explain_options,
								 exercise) };

static const char about[] =
	"Explain a connection out of a capture file (pcap or pcapng; - is standard input): the same steps,\n"
	"equations and verdicts as of a live one. Needs no privilege. Of several connections one is chosen\n"
	"with --flow; without it they are listed.";

/* What the capture holds besides. */
struct counts {
	uint64_t frames, tcp, fragments, cut, bad, other, not_ip;
};

struct explain {
	const struct explain_options *options;
	const char *path;
	struct capfile *file;
	struct flows *flows; /* of the pass under way */
	struct counts counts;
	unsigned wanted; /* 0: none, only look */
	bool begun;
	struct view *view;
	struct record *record;
	struct pcapfile *pcap;
	struct explain_report *report; /* NULL: not asked for */
	struct exercise *exercise;     /* NULL: it is told, not asked */
	struct err broken;	       /* where the file ends inside a frame */
};

static struct flow_end end_of(const struct addr *a, uint16_t port)
{
	struct flow_end end = { .family = a->family == AF_INET6 ? 6 : 4, .port = port };

	memcpy(end.bytes, a->bytes, sizeof(end.bytes));
	return end;
}

static struct addr addr_of(const struct flow_end *end)
{
	struct addr a = { .family = end->family == 6 ? AF_INET6 : AF_INET };

	memcpy(a.bytes, end->bytes, sizeof(a.bytes));
	return a;
}

static struct view_connection connection_of(const struct flow *f, const char *host)
{
	return (struct view_connection){
		.host = host,
		.client = addr_of(&f->ends[TRACE_CLIENT]),
		.server = addr_of(&f->ends[TRACE_SERVER]),
		.client_port = f->ends[TRACE_CLIENT].port,
		.server_port = f->ends[TRACE_SERVER].port,
		.number = f->number,
	};
}

static void tell(struct explain *x, enum view_event_kind kind, const struct frame *f,
		 const struct packet *p, const char *text)
{
	struct view_event event = { kind, f ? f->time_ns : 0, p, text };

	view_event(x->view, &event);
}

static void begin_flow(struct explain *x, const struct flow *f)
{
	struct view_connection c = connection_of(f, x->path);

	x->begun = true;
	c.number = 1;
	view_connection(x->view, &c);
	if (f->middle)
		tell(x, VIEW_EVENT_WARNING, NULL, NULL,
		     "the capture begins in the middle of this connection: which end is the "
		     "client is told from the ports alone");
}

/* The connection's frames alone, for -w. */
static bool keep_frame(struct explain *x, const struct frame *frame, struct err *e)
{
	const char *path = x->options->common.pcap;

	if (!path)
		return true;
	if (!x->pcap)
		x->pcap = pcapfile_open(path, frame->link_type, e);
	return x->pcap && pcapfile_add(x->pcap, frame, e);
}

static bool take_tcp(struct explain *x, const struct frame *frame, const struct packet *p,
		     struct err *e)
{
	struct flow_end from = end_of(&p->src, p->seg.src_port);
	struct flow_end to = end_of(&p->dst, p->seg.dst_port);
	struct trace_input in = { .time_ns = frame->time_ns,
				  .seg = &p->seg,
				  .text_cut = p->text_cut };
	struct trace_step step;
	const struct flow *f = flows_segment(x->flows, &from, &to, &in, &step);

	if (f && x->report) {
		struct view_connection c = connection_of(f, x->path);

		explain_report_step(x->report, f, &c, &step, p, frame);
	}
	if (!f || f->number != x->wanted)
		return true;
	if (!x->begun)
		begin_flow(x, f);
	view_step(x->view, &step, p, frame);
	if (x->record && in.from == TRACE_CLIENT)
		record_sent(x->record, &p->seg, frame->time_ns);
	else if (x->record)
		record_arrived(x->record, &p->seg, frame->time_ns);
	return keep_frame(x, frame, e);
}

/* An ICMP error that quotes a segment of the connection is a part of its story. */
static void take_icmp(struct explain *x, const struct frame *frame, const struct packet *p)
{
	struct flow_end from = end_of(&p->icmp_src, p->seg.src_port);
	struct flow_end to = end_of(&p->icmp_dst, p->seg.dst_port);
	bool client;
	const struct flow *f = flows_find(x->flows, &from, &to, &client);

	if (f)
		explain_report_event(x->report, f,
				     &(struct view_event){ VIEW_EVENT_ICMP, frame->time_ns, p,
							   NULL });
	if (f && f->number == x->wanted && x->begun)
		tell(x, VIEW_EVENT_ICMP, frame, p, NULL);
}

static bool take_frame(struct explain *x, const struct frame *frame, struct err *e)
{
	struct packet p;

	packet_decode(frame, &p);
	x->counts.frames++;
	switch (p.kind) {
	case PACKET_TCP:
		x->counts.tcp++;
		return take_tcp(x, frame, &p, e);
	case PACKET_ICMP_ERROR:
		x->counts.other++;
		take_icmp(x, frame, &p);
		break;
	case PACKET_FRAGMENT:
		x->counts.fragments++;
		break;
	case PACKET_TRUNCATED:
		x->counts.cut++;
		break;
	case PACKET_BAD_HEADER:
		x->counts.bad++;
		break;
	case PACKET_OTHER:
		x->counts.other++;
		break;
	case PACKET_NOT_IP:
		x->counts.not_ip++;
		break;
	}
	return true;
}

/* All frames, from the first. A file that breaks off is read as far as it goes. */
static bool pass(struct explain *x, bool again, struct err *e)
{
	struct frame frame;
	int got;

	flows_free(x->flows);
	x->flows = flows_new();
	x->counts = (struct counts){ 0 };
	x->broken = (struct err){ 0 };
	if (!x->flows)
		return err_set(e, STATUS_APP, "out of memory");
	if (!capfile_begin(x->file, again, e))
		return false;
	while ((got = capfile_next(x->file, &frame, &x->broken)) > 0)
		if (!take_frame(x, &frame, e) || view_failed(x->view))
			return e->status == STATUS_OK;
	explain_report_end(x->report, x->flows);
	return true;
}

/* "3 fragments, 2 frames that are no IP": what else was there. Returns @out; empty when nothing was. */
static const char *others_text(const struct counts *c, char *out, size_t size)
{
	const struct {
		uint64_t count;
		const char *one, *many;
	} kinds[] = {
		{ c->other, "packet of another protocol", "packets of other protocols" },
		{ c->not_ip, "frame that is not IP", "frames that are not IP" },
		{ c->fragments, "IP fragment (not reassembled)", "IP fragments (not reassembled)" },
		{ c->cut, "packet cut inside a header", "packets cut inside a header" },
		{ c->bad, "packet with a bad header", "packets with bad headers" },
	};
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		int n;

		if (!kinds[i].count)
			continue;
		n = snprintf(out + used, size - used, "%s%" PRIu64 " %s", used ? ", " : "",
			     kinds[i].count, kinds[i].count == 1 ? kinds[i].one : kinds[i].many);
		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
	}
	return out;
}

static void list_line(const struct flow *f)
{
	char client[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX];
	struct addr a = addr_of(&f->ends[TRACE_CLIENT]), b = addr_of(&f->ends[TRACE_SERVER]);
	struct trace_summary s;

	trace_summary(f->trace, &s);
	printf("%5u  %-24s %-24s %8u %12" PRIu64 " %12" PRIu64 "  %s%s\n", f->number,
	       addr_port_text(&a, f->ends[TRACE_CLIENT].port, client),
	       addr_port_text(&b, f->ends[TRACE_SERVER].port, server),
	       s.segments[TRACE_CLIENT] + s.segments[TRACE_SERVER], s.text[TRACE_CLIENT],
	       s.text[TRACE_SERVER], trace_closing_name(s.closing),
	       f->middle ? ", begins in the middle" : "");
}

static void list_json(struct explain *x, const struct flow *f)
{
	struct view_connection c = connection_of(f, x->path);
	struct trace_summary s;

	trace_summary(f->trace, &s);
	view_connection(x->view, &c);
	view_summary(x->view, &s, NULL);
}

static void list(struct explain *x)
{
	char others[256];

	if (!x->options->common.json)
		printf("%5s  %-24s %-24s %8s %12s %12s  %s\n", "flow", "client", "server",
		       "segments", "client bytes", "server bytes", "closing");
	for (const struct flow *f = flows_first(x->flows); f; f = f->next)
		if (x->options->common.json)
			list_json(x, f);
		else
			list_line(f);
	if (x->options->common.json)
		return;
	if (flows_left_out(x->flows))
		printf("%" PRIu64 " segments are of further connections: %u are followed at most\n",
		       flows_left_out(x->flows), FLOWS_MAX);
	if (*others_text(&x->counts, others, sizeof(others)))
		printf("besides: %s\n", others);
}

static void finish_flow(struct explain *x)
{
	const struct flow *f = flows_first(x->flows);
	struct trace_summary s;
	char others[256], text[300];

	while (f && f->number != x->wanted)
		f = f->next;
	if (!f)
		return;
	if (*others_text(&x->counts, others, sizeof(others))) {
		snprintf(text, sizeof(text), "the capture also has %s", others);
		tell(x, VIEW_EVENT_WARNING, NULL, NULL, text);
	}
	trace_summary(f->trace, &s);
	view_summary(x->view, &s, NULL);
}

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
	good = pass(x, false, e);
	finish_flow(x);
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
	char others[256];

	if (x->broken.status)
		return false;
	if (!x->counts.frames)
		return err_set(e, STATUS_APP, "%s: no frame is in it", x->path);
	return err_set(e, STATUS_APP, "%s: no TCP is in it, only %s", x->path,
		       others_text(&x->counts, others, sizeof(others)));
}

static bool explain(struct explain *x, struct err *e)
{
	const struct explain_options *o = x->options;

	x->wanted = (unsigned)o->flow;
	if (o->flow && !o->list)
		return explain_flow(x, e);
	if (!pass(x, !o->list, e))
		return false;
	if (!flows_count(x->flows))
		return nothing_there(x, e);
	if (o->list || flows_count(x->flows) > 1) {
		list(x);
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
	static const struct option_group exercises = { "Exercises", exercise_rows,
						       ARRAY_LEN(exercise_rows) };
	const struct option_group groups[] = { own, exercises, common_output_options };
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
