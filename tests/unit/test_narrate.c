/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_narrate.c - what a reader sees: whole texts against files, and what no text may ever do. */
#include "told.h"
#include "view/anatomy.h"
#include "view/catalogue.h"
#include "view/line.h"
#include "view/text.h"

static void ten_steps__are_told(void **unused)
{
	struct view_result result = told_result();
	struct view_event http = { .kind = VIEW_EVENT_HTTP,
				   .text = "HTTP/1.1 200 OK, 261 bytes of body" };
	struct told told;

	tell_begin(&told, (struct view_options){ 0 });
	tell_ten_steps(&told);
	http.stamp_ns = told.o.now_ns;
	view_event(told.v, &http);
	tell_summary_of(&told, &result);
	assert_as_in("narration-ten-steps.txt", told.text);
	told_end(&told);
}

static void ten_steps__verbose__with_anatomy(void **unused)
{
	struct told told;

	tell_begin(&told, (struct view_options){ .verbosity = 1 });
	tell_ten_steps(&told);
	assert_as_in("narration-verbose.txt", told.text);
	told_end(&told);
}

static void ten_steps__absolute__first(void **unused)
{
	struct told told;

	tell_begin(&told, (struct view_options){ .absolute = true });
	tell_ten_steps(&told);
	assert_as_in("narration-absolute.txt", told.text);
	told_end(&told);
}

static void ten_steps__quiet__summary_only(void **unused)
{
	struct view_event http = { .kind = VIEW_EVENT_HTTP, .text = "HTTP/1.1 200 OK" };
	struct told told;

	tell_begin(&told, (struct view_options){ .verbosity = -1 });
	tell_ten_steps(&told);
	view_event(told.v, &http);
	fflush(told.out);
	assert_int_equal(told.len, 0);
	tell_summary_of(&told, NULL);
	assert_as_in("narration-quiet.txt", told.text);
	told_end(&told);
}

/* Loss, gaps, a closed window, a damaged segment, a reset: told as what they are. */
static void trouble__is_told(void **unused)
{
	struct told told;

	tell_begin(&told, (struct view_options){ 0 });
	tell(&told, TRACE_CLIENT, "S 0:0(0) win 64240 <mss 1460,sackOK>");
	told.o.next.after_ms = 1000;
	tell(&told, TRACE_CLIENT, "S 0:0(0) win 64240 <mss 1460,sackOK>");
	tell(&told, TRACE_SERVER, "S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK>");
	tell(&told, TRACE_CLIENT, ". 1:1(0) ack 1 win 64240");
	tell(&told, TRACE_CLIENT, "P. 1:40(39) ack 1 win 64240");
	tell(&told, TRACE_CLIENT, "P. 1:40(39) ack 1 win 64240");
	tell(&told, TRACE_SERVER, ". 1461:2921(1460) ack 40 win 65160");
	tell(&told, TRACE_CLIENT, ". 40:40(0) ack 1 win 64240 <sack 1461:2921>");
	tell(&told, TRACE_CLIENT, ". 40:40(0) ack 1 win 64240 <sack 1461:2921>");
	tell(&told, TRACE_SERVER, ". 1:1461(1460) ack 40 win 65160");
	told.o.next.checksum = TCP_CHECKSUM_BAD;
	tell(&told, TRACE_SERVER, "P. 2921:4381(1460) ack 40 win 65160");
	tell(&told, TRACE_CLIENT, ". 40:40(0) ack 2921 win 0");
	tell(&told, TRACE_SERVER, ". 2920:2920(0) ack 40 win 65160");
	tell(&told, TRACE_CLIENT, ". 40:40(0) ack 2921 win 0");
	tell(&told, TRACE_CLIENT, ". 40:40(0) ack 9999 win 64240");
	tell(&told, TRACE_SERVER, "R. 2921:2921(0) ack 40");
	tell_summary_of(&told, NULL);
	assert_as_in("narration-trouble.txt", told.text);
	told_end(&told);
}

static void refused__is_told(void **unused)
{
	struct told told;

	tell_begin(&told, (struct view_options){ 0 });
	tell(&told, TRACE_CLIENT, "S 0:0(0) win 64240 <mss 1460,sackOK>");
	told.o.isn[TRACE_SERVER] = 0;
	tell(&told, TRACE_SERVER, "R. 0:0(0) ack 1 win 0");
	assert_non_null(strstr(told.text, "! refused: the host answers"));
	assert_non_null(strstr(told.text, "RST,ACK     seq (0)             ack 1"));
	assert_non_null(strstr(told.text, "client SYN-SENT -> CLOSED on arrival"));
	told_end(&told);
}

/* A long transfer: the first segments one by one, then counted; what is odd is told all the same. */
static void long_transfer__is_folded(void **unused)
{
	unsigned lines = 0;
	struct told told;
	char segment[64];

	tell_begin(&told, (struct view_options){ 0 });
	tell(&told, TRACE_CLIENT, "S 0:0(0) <wscale 7>");
	tell(&told, TRACE_SERVER, "S. 0:0(0) ack 1 <wscale 7>");
	tell(&told, TRACE_CLIENT, ". 1:1(0) ack 1");
	tell(&told, TRACE_CLIENT, "P. 1:40(39) ack 1");
	for (unsigned i = 0; i < 3000; i++) {
		unsigned at = 1 + 1000 * i;

		snprintf(segment, sizeof(segment), ". %u:%u(1000) ack 40", at, at + 1000);
		tell(&told, TRACE_SERVER, segment);
		if (i == 2000)
			tell(&told, TRACE_SERVER, segment);
		snprintf(segment, sizeof(segment), ". 40:40(0) ack %u", at + 1000);
		tell(&told, TRACE_CLIENT, segment);
	}
	tell(&told, TRACE_CLIENT, "F. 40:40(0) ack 3000001");
	assert_non_null(strstr(told.text, "nothing unusual"));
	assert_non_null(strstr(told.text, "1000 bytes again"));
	assert_non_null(strstr(told.text, "-- close, each direction by itself --"));
	for (const char *p = told.text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_in_range(lines, 80, 140);
	told_end(&told);
}

static void every_line__fits_its_width(void **unused)
{
	static const char *const files[] = { "narration-ten-steps.txt", "narration-verbose.txt",
					     "narration-absolute.txt", "narration-trouble.txt",
					     "narration-quiet.txt" };
	const char *top = getenv("top_srcdir");
	char path[4096], line[4096];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", files[i]);
		f = fopen(path, "r");
		assert_non_null(f);
		while (fgets(line, sizeof(line), f)) {
			size_t len = strcspn(line, "\n");

			if (len > (strstr(files[i], "absolute") ? 120 : 100))
				fail_msg("%s: %zu columns: %s", files[i], len, line);
			assert_true(len == 0 || line[len - 1] != ' ');
			for (size_t j = 0; j < len; j++)
				assert_in_range(line[j], 0x20, 0x7e);
		}
		fclose(f);
	}
}

/* A stranger's bytes must not command the reader's terminal. */
static void hostile_text__reaches_no_terminal(void **unused)
{
	struct view_event event = { .kind = VIEW_EVENT_HTTP,
				    .text = "\033]0;title\a\r\n\xc2\x9b"
					    "31m" };
	struct view_result result = { .url = "http://\033[2J/",
				      .http_status = 200,
				      .saved_as = "a\nb",
				      .srtt_ns = -1,
				      .rto_ns = -1 };

	for (int verbosity = 0; verbosity <= 1; verbosity++) {
		struct told told;

		tell_begin(&told, (struct view_options){ .verbosity = verbosity });
		tell(&told, TRACE_CLIENT, "S 0:0(0)");
		tell(&told, TRACE_SERVER, "S. 0:0(0) ack 1");
		tell(&told, TRACE_CLIENT, ". 1:1(0) ack 1");
		told.o.text = "\033[2J\a\x9b\x7f\xff\t\b";
		tell(&told, TRACE_SERVER, "P. 1:75(74) ack 1");
		view_event(told.v, &event);
		tell_summary_of(&told, &result);
		for (size_t i = 0; i < told.len; i++)
			if (told.text[i] != '\n')
				assert_in_range((unsigned char)told.text[i], 0x20, 0x7e);
		assert_non_null(strstr(told.text, "\\x1b[2J\\x07\\x9b\\x7f"));
		told_end(&told);
	}
}

static void color__only_when_asked__and_always_ended(void **unused)
{
	struct told told;
	unsigned open = 0;

	tell_begin(&told, (struct view_options){ .color = true, .verbosity = 1 });
	tell_ten_steps(&told);
	tell_summary_of(&told, NULL);
	for (const char *p = told.text; (p = strchr(p, '\033')); p++) {
		assert_int_equal(p[1], '[');
		if (!strncmp(p, "\033[0m", 4))
			open--;
		else
			open++;
		assert_in_range(open, 0, 1);
	}
	assert_int_equal(open, 0);
	told_end(&told);
}

static void want_color__by_choice_and_surroundings(void **unused)
{
	FILE *null = fopen("/dev/null", "w");

	assert_true(view_want_color(VIEW_COLOR_ALWAYS, null));
	assert_false(view_want_color(VIEW_COLOR_NEVER, null));
	assert_false(view_want_color(VIEW_COLOR_AUTO, null)); /* no terminal */
	setenv("NO_COLOR", "1", 1);
	assert_true(view_want_color(VIEW_COLOR_ALWAYS, null)); /* the command line is nearer */
	unsetenv("NO_COLOR");
	fclose(null);
}

/* A new note without a text, or with one too long to be read in passing, is caught here. */
static void every_note__has_a_text(void **unused)
{
	for (int i = 0; i < TRACE_NOTE_COUNT; i++) {
		const struct catalogue_entry *entry = catalogue_entry((enum trace_note)i);
		unsigned lines = 0, room = LINE_WIDTH - 21 - 2;
		char text[1024];
		size_t next;

		assert_string_not_equal(entry->title, "?");
		assert_true(strlen(entry->text) > 20);
		assert_int_equal(entry->problem, i < TRACE_NOTE_SYN_TAKES_ONE);
		snprintf(text, sizeof(text), "%s%s%s", entry->problem ? entry->title : "",
			 entry->problem ? ": " : "", entry->text);
		for (const char *p = text; *p; p += next, lines++)
			line_fit(p, room, &next);
		if (lines > (entry->problem ? 3 : 2))
			fail_msg("%s takes %u lines", trace_note_name((enum trace_note)i), lines);
	}
	assert_string_equal(catalogue_entry(TRACE_NOTE_COUNT)->title, "?");
}

static void options__of_nonsense__are_drawn(void **unused)
{
	struct trace_step step = { .number = 2,
				   .seg = { .flags = TCP_FLAG_ACK, .data_offset = 15 } };
	uint64_t r = 88172645463325252u;
	FILE *null = fopen("/dev/null", "w");

	for (unsigned round = 0; round < 20000; round++) {
		for (unsigned i = 0; i < TCP_OPTIONS_MAX; i++) {
			r ^= r << 13;
			r ^= r >> 7;
			r ^= r << 17;
			step.seg.option_bytes[i] = (uint8_t)(r >> 60 ? (r >> 20) % 12 : r >> 20);
		}
		step.seg.option_len = (uint8_t)(r % (TCP_OPTIONS_MAX + 1));
		anatomy_print(null, round & 1, &step, NULL, NULL);
	}
	fclose(null);
}

static void numbers__for_people(void **unused)
{
	char t[TEXT_NUMBER_MAX], text[16];

	assert_string_equal(text_count(0, t), "0");
	assert_string_equal(text_count(999, t), "999");
	assert_string_equal(text_count(1000, t), "1,000");
	assert_string_equal(text_count(UINT64_MAX, t), "18,446,744,073,709,551,615");
	assert_string_equal(text_size(1, t), "1 byte");
	assert_string_equal(text_size(999, t), "999 bytes");
	assert_string_equal(text_size(1000, t), "1.0 kB");
	assert_string_equal(text_size(999949, t), "999.9 kB");
	assert_string_equal(text_size(999950, t), "1.0 MB");
	assert_string_equal(text_size(104857600, t), "104.9 MB");
	assert_string_equal(text_size(UINT64_MAX, t), "18.4 EB");
	assert_string_equal(text_time(0, t), "0.000 ms");
	assert_string_equal(text_time(212000, t), "0.212 ms");
	assert_string_equal(text_time(9999999000, t), "9999.999 ms");
	assert_string_equal(text_time(9999999999, t), "10.000 s");
	assert_string_equal(text_time(-1500000, t), "-1.500 ms");
	assert_true(strlen(text_time(INT64_MIN / 2, t)) < TEXT_NUMBER_MAX);
	assert_string_equal(text_escape((const uint8_t *)"a\"\\\r\n\t\0z", 8, t, sizeof(t)),
			    "a\\\"\\\\\\r\\n\\t\\x00z");
	assert_string_equal(text_escape((const uint8_t *)"\1\2\3\4", 4, text, 10), "\\x01\\x02");
	assert_string_equal(text_safe("a\"b\\\033\xe4", text, sizeof(text)), "a\"b\\\\x1b\\xe4");
	assert_string_equal(text_safe(NULL, text, sizeof(text)), "");
}

static void full_disk__is_noticed(void **unused)
{
	struct view_options options = { .out = fopen("/dev/full", "w") };
	struct view_event event = { .kind = VIEW_EVENT_WARNING, .text = "hello" };

	if (!options.out) {
		print_message("# skip: no /dev/full here\n");
		skip();
	}
	for (int json = 0; json < 2; json++) {
		struct err e = { 0 };
		struct view *v;

		clearerr(options.out);
		options.json = json;
		v = view_open(&options);
		assert_false(view_failed(v));
		view_event(v, &event);
		assert_true(view_failed(v));
		view_event(v, &event);
		assert_false(view_close(v, &e));
		assert_int_equal(e.status, STATUS_APP);
		assert_non_null(strstr(e.text, "No space left"));
	}
	fclose(options.out);
	assert_true(view_close(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_steps__are_told),
		cmocka_unit_test(ten_steps__verbose__with_anatomy),
		cmocka_unit_test(ten_steps__absolute__first),
		cmocka_unit_test(ten_steps__quiet__summary_only),
		cmocka_unit_test(trouble__is_told),
		cmocka_unit_test(refused__is_told),
		cmocka_unit_test(long_transfer__is_folded),
		cmocka_unit_test(every_line__fits_its_width),
		cmocka_unit_test(hostile_text__reaches_no_terminal),
		cmocka_unit_test(color__only_when_asked__and_always_ended),
		cmocka_unit_test(want_color__by_choice_and_surroundings),
		cmocka_unit_test(every_note__has_a_text),
		cmocka_unit_test(options__of_nonsense__are_drawn),
		cmocka_unit_test(numbers__for_people),
		cmocka_unit_test(full_disk__is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
