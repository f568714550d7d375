/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_report.c - the report: all steps are in it, strangers' bytes stay text, and it stays small. */
#include <fcntl.h>
#include <unistd.h>

#include "told.h"
#include "view/report_priv.h"

struct reported {
	struct told told;
	struct report *report;
	char folder[64], path[96];
	char *text; /* the file, after written() */
	size_t len;
};

static const char hostile[] = "</script><script>alert(1)</script><!--|`#;\r\n\x1b\xff";

static struct view_connection connection(const char *host)
{
	return (struct view_connection){
		.host = host,
		.client = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } },
		.server = { .family = AF_INET, .bytes = { 192, 0, 2, 2 } },
		.client_port = 3337,
		.server_port = 7788,
		.ifname = "eth0",
		.mtu = 1500,
	};
}

static void begin(struct reported *rp, const char *name, const char *host)
{
	struct view_connection c = connection(host);
	struct err e = { 0 };

	memset(rp, 0, sizeof(*rp));
	snprintf(rp->folder, sizeof(rp->folder), "/tmp/tcpshake-report-XXXXXX");
	assert_non_null(mkdtemp(rp->folder));
	snprintf(rp->path, sizeof(rp->path), "%s/%s", rp->folder, name);
	rp->report = report_open(rp->path, false, &e);
	assert_non_null(rp->report);
	observe_begin(&rp->told.o);
	rp->told.v = report_view(rp->report);
	assert_non_null(rp->told.v);
	if (host)
		view_connection(rp->told.v, &c);
}

/* The end of it: what the file holds. */
static const char *written(struct reported *rp)
{
	struct err e = { 0 };
	FILE *f;

	assert_true(view_close(rp->told.v, &e));
	assert_true(report_close(rp->report, &e));
	f = fopen(rp->path, "r");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	rp->len = (size_t)ftell(f);
	rewind(f);
	rp->text = calloc(1, rp->len + 1);
	assert_non_null(rp->text);
	assert_int_equal(fread(rp->text, 1, rp->len, f), rp->len);
	fclose(f);
	return rp->text;
}

static void end(struct reported *rp)
{
	observe_end(&rp->told.o);
	unlink(rp->path);
	rmdir(rp->folder);
	free(rp->text);
}

static unsigned count_of(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* The data of a page, parsed. */
static json_t *data_in(const char *page)
{
	static const char opening[] = "id=\"data\">\n";
	const char *from = strstr(page, opening), *to;
	json_error_t error;
	json_t *data;

	assert_non_null(from);
	from += sizeof(opening) - 1;
	to = strstr(from, "</script>");
	assert_non_null(to);
	data = json_loadb(from, (size_t)(to - from), JSON_REJECT_DUPLICATES, &error);
	if (!data)
		fail_msg("line %d: %s", error.line, error.text);
	return data;
}

static json_t *connection_in(const json_t *data, size_t i)
{
	return json_array_get(json_object_get(data, "connections"), i);
}

static json_int_t number_in(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const char *string_in(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "(none)";
}

/* There is a value for each field of the table, and a text for each number. Without a frame TCP's header is made of
 * its values. */
static void check_layers(const json_t *data, const json_t *step)
{
	json_t *layers = json_object_get(step, "layers"), *layer = json_array_get(layers, 0);
	json_t *header =
		json_object_get(json_object_get(data, "headers"), string_in(layer, "name"));
	json_t *said;
	const char *key;

	assert_int_equal(json_array_size(layers), 1);
	assert_string_equal(string_in(layer, "name"), "tcp");
	assert_int_equal(json_array_size(json_object_get(layer, "values")),
			 json_array_size(json_object_get(header, "fields")));
	json_object_foreach(json_object_get(layer, "said"), key, said)
	{
		size_t number = (size_t)json_integer_value(said);

		assert_true(json_is_string(json_array_get(json_object_get(data, "texts"), number)));
	}
}

/* ---- the forms -------------------------------------------------------------------------------- */

static void endings__the_three_and_no_other(void **unused)
{
	static const char *const good[] = { "a.html", "a.b.svg", "/x/y.md", "A.HTML" };
	static const char *const bad[] = { "a.txt", "html", ".html", "a.html.gz", "", "-" };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(report_name_ok(good[i], &e));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(report_name_ok(bad[i], &e));
		assert_int_equal(e.status, STATUS_USAGE);
	}
	assert_null(report_open("a.txt", false, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_null(report_open("/nowhere/a.md", false, &e));
	assert_int_equal(e.status, STATUS_APP);
}

static void page__has_each_step_with_its_arithmetic(void **unused)
{
	struct view_result result = told_result();
	struct reported rp;
	json_t *data, *conn, *step, *say;
	size_t i;

	begin(&rp, "a.html", "server.example");
	tell_ten_steps(&rp.told);
	tell_summary_of(&rp.told, &result);
	data = data_in(written(&rp));
	assert_int_equal(json_array_size(json_object_get(data, "connections")), 1);
	conn = connection_in(data, 0);
	assert_string_equal(string_in(conn, "name"), "server.example");
	assert_int_equal(json_array_size(json_object_get(conn, "steps")), 11);
	assert_int_equal(number_in(conn, "seen"), 11);
	json_array_foreach(json_object_get(conn, "steps"), i, step)
	{
		assert_int_equal(number_in(step, "number"), i + 1);
		check_layers(data, step);
	}
	step = json_array_get(json_object_get(conn, "steps"), 1);
	assert_string_equal(string_in(step, "label"), "SYN,ACK seq 0 ack 1");
	say = json_array_get(json_object_get(step, "say"), 0);
	assert_string_equal(string_in(say, "text"), "ack 1 = client's seq 0 + 1 (SYN)");
	assert_string_equal(string_in(say, "source"), "step 1");
	assert_string_equal(string_in(say, "verdict"), "ok");
	assert_string_equal(string_in(say, "style"), "good");
	assert_int_equal(json_object_size(json_object_get(data, "notes")), TRACE_NOTE_COUNT);
	json_decref(data);
	end(&rp);
}

/* A URL would be a request as soon as somebody looks at the page. */
static void page__asks_for_nothing(void **unused)
{
	struct reported rp;
	const char *page;

	begin(&rp, "a.html", NULL);
	page = written(&rp);
	assert_int_equal(count_of(page, "://"), 1);
	assert_int_equal(count_of(page, "http://www.w3.org/2000/svg'"),
			 1); /* a name, not an address */
	assert_int_equal(count_of(page, "href=\"#"), count_of(page, "href="));
	assert_int_equal(count_of(page, "src="), 0);
	assert_int_equal(count_of(page, "url("), 0);
	assert_int_equal(count_of(page, "@import"), 0);
	assert_int_equal(count_of(page, "innerHTML"), 0);
	assert_int_equal(count_of(page, "default-src 'none'"), 1);
	assert_int_equal(count_of(page, "@include"), 0);
	end(&rp);
}

static bool is_word(const char *name, size_t len)
{
	for (const struct report_word *w = report_page_words(); w->name; w++)
		if (strlen(w->name) == len && !memcmp(w->name, name, len))
			return true;
	return false;
}

/* What the page names is in the table; a name that ends in _ is made up of two. */
static void check_words(const char *page, const char *before, char after)
{
	unsigned n = 0;

	for (; (page = strstr(page, before)); n++) {
		const char *to;

		page += strlen(before);
		to = strchr(page, after);
		assert_non_null(to);
		if (!is_word(page, (size_t)(to - page)))
			fail_msg("no word %.*s", (int)(to - page), page);
	}
	assert_true(n > 5);
}

static void page__has_a_word_for_each_name(void **unused)
{
	struct reported rp;
	const char *page;

	begin(&rp, "a.html", NULL);
	page = written(&rp);
	check_words(page, "data-word=\"", '"');
	check_words(page, "word('", '\'');
	for (enum tcp_state s = 0; s < TCP_STATE_COUNT; s++)
		assert_true(is_word(tcp_state_name(s), strlen(tcp_state_name(s))));
	end(&rp);
}

static void drawing__an_arrow_for_each_segment(void **unused)
{
	struct reported rp;
	const char *svg;

	begin(&rp, "a.svg", "server.example");
	tell_ten_steps(&rp.told);
	svg = written(&rp);
	assert_int_equal(strncmp(svg, "<svg ", 5), 0);
	assert_int_equal(count_of(svg, "<path class=\"client\""), 6);
	assert_int_equal(count_of(svg, "<path class=\"server\""), 5);
	assert_int_equal(count_of(svg, ">SYN,ACK seq 0 ack 1<"), 1);
	assert_int_equal(count_of(svg, ">TIME-WAIT<"), 1);
	assert_non_null(strstr(svg, "</svg>\n"));
	end(&rp);
}

static void markdown__a_message_for_each_segment(void **unused)
{
	struct view_result result = told_result();
	struct reported rp;
	const char *md;

	begin(&rp, "a.md", "server.example");
	tell_ten_steps(&rp.told);
	tell_summary_of(&rp.told, &result);
	md = written(&rp);
	assert_int_equal(count_of(md, "```"), 2);
	assert_non_null(strstr(md, "\n```mermaid\nsequenceDiagram\n    participant C as client "
				   "192.0.2.1:3337\n"));
	assert_int_equal(count_of(md, "\n    C->>S: "), 6);
	assert_int_equal(count_of(md, "\n    S->>C: "), 5);
	assert_non_null(strstr(md, "\n    S->>C: 2. SYN,ACK seq 0 ack 1\n"
				   "    Note right of S: LISTEN -#62; SYN-RECEIVED\n"));
	assert_non_null(strstr(md, "\n| closing | the client first; four segments"));
	end(&rp);
}

/* ---- strangers -------------------------------------------------------------------------------- */

static void tell_hostile(struct reported *rp, struct view_result *result)
{
	struct view_event event = { .kind = VIEW_EVENT_HTTP, .text = hostile };

	rp->told.o.text = hostile;
	tell(&rp->told, TRACE_CLIENT, "S 0:0(0)");
	tell(&rp->told, TRACE_SERVER, "S. 0:0(0) ack 1");
	tell(&rp->told, TRACE_SERVER, "P. 1:1001(1000) ack 1");
	view_event(rp->told.v, &event);
	*result = told_result();
	result->url = hostile;
	result->saved_as = hostile;
	tell_summary_of(&rp->told, result);
}

static void hostile_bytes__do_not_leave_the_data(void **unused)
{
	struct view_result result;
	struct reported plain, rp;
	unsigned ends;
	json_t *data, *step;

	begin(&plain, "a.html", NULL);
	ends = count_of(written(&plain), "</script");
	begin(&rp, "a.html", hostile);
	tell_hostile(&rp, &result);
	written(&rp);
	assert_int_equal(count_of(rp.text, "</script"), ends);
	assert_int_equal(count_of(rp.text, "<script>"), 0);
	assert_int_equal(count_of(rp.text, "<!--"), count_of(plain.text, "<!--"));
	for (size_t i = 0; i < rp.len; i++)
		assert_true(rp.text[i] == '\n' || rp.text[i] == '\t' ||
			    (unsigned char)rp.text[i] >= ' ');
	data = data_in(rp.text);
	assert_int_equal(
		strncmp(string_in(connection_in(data, 0), "name"), "</script><script>", 17), 0);
	step = json_array_get(json_object_get(connection_in(data, 0), "steps"), 2);
	assert_int_equal(strncmp(string_in(step, "text_preview"), "</script><script>", 17), 0);
	json_decref(data);
	end(&plain);
	end(&rp);
}

static void hostile_bytes__are_no_markup_of_a_drawing(void **unused)
{
	struct view_result result;
	struct reported rp;

	begin(&rp, "a.svg", hostile);
	tell_hostile(&rp, &result);
	written(&rp);
	assert_null(strstr(rp.text, "<script"));
	assert_null(strstr(rp.text, "</script"));
	assert_null(strchr(rp.text, '\x1b'));
	assert_non_null(strstr(rp.text, "&lt;/script&gt;"));
	end(&rp);
}

static void hostile_bytes__are_no_markup_of_markdown(void **unused)
{
	struct view_result result;
	struct reported rp;

	begin(&rp, "a.md", hostile);
	tell_hostile(&rp, &result);
	written(&rp);
	assert_int_equal(count_of(rp.text, "```"), 2);
	assert_null(strstr(rp.text, "<script"));
	assert_null(strchr(rp.text, '\x1b'));
	assert_non_null(strstr(rp.text, "\\|\\`\\#;"));	       /* in the table */
	assert_non_null(strstr(rp.text, "#124;#96;#35;#59;")); /* in the diagram */
	end(&rp);
}

/* ---- limits ----------------------------------------------------------------------------------- */

static void handshake(struct told *told)
{
	tell(told, TRACE_CLIENT, "S 0:0(0) <mss 1460,wscale 7>");
	tell(told, TRACE_SERVER, "S. 0:0(0) ack 1 <mss 1460,wscale 7>");
	tell(told, TRACE_CLIENT, ". 1:1(0) ack 1");
}

/* Data of the server, each acknowledged; every 1000th is sent twice. */
static void transfer(struct told *told, unsigned pairs)
{
	uint32_t seq = 1;
	char text[96];

	for (unsigned i = 1; i <= pairs; i++, seq += 1000) {
		snprintf(text, sizeof(text), ". %u:%u(1000) ack 1", seq, seq + 1000);
		tell(told, TRACE_SERVER, text);
		if (i % 1000 == 0)
			tell(told, TRACE_SERVER, text);
		snprintf(text, sizeof(text), ". 1:1(0) ack %u", seq + 1000);
		tell(told, TRACE_CLIENT, text);
	}
}

static void check_series(const json_t *plot, const char *name, json_int_t seen)
{
	json_t *series = json_object_get(plot, name), *points = json_object_get(series, "points");
	json_int_t stride = number_in(series, "stride"), before = -1;
	json_t *point;
	size_t i;

	assert_int_equal(number_in(series, "seen"), seen);
	assert_in_range(json_array_size(points), seen < 900 ? (size_t)seen : 900, REPORT_POINTS);
	assert_int_equal(stride & (stride - 1), 0);
	json_array_foreach(points, i, point)
	{
		json_int_t number = json_integer_value(json_array_get(point, 3));

		assert_true(number > before);
		before = number;
	}
}

static void long_transfer__first_odd_and_last(void **unused)
{
	unsigned pairs = 10000, kept = 0;
	struct reported rp;
	json_t *data, *conn, *step, *plot, *last;
	json_int_t before = 0;
	size_t i;

	begin(&rp, "a.html", "server.example");
	handshake(&rp.told);
	transfer(&rp.told, pairs);
	data = data_in(written(&rp));
	conn = connection_in(data, 0);
	assert_int_equal(number_in(conn, "seen"), 3 + 2 * pairs + pairs / 1000);
	json_array_foreach(json_object_get(conn, "steps"), i, step)
	{
		json_int_t number = number_in(step, "number");

		assert_true(number > before);
		before = number;
		kept += number > REPORT_FIRST &&
			number <= number_in(conn, "seen") - (json_int_t)REPORT_LAST;
	}
	assert_int_equal(before, number_in(conn, "seen"));
	assert_in_range(kept, pairs / 1000 - 2, pairs / 1000); /* what was sent twice, no more */
	step = json_array_get(json_object_get(conn, "steps"), REPORT_FIRST - 1);
	assert_int_equal(number_in(step, "number"), REPORT_FIRST);
	plot = json_object_get(json_object_get(conn, "plots"), "server");
	check_series(plot, "sent", pairs + 1);
	check_series(plot, "again", pairs / 1000);
	check_series(plot, "acked", pairs + 1);
	last = json_object_get(json_object_get(plot, "acked"), "points");
	last = json_array_get(last, json_array_size(last) - 1);
	assert_int_equal(json_integer_value(json_array_get(last, 1)), pairs * 1000 + 1);
	assert_in_range(rp.len, 500000, 4000000);
	json_decref(data);
	end(&rp);
}

/* The plot counts on where sequence numbers begin again. */
static void past_2_32__the_curve_goes_on(void **unused)
{
	struct report_plot plots[2] = { 0 };
	struct trace_step step = { .from = TRACE_CLIENT, .has_relative = true };

	step.seg.text_len = 1000;
	for (unsigned i = 0; i < 6; i++) {
		step.number = i + 1;
		step.seq = i * 0x40000000u;
		report_plot_step(plots, &step);
	}
	assert_int_equal(plots[TRACE_CLIENT].sent.last.value, 5 * (uint64_t)0x40000000);
	report_plot_free(&plots[TRACE_CLIENT]);
	report_plot_free(&plots[TRACE_SERVER]);
}

static void many_connections__are_counted(void **unused)
{
	struct reported rp;
	json_t *data;

	begin(&rp, "a.html", "server.example");
	for (unsigned i = 0; i < REPORT_CONNECTIONS + 7; i++) {
		struct view_connection c = connection("another.example");

		tell(&rp.told, TRACE_CLIENT, "S 0:0(0)");
		view_connection(rp.told.v, &c);
	}
	tell(&rp.told, TRACE_CLIENT, "S 0:0(0)"); /* of one too many */
	data = data_in(written(&rp));
	assert_int_equal(json_array_size(json_object_get(data, "connections")), REPORT_CONNECTIONS);
	assert_int_equal(number_in(data, "left_out"), 8);
	json_decref(data);
	end(&rp);
}

/* ---- together --------------------------------------------------------------------------------- */

static void two_views__keep_their_connections_apart(void **unused)
{
	struct view_connection c = connection("another.example");
	struct reported rp;
	struct view *other;
	struct err e = { 0 };
	json_t *data;

	begin(&rp, "a.html", "server.example");
	other = report_view(rp.report);
	view_connection(other, &c);
	tell(&rp.told, TRACE_CLIENT, "S 0:0(0)");
	view_step(other, &rp.told.o.step, NULL, NULL);
	tell(&rp.told, TRACE_SERVER, "S. 0:0(0) ack 1");
	assert_true(view_close(other, &e));
	data = data_in(written(&rp));
	assert_string_equal(string_in(connection_in(data, 1), "name"), "another.example");
	assert_int_equal(json_array_size(json_object_get(connection_in(data, 0), "steps")), 2);
	assert_int_equal(json_array_size(json_object_get(connection_in(data, 1), "steps")), 1);
	json_decref(data);
	end(&rp);
}

/* Narration and report from the same events: neither knows of the other. */
static void joined__both_are_told(void **unused)
{
	struct reported rp;
	struct told alone;
	struct err e = { 0 };
	json_t *data;

	tell_begin(&alone, (struct view_options){ 0 });
	begin(&rp, "a.html", "server.example");
	rp.told.v = view_join(NULL, rp.told.v);
	alone.v = view_join(view_join(alone.v, NULL), rp.told.v);
	tell_ten_steps(&alone);
	assert_true(view_close(alone.v, &e));
	alone.v = rp.told.v = NULL;
	assert_non_null(strstr(alone.text, "ack 1 = client's seq 0 + 1 (SYN)"));
	data = data_in(written(&rp));
	assert_int_equal(json_array_size(json_object_get(connection_in(data, 0), "steps")), 11);
	json_decref(data);
	told_end(&alone);
	end(&rp);
}

static void full_disk__is_told(void **unused)
{
	struct err e = { 0 };
	struct reported rp;
	char path[96];

	begin(&rp, "a.html", NULL);
	snprintf(path, sizeof(path), "%s/full.html", rp.folder);
	assert_int_equal(symlink("/dev/full", path), 0);
	assert_false(report_close(report_open(path, false, &e), &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "full.html"));
	unlink(path);
	written(&rp);
	end(&rp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endings__the_three_and_no_other),
		cmocka_unit_test(page__has_each_step_with_its_arithmetic),
		cmocka_unit_test(page__asks_for_nothing),
		cmocka_unit_test(page__has_a_word_for_each_name),
		cmocka_unit_test(drawing__an_arrow_for_each_segment),
		cmocka_unit_test(markdown__a_message_for_each_segment),
		cmocka_unit_test(hostile_bytes__do_not_leave_the_data),
		cmocka_unit_test(hostile_bytes__are_no_markup_of_a_drawing),
		cmocka_unit_test(hostile_bytes__are_no_markup_of_markdown),
		cmocka_unit_test(long_transfer__first_odd_and_last),
		cmocka_unit_test(past_2_32__the_curve_goes_on),
		cmocka_unit_test(many_connections__are_counted),
		cmocka_unit_test(two_views__keep_their_connections_apart),
		cmocka_unit_test(joined__both_are_told),
		cmocka_unit_test(full_disk__is_told),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
