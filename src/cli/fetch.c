/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.c - URLs, one after the other, each over a connection that we make; see fetch.h.
 *
 *     http_fetch() --> libcurl connects to its door --> on_wanted() --> carrier_take(): from now on the
 *                      bytes flow without us
 *     on_done()    --> the transfer is over: its result, the next http_fetch()
 *     on_ended()   --> the connection is over: its summary waits for the transfer to be over, too
 *
 * Rules: one transfer at a time. A connection is kept only when the next URL is of the same host and
 *        port. Errors are printed when known; the first decides the exit status. */
#include "cli/fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/output.h"
#include "drive/carrier.h"
#include "http/http.h"
#include "wire/privilege.h"

struct fetch {
	const struct fetch_plan *plan;
	struct loop *loop;
	struct station *station;
	struct output *output;
	struct interrupt interrupt;
	struct carrier carrier;
	FILE *out;	    /* the narration's stream */
	enum status status; /* of the first failure */
	bool stop;	    /* start nothing new */

	struct http *http;
	struct body *body;
	size_t url; /* the one in work, or the next */
	bool transferring;
	struct view_result result; /* of the transfer that was over last */

	struct err transport; /* how the connection ended, when not in order */
	bool transfer_failed; /* said so already; how its connection ends is of no interest */
};

static void complain(struct fetch *f, const struct err *e)
{
	/* The narration is on another stream: what led here should be read first. */
	fflush(f->out ? f->out : stdout);
	err_print(e);
	if (f->status == STATUS_OK)
		f->status = e->status;
}

/* One origin may be named by several URLs; the station knows it again. */
static const struct origin *origin_of(struct fetch *f, size_t i, unsigned connections,
				      struct err *e)
{
	return station_add(f->station, f->plan->urls[i].host, f->plan->urls[i].port, connections,
			   e);
}

static bool same_origin(const struct url *a, const struct url *b)
{
	return a->port == b->port && !strcasecmp(a->host, b->host);
}

static bool shares_connections(const struct fetch_plan *p)
{
	for (size_t i = 1; i < p->url_count; i++)
		if (same_origin(&p->urls[i - 1], &p->urls[i]))
			return true;
	return false;
}

static void show_summary(struct fetch *f)
{
	f->result.capture_drops = station_drops(f->station);
	output_summary(f->output, &f->result);
	f->result = (struct view_result){ 0 };
}

/* ---- connections ------------------------------------------------------------------------------ */

static void on_begins(void *context)
{
	struct fetch *f = context;

	show_summary(f); /* libcurl tries again on a new connection of its own accord */
	f->transport = (struct err){ 0 };
	f->transfer_failed = false;
}

/* How the connection ended, where that is not what the transfer will say, or has said. */
static void on_ended(void *context, const struct err *why)
{
	struct fetch *f = context;

	if (!why || f->transfer_failed || f->interrupt.signal)
		return;
	if (f->transferring)
		f->transport =
			*why; /* the transfer will fail of it, or be complete in spite of it */
	else if (why->status == STATUS_PEER)
		output_warning(f->output,
			       "the peer ended with RST what could have been closed in order; "
			       "all of the response had come");
	else
		complain(f, why);
}

static void on_wanted(void *context, int fd)
{
	struct fetch *f = context;
	struct err e = { 0 };
	const struct origin *o = f->transferring && !f->stop ? origin_of(f, f->url, 0, &e) : NULL;

	if (o) {
		carrier_take(&f->carrier, o, fd);
		return;
	}
	f->transport = e;
	close(fd);
}

/* ---- transfers -------------------------------------------------------------------------------- */

static void start_transfer(struct fetch *f)
{
	const struct fetch_plan *p = f->plan;
	const struct url *url = &p->urls[f->url];
	bool last = f->url + 1 == p->url_count || !same_origin(url, url + 1);
	const char *path = f->url < p->outputs->count ? p->outputs->items[f->url] : NULL;
	struct err e = { 0 };

	f->transport = (struct err){ 0 };
	f->body = body_open(path, &e);
	f->transferring = f->body && http_fetch(f->http, url, f->body, last, &e);
	if (f->transferring)
		return;
	complain(f, &e);
	f->stop = true; /* a local fault: the others would meet it, too */
}

/* The one line about a response, and the numbers for the summary. */
static void show_response(struct fetch *f, const struct http_reply *r, bool complete)
{
	const struct url *url = &f->plan->urls[f->url];
	const char *saved = body_saved_as(f->body);
	char line[512];

	f->result = (struct view_result){
		.url = url->text,
		.http_status = r->status,
		.body_bytes = body_bytes(f->body),
		.saved_as = saved,
	};
	if (!r->status)
		return;
	body_sha256(f->body, f->result.body_sha256);
	snprintf(line, sizeof(line), "%s, %" PRIu64 " byte%s%s%s%s", r->status_line,
		 f->result.body_bytes, f->result.body_bytes == 1 ? "" : "s",
		 complete ? "" : ", incomplete", saved ? ", in " : "",
		 saved ? strcmp(saved, "-") ? saved : "standard output" : "");
	output_http(f->output, line);
}

/* The connection's own account of a failure is better than libcurl's, which saw only an end of file;
 * and a body that is ended by the close alone may be complete to libcurl when it is not. */
static bool transfer_ok(struct fetch *f, struct http_reply *r, struct err *e)
{
	bool ok = http_outcome(f->http, r, e);

	if (!f->transport.status || (r->complete && (r->delimited || !ok)))
		return ok;
	*e = f->transport;
	return false;
}

static void on_done(void *context)
{
	struct fetch *f = context;
	struct http_reply r;
	struct err e = { 0 };
	bool ok = transfer_ok(f, &r, &e);

	f->transferring = false;
	show_response(f, &r, ok || (r.complete && r.delimited));
	if (!ok && !f->interrupt.signal) {
		f->transfer_failed = true;
		if (f->result.saved_as && e.status != STATUS_APP) {
			char more[sizeof(e.text)];

			memcpy(more, e.text, sizeof(more));
			err_set(&e, e.status, "%.400s; %" PRIu64 " bytes are in %.60s", more,
				f->result.body_bytes, f->result.saved_as);
		}
		complain(f, &e);
	}
	body_close(f->body);
	f->body = NULL;
	f->url++;
	if (f->url < f->plan->url_count && !f->stop)
		start_transfer(f);
}

/* ---- all of it -------------------------------------------------------------------------------- */

static void on_interrupt(void *context, bool again)
{
	struct fetch *f = context;
	struct err e = { 0 };

	f->stop = true;
	err_set(&e, STATUS_APP, "interrupted");
	if (again)
		carrier_abort(&f->carrier, &e);
	else
		carrier_close(&f->carrier);
}

/* Everything that may need privilege; then it is given up. */
static bool open_handles(struct fetch *f, struct err *e)
{
	struct station_options options;

	if (!common_station(f->plan->common, &options, e) || !privilege_check(e))
		return false;
	f->station = station_new(&options, e);
	if (!f->station)
		return false;
	for (size_t i = 0; i < f->plan->url_count; i++)
		if (!origin_of(f, i, 1, e))
			return false;
	return station_listen(f->station, e) && privilege_drop(e);
}

static bool open_rest(struct fetch *f, struct err *e)
{
	const struct fetch_plan *p = f->plan;
	struct http_options http = {
		.headers = p->headers->items,
		.header_count = p->headers->count,
		.user_agent = p->user_agent,
		.http10 = p->http10,
		.fail = p->fail,
		.keep = shares_connections(p),
		.wanted = on_wanted,
		.done = on_done,
		.context = f,
	};

	f->loop = loop_new(e);
	if (!f->loop || !interrupt_start(&f->interrupt, f->loop, on_interrupt, f, e))
		return false;
	f->output = output_new(p->common, f->out, station_link_type(f->station), e);
	if (!f->output)
		return false;
	f->carrier = (struct carrier){
		.loop = f->loop,
		.station = f->station,
		.watch = output_watch(f->output),
		.begins = on_begins,
		.ended = on_ended,
		.context = f,
	};
	f->http = http_new(f->loop, &http, e);
	return f->http != NULL;
}

static bool all_fetched(const struct fetch *f)
{
	return !f->transferring && (f->stop || f->url == f->plan->url_count);
}

static bool finished(const struct fetch *f)
{
	return !carrier_busy(&f->carrier) && (f->stop || all_fetched(f));
}

/* Nobody reads what we print, or the disk is full: the peer gets a RST, and that is all. */
static void give_up_output(struct fetch *f)
{
	struct err e = { 0 };

	err_set(&e, STATUS_APP, "the output cannot be written");
	f->transfer_failed = true;
	carrier_abort(&f->carrier, &e);
	f->stop = true;
}

/* libcurl's thread, which sees the end of its connection first, lets go of the body. */
static void end_http(struct fetch *f)
{
	carrier_stop(&f->carrier);
	if (!http_free(f->http))
		f->body = NULL; /* stuck in writing: the end of the program will end it */
	f->http = NULL;
}

static void run(struct fetch *f)
{
	struct err e = { 0 };

	start_transfer(f);
	while (!finished(f)) {
		if (!loop_turn(f->loop, &e)) {
			complain(f, &e);
			return;
		}
		if (output_failed(f->output) && !f->stop)
			give_up_output(f);
		if (all_fetched(f)) {
			http_free(f->http); /* and with it connections that libcurl kept */
			f->http = NULL;
		}
	}
	end_http(f);
	if (f->transferring && f->body) { /* interrupted */
		f->result.url = f->plan->urls[f->url].text;
		f->result.body_bytes = body_bytes(f->body);
		f->result.saved_as = body_saved_as(f->body);
	}
	show_summary(f);
}

static bool stdout_taken(const struct fetch_plan *p)
{
	for (size_t i = 0; i < p->outputs->count; i++)
		if (!strcmp(p->outputs->items[i], "-"))
			return true;
	return false;
}

enum status fetch_run(const struct fetch_plan *plan)
{
	struct fetch f = { .plan = plan };
	struct err e = { 0 };

	f.out = output_stream(plan->common, stdout_taken(plan));
	if (!open_handles(&f, &e)) {
		complain(&f, &e);
	} else if (!open_rest(&f, &e)) {
		complain(&f, &e);
	} else {
		if (plan->intro && !plan->common->json && plan->common->verbosity >= 0)
			fputs(plan->intro, f.out);
		run(&f);
	}
	end_http(&f);
	body_close(f.body);
	if (!output_close(f.output, &e))
		complain(&f, &e);
	station_free(f.station);
	interrupt_stop(&f.interrupt);
	loop_free(f.loop);
	return f.status;
}
