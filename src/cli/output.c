/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - from the watch of drive/ to the view, the report and the capture file; see output.h. */
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>

#include "view/pcapfile.h"
#include "view/report.h"

struct output {
	struct watch watch;
	struct view *view; /* of the report, too */
	struct view *reported;
	struct report *report; /* NULL: none, or it is that of beside */
	struct pcapfile *pcap;
	struct output *beside; /* whose capture file it is */
	struct err pcap_error; /* why the capture file is not complete */
	void (*follow)(void *context, const struct trace_step *step, const struct packet *p,
		       const struct frame *f);
	void *follower;
	bool link_warned;
	int link_type;
	bool ended; /* these two wait to be printed */
	struct trace_summary summary;
	struct tcp_conn_info info;
};

FILE *output_stream(const struct common_options *o, bool stdout_taken)
{
	return stdout_taken || (o->pcap && !strcmp(o->pcap, "-")) ? stderr : stdout;
}

static void on_begin(void *context, const struct watch_attempt *a)
{
	struct output *o = context;
	struct view_connection c = {
		.host = a->host,
		.client = a->local,
		.server = a->peer,
		.client_port = a->local_port,
		.server_port = a->peer_port,
		.ifname = a->ifname,
		.mtu = a->mtu,
		.guard_layers = a->guard_layers,
		.number = a->number,
	};

	view_connection(o->view, &c);
}

static void on_frame(void *context, const struct frame *f)
{
	struct output *o = context;

	if (o->beside)
		o = o->beside;
	if (!o->pcap || o->pcap_error.status)
		return;
	if (f->link_type != o->link_type) {
		/* A pcap file has one link type; what comes over another interface is not in it. */
		if (!o->link_warned)
			output_warning(
				o, "the capture file holds the packets of one kind of interface "
				   "only; those of another are left out");
		o->link_warned = true;
		return;
	}
	pcapfile_add(o->pcap, f, &o->pcap_error);
}

static void on_step(void *context, const struct trace_step *step, const struct packet *p,
		    const struct frame *f)
{
	struct output *o = context;

	if (o->follow)
		o->follow(o->follower, step, p, f);
	view_step(o->view, step, p, f);
}

static void tell(struct output *o, enum view_event_kind kind, const struct frame *f,
		 const struct packet *p, const char *text)
{
	struct view_event event = { kind, f ? f->time_ns : 0, p, text };

	view_event(o->view, &event);
}

static void on_icmp(void *context, const struct packet *p, const struct frame *f)
{
	tell(context, VIEW_EVENT_ICMP, f, p, NULL);
}

static void on_dropped(void *context, const struct packet *p, const struct frame *f,
		       const char *why)
{
	tell(context, VIEW_EVENT_DROPPED, f, p, why);
}

static void on_next_address(void *context, const char *text)
{
	tell(context, VIEW_EVENT_NEXT_ADDRESS, NULL, NULL, text);
}

static void on_warning(void *context, const char *text)
{
	tell(context, VIEW_EVENT_WARNING, NULL, NULL, text);
}

static void on_end(void *context, const struct trace_summary *summary,
		   const struct tcp_conn_info *info)
{
	struct output *o = context;

	o->summary = *summary;
	o->info = *info;
	o->ended = true;
	view_summary(o->reported, summary, NULL); /* not all commands sum up */
}

/* The report is the main output's; each output tells it by a view of its own. */
static bool open_report(struct output *o, const struct common_options *options, struct output *main,
			struct err *e)
{
	if (!main && options->report) {
		o->report = report_open(options->report, options->absolute, e);
		if (!o->report)
			return false;
	}
	if (!o->report && !(main && main->report))
		return true;
	o->reported = report_view(o->report ? o->report : main->report);
	o->view = view_join(o->view, o->reported);
	return o->reported || err_set(e, STATUS_APP, "out of memory");
}

static struct output *open_output(const struct common_options *options, FILE *out, bool brief,
				  struct output *main, int link_type, struct err *e)
{
	struct output *o = calloc(1, sizeof(*o));
	struct view_options v = {
		.out = out,
		.json = options->json,
		.absolute = options->absolute,
		.color = out && !options->json &&
			 view_want_color((enum view_color)options->color, out),
		.verbosity = options->verbosity,
		.brief = brief,
	};
	struct err unused = { 0 };

	if (!o || (out && !(o->view = view_open(&v)))) {
		err_set(e, STATUS_APP, "out of memory");
		free(o);
		return NULL;
	}
	o->link_type = link_type;
	o->beside = main;
	o->watch = (struct watch){ o,	       on_begin,	on_frame,   on_step, on_icmp,
				   on_dropped, on_next_address, on_warning, on_end };
	if (open_report(o, options, main, e) &&
	    (!options->pcap || (o->pcap = pcapfile_open(options->pcap, link_type, e))))
		return o;
	output_close(o, &unused);
	return NULL;
}

struct output *output_new(const struct common_options *options, FILE *out, int link_type,
			  struct err *e)
{
	return open_output(options, out, false, NULL, link_type, e);
}

struct output *output_new_beside(const struct common_options *options, FILE *out, bool brief,
				 struct output *main, struct err *e)
{
	return open_output(options, out, brief, main, main->link_type, e);
}

bool output_close(struct output *o, struct err *e)
{
	struct err view = { 0 }, report = { 0 }, pcap = { 0 };

	if (!o)
		return true;
	view_close(o->view, &view);
	report_close(o->report, &report);
	pcapfile_close(o->pcap, &pcap);
	if (o->pcap_error.status)
		pcap = o->pcap_error;
	free(o);
	if (!view.status && !report.status && !pcap.status)
		return true;
	*e = view.status ? view : report.status ? report : pcap;
	return false;
}

const struct watch *output_watch(struct output *o)
{
	return &o->watch;
}

void output_follow(struct output *o,
		   void (*step)(void *context, const struct trace_step *step,
				const struct packet *p, const struct frame *f),
		   void *context)
{
	o->follow = step;
	o->follower = context;
}

void output_http(struct output *o, const char *text)
{
	tell(o, VIEW_EVENT_HTTP, NULL, NULL, text);
}

void output_warning(struct output *o, const char *text)
{
	tell(o, VIEW_EVENT_WARNING, NULL, NULL, text);
}

void output_summary(struct output *o, struct view_result *result)
{
	if (!o->ended)
		return;
	o->ended = false;
	result->srtt_ns = o->info.srtt_us ? o->info.srtt_us * 1000 : -1;
	result->rto_ns = o->info.rto_us ? o->info.rto_us * 1000 : -1;
	view_summary(o->view, &o->summary, result);
}

bool output_failed(const struct output *o)
{
	return o->pcap_error.status || view_failed(o->view);
}
