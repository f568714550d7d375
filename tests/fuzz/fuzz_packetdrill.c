/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_packetdrill.c - packetdrill's language: any bytes as a script, and what was understood printed in ours,
 * which has to be a script.
 *
 * In: the text of the script. */
#include <stdio.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "script/packetdrill.h"
#include "script/print.h"

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

/* A refusal has its reason and its place, and its excerpt can be shown as it is. */
static void check_refused(const struct packetdrill_notes *notes, const struct script_error *e)
{
	must(notes->refusal != PACKETDRILL_PLAYED && notes->refusal < PACKETDRILL_REFUSALS);
	must(!notes->left_out && !notes->left_out_count);
	must(e->err.status == STATUS_USAGE && !strncmp(e->err.text, "fuzz:", 5));
	for (const char *s = e->excerpt; *s; s++)
		must(*s == '\n' || ((unsigned char)*s >= 0x20 && *s != 0x7f));
}

/* Every segment is counted, and what was left out lies in the script's own memory. */
static void check_notes(const struct packetdrill_notes *notes)
{
	unsigned skipped = 0;

	must(notes->refusal == PACKETDRILL_PLAYED && notes->sent + notes->expected > 0);
	must(notes->expected_text <= notes->expected && notes->connections > 0);
	for (unsigned i = 0; i < PACKETDRILL_SKIPS; i++)
		skipped += notes->skipped[i];
	must(skipped == notes->left_out_count);
	for (unsigned i = 0; i < notes->left_out_count; i++) {
		const struct packetdrill_left_out *o = &notes->left_out[i];

		must(o->at.line > 0 && !memchr(o->text, '\n', o->len));
		must(packetdrill_skip_text(o->kind));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)exact_copy(data, size), *printed, *again;
	struct packetdrill_notes notes;
	struct script_error e = { 0 };
	struct script *s, *ours;
	size_t len, again_len;

	s = packetdrill_parse("fuzz", text, size, NULL, 0, &notes, &e);
	free(text);
	if (!s) {
		check_refused(&notes, &e);
		return 0;
	}
	check_notes(&notes);
	printed = print(s, &len);
	ours = script_parse_text("printed", printed, len, NULL, 0, &e);
	if (!ours)
		fprintf(stderr, "%s%s\n%s\n", printed, e.err.text, e.excerpt);
	must(ours && ours->command_count == s->command_count);
	again = print(ours, &again_len);
	must(again_len == len && !memcmp(again, printed, len));
	script_free(s);
	script_free(ours);
	free(again);
	free(printed);
	return 0;
}
