/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexin_dump.c - rows of a hex dump: offset, bytes, and what the same looks like as text.
 *
 * Where the bytes end and the text begins is not always to be seen, as text can look like digits. A row has no
 * more bytes than the one before, more than the usual blanks end it, and the next row's offset has the last
 * word. */
#include <string.h>

#include "wire/hexin_part.h"

#define GROUP_DIGITS_MAX 32u
#define ROW_HALF	 8u /* bytes behind which some put a blank more */

enum { RADIX_HEX, RADIX_OCTAL, RADIX_DECIMAL, RADIX_COUNT };

struct row {
	uint64_t offset[RADIX_COUNT];
	unsigned radix; /* bits: bases that its digits allow */
	bool colon;	/* the offset ends in one */
	const char *at, *end;
};

static size_t digits_at(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && hexin_digit(at[n]) >= 0)
		n++;
	return n;
}

static void read_offset(struct row *r, const char *at, size_t len)
{
	static const unsigned base[RADIX_COUNT] = { 16, 8, 10 };

	r->radix = 0;
	for (unsigned k = 0; k < RADIX_COUNT; k++) {
		bool fits = true;

		r->offset[k] = 0;
		for (size_t i = 0; i < len; i++) {
			r->offset[k] = r->offset[k] * base[k] + (unsigned)hexin_digit(at[i]);
			fits &= (unsigned)hexin_digit(at[i]) < base[k];
		}
		r->radix |= fits ? 1u << k : 0;
	}
}

/* Whether a line is a row: an offset of three digits or more, then bytes, or nothing. */
static bool read_row(struct row *r, const char *line, size_t len)
{
	const char *at = line, *end = line + len;
	size_t digits;

	while (at < end && hexin_blank(*at))
		at++;
	if (end - at > 2 && at[0] == '0' && at[1] == 'x')
		at += 2;
	digits = digits_at(at, end);
	if (digits < 3 || digits > 16)
		return false;
	read_offset(r, at, digits);
	at += digits;
	r->colon = at < end && *at == ':';
	at += r->colon;
	r->at = at;
	r->end = end;
	if (at == end)
		return true;
	if (!hexin_blank(*at))
		return false;
	while (at < end && hexin_blank(*at))
		at++;
	digits = digits_at(at, end);
	return digits >= 2 && digits % 2 == 0 && digits <= GROUP_DIGITS_MAX &&
	       (at + digits == end || hexin_blank(at[digits]));
}

bool hexin_dump_begins(const char *line, size_t len)
{
	struct row r;

	return read_row(&r, line, len) && r.at != r.end && !r.offset[RADIX_HEX];
}

static bool take_group(struct hexin *h, const struct row *r, const char *at, size_t bytes,
		       struct err *e)
{
	bool swap = h->swap && !r->colon;

	for (size_t i = 0; i < bytes; i++) {
		const char *digit = at + 2 * (swap ? bytes - 1 - i : i);

		if (!hexin_add(h, (uint8_t)(hexin_digit(digit[0]) << 4 | hexin_digit(digit[1])), e))
			return false;
	}
	return true;
}

static enum hexin_said take_row(struct hexin *h, const struct row *r, struct err *e)
{
	size_t usual = 0, groups = 0;
	const char *at = r->at;

	h->row = h->count;
	for (;;) {
		size_t gap = 0, digits, have = h->count - h->row;

		while (at < r->end && hexin_blank(*at)) {
			gap++;
			at++;
		}
		digits = digits_at(at, r->end);
		if (groups == 1)
			usual = gap;
		if (!digits || digits % 2 || digits > GROUP_DIGITS_MAX ||
		    (at + digits < r->end && !hexin_blank(at[digits])) ||
		    (h->width && have >= h->width) ||
		    (groups > 1 && gap > usual && !(gap == usual + 1 && have == ROW_HALF)))
			break;
		if (!take_group(h, r, at, digits / 2, e))
			return HEXIN_WRONG;
		at += digits;
		groups++;
	}
	return HEXIN_MORE;
}

/* The row before once more, until @offset. */
static bool repeat(struct hexin *h, uint64_t offset, struct err *e)
{
	size_t width = h->count - h->row;

	while (h->count < offset)
		if (!hexin_add(h, h->bytes[h->count - width], e))
			return false;
	return true;
}

/* The bases in which an offset is where the rows before end; or else, where text that looks like digits was
 * taken for bytes of the last row, inside that. */
static unsigned fitting(const struct hexin *h, const struct row *r)
{
	unsigned exact = 0, inside = 0;

	for (unsigned k = 0; k < RADIX_COUNT; k++) {
		uint64_t at = r->offset[k];
		unsigned bit = h->radix & r->radix & 1u << k;

		if (h->repeated ? at > h->count && at <= HEXIN_FRAME_MAX : at == h->count)
			exact |= bit;
		else if (!h->repeated && at > h->row && at < h->count)
			inside |= bit;
	}
	return exact ? exact : inside;
}

/* What a row's offset says of the rows before. False: it does not follow them. */
static bool follows(struct hexin *h, const struct row *r, bool last, struct err *e)
{
	unsigned fit = fitting(h, r), k = 0;

	if (!fit)
		return err_set(e, STATUS_APP,
			       "line %u: offset 0x%llx does not follow the %zu bytes before it",
			       h->line, (unsigned long long)r->offset[RADIX_HEX], h->count);
	while (!(fit & 1u << k))
		k++;
	if (h->repeated && !repeat(h, r->offset[k], e))
		return false;
	h->radix = fit;
	h->count = (size_t)r->offset[k];
	if (!last && !h->width && !h->repeated)
		h->width = h->count - h->row;
	h->repeated = false;
	return true;
}

/* "Reassembled TCP (2048 bytes):" is above what tshark put together; "Frame (66 bytes):" above a frame. */
static bool is_made_up(const char *line, size_t len)
{
	static const char tail[] = " bytes):", frame[] = "Frame (";

	return len > strlen(tail) && !memcmp(line + len - strlen(tail), tail, strlen(tail)) &&
	       (len < strlen(frame) || memcmp(line, frame, strlen(frame)) != 0);
}

static enum hexin_said other_line(struct hexin *h, const char *line, size_t len)
{
	if (len == 1 && line[0] == '*' && h->count) {
		h->repeated = true;
		return HEXIN_MORE;
	}
	if (len)
		h->skip = is_made_up(line, len);
	else
		h->skip = false;
	return h->count ? HEXIN_DONE : HEXIN_MORE;
}

enum hexin_said hexin_dump_line(struct hexin *h, const char *line, size_t len, struct err *e)
{
	bool begins;
	struct row r;

	if (!read_row(&r, line, len))
		return h->count && is_made_up(line, len) ? HEXIN_AGAIN : other_line(h, line, len);
	if (h->skip)
		return HEXIN_MORE;
	begins = r.at != r.end && !r.offset[RADIX_HEX];
	if (begins && h->count)
		return HEXIN_AGAIN;
	if (begins)
		h->radix = (1u << RADIX_COUNT) - 1;
	else if (!h->count && r.at == r.end)
		return HEXIN_MORE; /* the length alone, of nothing or of what is skipped */
	else if (!h->count)
		return hexin_wrong(h, e, "a dump that does not begin at offset 0");
	else if (!follows(h, &r, r.at == r.end, e))
		return HEXIN_WRONG;
	return r.at == r.end ? HEXIN_DONE : take_row(h, &r, e);
}
