/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_data.c - a segment's text against a description: bytes, a length, a regular expression. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "script/match_priv.h"

#define REGEX_TEXT_MAX 65536u /* bytes that a regular expression gets to see */
#define SHOWN_WHOLE    40u    /* bytes; of longer texts only the place that differs is shown */
#define SHOWN_BEFORE   8u
#define SHOWN_AFTER    32u

void match_add_bytes(struct match_text *t, const uint8_t *bytes, size_t len)
{
	static const char named[] = "\n\r\t\\\"", letters[] = "nrt\\\"";

	match_add(t, "\"");
	for (size_t i = 0; i < len; i++) {
		const char *name = bytes[i] ? strchr(named, bytes[i]) : NULL;

		if (name)
			match_add(t, "\\%c", letters[name - named]);
		else if (bytes[i] >= 0x20 && bytes[i] < 0x7f)
			match_add(t, "%c", bytes[i]);
		else
			match_add(t, "\\x%02x", bytes[i]);
	}
	match_add(t, "\"");
}

/* Text in words: whole if it is short, else the part around byte @at. */
static void describe(struct match_text *t, const uint8_t *bytes, size_t len, size_t at)
{
	size_t from = at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
	size_t end = at + SHOWN_AFTER < len ? at + SHOWN_AFTER : len;

	if (!bytes && len) {
		match_add(t, "%zu bytes, not captured whole", len);
	} else if (len <= SHOWN_WHOLE) {
		match_add_bytes(t, bytes, len);
	} else {
		match_add(t, "%zu bytes, ", len);
		if (from)
			match_add(t, "at %zu ", from);
		match_add_bytes(t, bytes + from, end > from ? end - from : 0);
		if (end < len)
			match_add(t, "...");
	}
}

static bool match_bytes(struct matching *m, const struct bytes *want)
{
	const struct tcp_segment *seg = &m->p->seg;
	struct match_text expected = { 0 }, actual = { 0 };
	size_t len, same = 0;
	uint8_t *bytes = values_bytes(m->v, want, &len, m->e);
	bool differs;

	if (!bytes)
		return false;
	while (seg->text && same < len && same < seg->text_len && bytes[same] == seg->text[same])
		same++;
	differs = same != len || len != seg->text_len;
	describe(&expected, bytes, len, differs ? same : 0);
	describe(&actual, seg->text, seg->text_len, differs ? same : 0);
	match_note(m, "data", differs, &expected, &actual);
	free(bytes);
	return true;
}

static bool match_length(struct matching *m, const struct number *len)
{
	struct match_number n = { .how = MATCH_PLAIN, .value = (uint32_t)m->p->seg.text_len };
	struct match_text expected = { 0 }, actual = { 0 };
	struct test test = { .kind = TEST_EQUAL, .a = *len };
	bool passes;

	if (!match_test(m, &test, &n, &passes, &expected, &actual))
		return false;
	match_note(m, "len", !passes, &expected, &actual);
	return true;
}

static bool match_regex(struct matching *m, const char *regex)
{
	const struct tcp_segment *seg = &m->p->seg;
	size_t len = seg->text_len < REGEX_TEXT_MAX ? seg->text_len : REGEX_TEXT_MAX;
	struct match_text expected = { 0 }, actual = { 0 };
	regmatch_t where = { .rm_so = 0, .rm_eo = (regoff_t)len };
	bool cut = !seg->text && len;
	regex_t compiled;
	char *text;
	int result;

	result = regcomp(&compiled, regex, REG_EXTENDED | REG_NOSUB);
	if (result) {
		char why[128];

		regerror(result, &compiled, why, sizeof(why));
		return err_set(m->e, STATUS_USAGE, "/%s/ is no regular expression: %s", regex, why);
	}
	/* With its length given (REG_STARTEND), text may have NULs in it; one behind it all the same, for
	 * whoever looks for the end. */
	text = calloc(len + 1, 1);
	if (text && !cut && len)
		memcpy(text, seg->text, len);
	result = text ? regexec(&compiled, text, 1, &where, REG_STARTEND) : REG_ESPACE;
	regfree(&compiled);
	free(text);
	match_add(&expected, "~ /%s/", regex);
	describe(&actual, seg->text, seg->text_len, 0);
	match_note(m, "data", cut || result != 0, &expected, &actual);
	return result != REG_ESPACE || err_set(m->e, STATUS_APP, "out of memory");
}

bool match_data(struct matching *m, const struct segment_spec *spec)
{
	switch (spec->data.kind) {
	case DATA_NONE:
		break;
	case DATA_BYTES:
		return match_bytes(m, &spec->data.bytes);
	case DATA_PATTERN:
		/* Our pattern is nothing that a peer would send: what was meant is how much. */
		if (spec->fields[FIELD_LEN].kind == TEST_NONE)
			return match_length(m, &spec->data.len);
		break;
	case DATA_REGEX:
		return match_regex(m, spec->data.regex);
	}
	return true;
}
