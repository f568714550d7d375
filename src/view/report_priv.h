/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_priv.h - what the files of the report share: report.c collects, report_keep.c and report_plot.c
 * remember, report_words.c has the texts, report_html.c (with report_data.c and report_layers.c),
 * report_svg.c and report_md.c write. */
#ifndef TCPSHAKE_VIEW_REPORT_PRIV_H
#define TCPSHAKE_VIEW_REPORT_PRIV_H

#include <jansson.h>

#include "view/json_fields.h"
#include "view/report.h"
#include "view/words.h"

/* How much is kept. A step with its frame takes 1.5 kB here, and 3 kB in the page. */
#define REPORT_CONNECTIONS 100u
#define REPORT_STEPS	   10000u /* of all connections together, but for the last ones of each */
#define REPORT_FIRST	   1000u  /* the first steps of a connection are kept, */
#define REPORT_ODD	   500u	  /* after these those that are odd or change a state, */
#define REPORT_LAST	   100u	  /* and the last ones, whatever they are */
#define REPORT_EVENTS	   200u	  /* of a connection */
#define REPORT_FRAME_MAX   400u	  /* bytes of a frame, for the dump */
#define REPORT_POINTS	   2000u  /* of a curve; at most: then every other is left out */
#define REPORT_PREVIEW	   64u	  /* bytes of a segment's text, as the JSON lines show */
#define REPORT_TEXT_MAX	   320u

/* ---- report_plot.c: the sequence space of one direction, over time ---- */

struct report_point {
	int64_t time_ns;
	uint64_t value; /* bytes since the initial number: does not wrap */
	uint32_t len;
	unsigned step;
};

/* A curve. Every point at first; each time it is full, every second one goes. */
struct report_series {
	struct report_point *points;
	struct report_point last; /* the one that came last, which is drawn always */
	unsigned count, stride;	  /* every stride-th is kept; 0: none came yet */
	uint64_t seen;
};

struct report_plot {
	struct report_series sent, again, acked, edge;
	uint64_t seq, ack; /* the last ones, unwrapped */
};

/* A step adds to both directions; index is enum trace_end, whose numbers they are. */
void report_plot_step(struct report_plot plots[2], const struct trace_step *step);
void report_plot_free(struct report_plot *p);

/* ---- report_keep.c ---- */

struct report_step {
	struct trace_step step; /* of its text only the preview is there */
	struct frame frame;	/* captured: as much as is kept; bytes: below */
	bool has_frame;
	bool cut; /* there is less of it than was captured */
	uint8_t preview[REPORT_PREVIEW], bytes[REPORT_FRAME_MAX];
};

struct report_event {
	unsigned after; /* the step that it came after */
	enum view_event_kind kind;
	char text[REPORT_TEXT_MAX];
};

struct report_conn {
	unsigned number; /* from 1, in this report */
	char host[256], ifname[64], url[REPORT_TEXT_MAX], saved_as[REPORT_TEXT_MAX];
	struct view_connection about; /* its strings are those above */
	struct report_step **steps;   /* kept for good, in order */
	size_t step_count, step_room;
	unsigned odd; /* kept because they are odd */
	struct report_step *last[REPORT_LAST];
	unsigned last_count, last_at; /* a ring: last_at is the oldest one when it is full */
	unsigned steps_seen;
	struct report_event *events;
	size_t event_count;
	unsigned events_seen;
	struct report_plot plots[2];
	bool summed;
	struct trace_summary summary;
	struct view_result result; /* its strings are those above */
	struct report_conn *next;
};

struct report {
	FILE *out;
	char path[256];
	bool absolute;
	void (*write)(const struct report *r, FILE *out);
	struct report_conn *first, *last;
	unsigned count, left_out; /* connections */
	size_t steps;
	bool short_of_memory;
};

/* NULL: one too many, or memory is short. */
struct report_conn *report_add(struct report *r, const struct view_connection *c);
void report_keep_step(struct report *r, struct report_conn *c, const struct trace_step *step,
		      const struct frame *frame);
void report_keep_event(struct report_conn *c, const struct view_event *event);
void report_keep_summary(struct report_conn *c, const struct trace_summary *summary,
			 const struct view_result *result);
void report_conn_free(struct report_conn *c);

/* All that was kept, in order: the @i-th, from 0; NULL behind the last. */
const struct report_step *report_step_at(const struct report_conn *c, size_t i);

/* What was kept, told in order to a form that has no room for all of it. */
struct report_teller {
	void (*step)(void *context, const struct report_step *kept);
	void (*event)(void *context, const struct report_event *event);
	void (*gap)(void *context, unsigned count); /* so many segments are not told */
};

/* report_tell() - at most about @most steps: the first ones, and the last tenth of them */
void report_tell(const struct report_conn *c, size_t most, const struct report_teller *t,
		 void *context);

/* ---- report_words.c: what a reader sees of it ---- */

/* A word of the page, for its scripts: by its name. The last has none. */
struct report_word {
	const char *name, *text;
};
const struct report_word *report_page_words(void);

/* "SYN,ACK seq 0 ack 1 (312 bytes)"; returns @out. */
char *report_label(const struct trace_step *step, char *out, size_t size);

const char *report_checksum_words(enum tcp_checksum is);

/* "1,234 segments are not shown here"; returns @out. */
char *report_gap(unsigned count, char *out, size_t size);

/* "ICMP: ..." */
char *report_event_words(const struct view_event *event, char *out, size_t size);

struct report_row {
	const char *label;
	char text[REPORT_TEXT_MAX];
};
#define REPORT_ROWS 16u
/* Who talked to whom, and how it went; returns how many rows were filled in. */
unsigned report_summary(const struct report_conn *c, struct report_row rows[REPORT_ROWS]);

/* ---- the forms ---- */

void report_write_html(const struct report *r, FILE *out);
void report_write_svg(const struct report *r, FILE *out);
void report_write_md(const struct report *r, FILE *out);

/* report_layers.c: "headers", the tables of their fields; into a step "layers" and "bytes", in which sentences
 * are numbers in "texts", as most are said many times. @texts: an object that collects them. */
json_t *report_headers(void);
void report_put_layers(json_t *object, const struct report_step *kept, json_t *texts);
json_t *report_texts(json_t *texts); /* gives @texts away */

/* report_data.c: the page's data, as JSON that no byte of which ends a script element. */
void report_write_data(const struct report *r, FILE *out);

/* The page's own text, made by src/view/report/embed.awk: lines before and behind the data. */
extern const char *const report_page_head[], *const report_page_tail[];

#endif
