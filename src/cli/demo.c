/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo.c - `tcpshake demo`: get, in a private namespace with a server of its own; and lessons there. */
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "cli/fetch.h"
#include "cli/lesson.h"
#include "wire/lab.h"

struct demo_options {
	struct common_options common; /* first: its rows count from the start */
	struct option_list outputs;
	const char *lesson;
	int quiz;
};

static const struct option_row lesson_rows[] = {
	OPTION_TEXT(struct demo_options, lesson, "lesson", 0, "NAME,...",
		    "run these lessons instead; all: each of them, list: their names"),
	OPTION_SET(struct demo_options, quiz, "quiz", 0, 1,
		   "ask before each lesson, and say what was right after it"),
};

static const struct option_row rows[] = {
	OPTION_LIST(struct demo_options, outputs, "output", 'o', "FILE",
		    "save the body; - is standard output"),
};

static const char about[] =
	"A whole HTTP exchange in a private network namespace: no root, no network, nothing left behind.\n"
	"A small server is started in it, on the kernel's TCP; then `tcpshake get` fetches a page.\n"
	"With --lesson something is lost, late or odd on purpose, and explained.";

static const char intro4[] =
	"A private network with a server of its own; this is `tcpshake get http://" LAB_SERVER4
	"/` in "
	"it.\nThree segments open the connection, a request and a page cross it, four close it.\n\n";
static const char intro6[] =
	"A private network with a server of its own; this is `tcpshake get http://[" LAB_SERVER6
	"]/` in "
	"it.\nThree segments open the connection, a request and a page cross it, four close it.\n\n";

static enum status run(struct demo_options *o, struct err *e)
{
	static const struct option_list no_headers;
	bool v6 = o->common.only6;
	struct url url = { 0 };
	struct fetch_plan plan = {
		.common = &o->common,
		.urls = &url,
		.url_count = 1,
		.headers = &no_headers,
		.outputs = &o->outputs,
		.intro = v6 ? intro6 : intro4,
	};
	enum status status;

	if (!o->common.src)
		o->common.src = v6 ? LAB_CLIENT6 : LAB_CLIENT4;
	if (!url_parse(v6 ? "http://[" LAB_SERVER6 "]/" : "http://" LAB_SERVER4 "/", &url, e) ||
	    !lab_enter(e) || lab_serve(url.port, e) < 0) {
		url_free(&url);
		return err_print(e);
	}
	status = fetch_run(&plan);
	url_free(&url);
	return status;
}

static bool check_options(const struct demo_options *o, struct err *e)
{
	if (o->common.only4 && o->common.only6)
		return err_set(e, STATUS_USAGE, "-4 and -6 exclude each other; leave one out");
	if (o->outputs.count > 1)
		return err_set(e, STATUS_USAGE, "-o: there is one page; give -o once");
	if (o->lesson && o->outputs.count)
		return err_set(e, STATUS_USAGE, "-o: lessons save no page; leave it out");
	if (o->quiz && !o->lesson)
		return err_set(e, STATUS_USAGE, "--quiz asks about lessons; add --lesson all");
	if (o->quiz && o->common.json)
		return err_set(e, STATUS_USAGE,
			       "--quiz asks a person, --json is for programs; leave "
			       "one out");
	return true;
}

enum status cli_demo(int argc, char **argv)
{
	static const struct option_group own = { "Request", rows, ARRAY_LEN(rows) };
	static const struct option_group taught = { "Lessons", lesson_rows,
						    ARRAY_LEN(lesson_rows) };
	const struct option_group groups[] = { own, taught, common_connection_options,
					       common_output_options };
	const struct option_table table = { "demo", "[options]", about, groups, ARRAY_LEN(groups) };
	struct demo_options o = { 0 };
	struct err e = { 0 };
	int first;

	common_init(&o.common);
	first = options_parse(argc, argv, &table, &o, &e);
	if (first <= 0)
		return err_print(&e);
	if (first < argc)
		err_set(&e, STATUS_USAGE,
			"%.100s: demo takes no operand; `tcpshake get` fetches URLs", argv[first]);
	else
		check_options(&o, &e);
	if (e.status)
		return err_print(&e);
	if (!o.lesson)
		return run(&o, &e);
	if (strcasecmp(o.lesson, "list"))
		return lesson_run(o.lesson, o.quiz, &o.common);
	lesson_list();
	return STATUS_OK;
}
