/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_hexin.c - any bytes as a text of frames.
 *
 * In: the form in the first byte, the text behind it. Whatever comes out is within bounds, and the second
 * reading gives what the first did; what is wrong is said with words. */
#include "fuzz/fuzz.h"
#include "wire/hexin.h"

#define FORMS 3u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = malloc(HEXIN_FRAME_MAX), *text;
	struct feed feed = { data, size };
	enum hexin_form form = (enum hexin_form)(feed8(&feed) % FORMS);
	struct err e = { 0 };
	struct hexin h;
	struct frame f;
	int got = -1;

	text = exact_copy(feed.at, feed.left);
	must(bytes != NULL);
	if (hexin_begin(&h, (const char *)text, feed.left, form, HEXIN_LINK_ANY, bytes, &e)) {
		unsigned frames = 0;

		while ((got = hexin_next(&h, &f, &e)) > 0) {
			must(f.captured && f.captured <= HEXIN_FRAME_MAX);
			must(f.captured == f.length && f.bytes == bytes);
			frames++;
		}
		must(got == 0 && frames);
	}
	must(got == 0 || (e.status == STATUS_APP && e.text[0]));
	free(text);
	free(bytes);
	return 0;
}
