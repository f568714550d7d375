/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_script.c - the command language: any bytes as a script, and what was understood printed and parsed
 * again.
 *
 * In: the text of the script. While it is parsed no file can be opened, so that the bytes alone decide what
 * `include` and `data file` do: they fail. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "fuzz/fuzz.h"
#include "script/parse.h"
#include "script/print.h"

static const struct definition defs[] = { { "host", "192.0.2.1" }, { "n", "7" } };

static void allow_files(rlim_t most)
{
	struct rlimit limit;

	must(!getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
	must(!setrlimit(RLIMIT_NOFILE, &limit));
}

static struct script *parse(const char *text, size_t len, struct script_error *e)
{
	struct script *s;
	struct rlimit before;

	must(!getrlimit(RLIMIT_NOFILE, &before));
	allow_files(0);
	s = script_parse_text("fuzz", text, len, defs, ARRAY_LEN(defs), e);
	allow_files(before.rlim_cur);
	return s;
}

static char *print(const struct script *s, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	must(out);
	for (unsigned i = 0; i < s->command_count; i++)
		script_print_command(out, &s->commands[i], 0);
	must(!fclose(out));
	return text;
}

/* A refusal has its place, and can be shown as it is. */
static void check_error(const struct script_error *e)
{
	const char *caret = strrchr(e->excerpt, '\n');

	must(e->err.status == STATUS_USAGE || e->err.status == STATUS_APP);
	must(!strncmp(e->err.text, "fuzz:", 5) && strstr(e->err.text, ": "));
	must(caret && caret[strspn(caret, "\n ")] == '^' && caret == strchr(e->excerpt, '\n'));
	for (const char *s = e->excerpt; *s; s++)
		must(*s == '\n' || ((unsigned char)*s >= 0x20 && *s != 0x7f));
	for (const char *s = e->err.text; *s; s++)
		must((unsigned char)*s >= 0x20 && *s != 0x7f);
}

/* The same, typed line by line. */
static void type(const char *text, size_t len, const char *printed, size_t printed_len)
{
	struct script_session *s = script_session_new(defs, ARRAY_LEN(defs));
	struct script_error e;
	bool more = false;
	size_t again_len;
	char *again;

	must(s);
	for (const char *line = text; line < text + len;) {
		const char *nl = memchr(line, '\n', (size_t)(text + len - line));
		size_t line_len = (size_t)((nl ? nl : text + len) - line);
		char *copy = malloc(line_len + 1);

		must(copy);
		memcpy(copy, line, line_len);
		copy[line_len] = '\0'; /* what is behind a zero byte does not count */
		must(script_session_line(s, copy, &more, &e));
		free(copy);
		line = nl ? nl + 1 : text + len;
	}
	if (!more) {
		again = print(script_session_script(s), &again_len);
		must(again_len == printed_len && !memcmp(again, printed, again_len));
		free(again);
	}
	script_session_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)exact_copy(data, size), *printed, *again;
	size_t printed_len, again_len;
	struct script *first, *second;
	struct script_error e;

	first = parse(text, size, &e);
	if (!first) {
		check_error(&e);
		free(text);
		return 0;
	}
	printed = print(first, &printed_len);
	second = parse(printed, printed_len, &e);
	if (!second)
		fprintf(stderr, "%s%s\n%s\n", printed, e.err.text, e.excerpt);
	must(second && second->command_count == first->command_count);
	again = print(second, &again_len);
	must(again_len == printed_len && !memcmp(again, printed, again_len));
	type(text, size, printed, printed_len);
	script_free(first);
	script_free(second);
	free(again);
	free(printed);
	free(text);
	return 0;
}
