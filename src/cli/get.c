/* SPDX-License-Identifier: GPL-3.0-or-later */
/* get.c - `tcpshake get`: its options and URLs; fetch.c does the rest. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/fetch.h"

struct get_options {
	struct common_options common; /* first: its rows count from the start */
	struct option_list outputs, headers;
	const char *user_agent;
	int http10, fail;
};

#define SET(...)  OPTION_SET(struct get_options, __VA_ARGS__)
#define TEXT(...) OPTION_TEXT(struct get_options, __VA_ARGS__)
#define LIST(...) OPTION_LIST(struct get_options, __VA_ARGS__)

static const struct option_row rows[] = {
	LIST(outputs, "output", 'o', "FILE",
	     "save the body; - is standard output, and the narration moves to\n"
	     "standard error; the second -o is for the second URL. Without it\n"
	     "the body is counted and hashed"),
	LIST(headers, "header", 'H', "LINE",
	     "send this header: 'Name: value'; 'Name:' leaves one out"),
	TEXT(user_agent, "user-agent", 'A', "TEXT", "instead of tcpshake/" PACKAGE_VERSION),
	SET(http10, "http1.0", '0', 1, "speak HTTP/1.0: one request, the server closes"),
	SET(fail, "fail", 'f', 1,
	    "a response of 400 or more is an error (exit 8); its body is read\n"
	    "and counted, but not saved"),
};

static const char about[] =
	"Fetch http:// URLs over TCP made by hand: every segment is crafted and heard by tcpshake, and\n"
	"explained as it passes. Needs CAP_NET_RAW (sudo, or setcap). URLs of one host and port that\n"
	"stand side by side share a connection.";

/* A line break would be a second header, or worse. */
static bool check_headers(const struct get_options *o, struct err *e)
{
	for (size_t i = 0; i < o->headers.count; i++)
		if (strpbrk(o->headers.items[i], "\r\n") || !strpbrk(o->headers.items[i], ":;"))
			return err_set(e, STATUS_USAGE,
				       "-H %.100s: not one header line; write it as "
				       "'Name: value'",
				       o->headers.items[i]);
	if (o->user_agent && strpbrk(o->user_agent, "\r\n"))
		return err_set(e, STATUS_USAGE,
			       "--user-agent: it has a line break; leave that out");
	return true;
}

static bool check_outputs(const struct get_options *o, size_t urls, struct err *e)
{
	unsigned to_stdout = o->common.pcap && !strcmp(o->common.pcap, "-");

	if (o->outputs.count > urls)
		return err_set(e, STATUS_USAGE,
			       "-o %.100s: there are fewer URLs than -o; give one for "
			       "each",
			       o->outputs.items[o->outputs.count - 1]);
	for (size_t i = 0; i < o->outputs.count; i++)
		to_stdout += !strcmp(o->outputs.items[i], "-");
	return to_stdout < 2 || err_set(e, STATUS_USAGE,
					"-: two things at once cannot go to standard "
					"output; name a file");
}

static bool parse_urls(char **words, size_t count, struct url *urls, struct err *e)
{
	if (!count)
		return err_set(e, STATUS_USAGE, "no URL given; see `tcpshake get --help`");
	for (size_t i = 0; i < count; i++)
		if (!url_parse(words[i], &urls[i], e))
			return false;
	return true;
}

static enum status get_urls(const struct get_options *o, const struct url *urls, size_t count)
{
	struct fetch_plan plan = {
		.common = &o->common,
		.urls = urls,
		.url_count = count,
		.headers = &o->headers,
		.outputs = &o->outputs,
		.user_agent = o->user_agent,
		.http10 = o->http10,
		.fail = o->fail,
	};

	return fetch_run(&plan);
}

enum status cli_get(int argc, char **argv)
{
	static const struct option_group own = { "Request", rows, ARRAY_LEN(rows) };
	const struct option_group groups[] = { own, common_connection_options,
					       common_output_options };
	const struct option_table table = { "get", "[options] URL...", about, groups,
					    ARRAY_LEN(groups) };
	struct get_options o = { 0 };
	struct err e = { 0 };
	struct url *urls;
	size_t count;
	enum status status;
	int first;

	common_init(&o.common);
	first = options_parse(argc, argv, &table, &o, &e);
	if (first <= 0)
		return err_print(&e);
	count = (size_t)(argc - first);
	urls = calloc(count + 1, sizeof(*urls));
	if (!urls)
		err_set(&e, STATUS_APP, "out of memory");
	status = urls && parse_urls(argv + first, count, urls, &e) &&
				 check_outputs(&o, count, &e) && check_headers(&o, &e) ?
			 get_urls(&o, urls, count) :
			 err_print(&e);
	for (size_t i = 0; urls && i < count; i++)
		url_free(&urls[i]);
	free(urls);
	return status;
}
