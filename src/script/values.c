/* SPDX-License-Identifier: GPL-3.0-or-later */
/* values.c - variables and captured segments while a script runs; see values.h.
 *
 * Every value has bytes; one that was captured has the header fields of its segment besides. */
#include "script/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "script/fields.h"
#include "script/print.h"

struct value {
	struct value *next;
	char *name;
	uint8_t *bytes;
	size_t len;
	bool captured;
	struct packet packet; /* without text: that is in bytes */
	uint32_t seq_base, ack_base;
};

struct values {
	struct value *first, **end; /* in the order of their first setting */
};

struct values *values_new(void)
{
	struct values *v = calloc(1, sizeof(*v));

	if (v)
		v->end = &v->first;
	return v;
}

void values_free(struct values *v)
{
	struct value *next;

	for (struct value *one = v ? v->first : NULL; one; one = next) {
		next = one->next;
		free(one->name);
		free(one->bytes);
		free(one);
	}
	free(v);
}

static struct value *find(const struct values *v, const char *name, size_t len)
{
	for (struct value *one = v->first; one; one = one->next)
		if (!strncmp(one->name, name, len) && !one->name[len])
			return one;
	return NULL;
}

static struct value *add(struct values *v, const char *name)
{
	struct value *one = calloc(1, sizeof(*one));

	if (!one)
		return NULL;
	one->name = strdup(name);
	if (!one->name) {
		free(one);
		return NULL;
	}
	*v->end = one;
	v->end = &one->next;
	return one;
}

/* The value of that name with these bytes, whatever it was before. */
static struct value *store(struct values *v, const char *name, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct value *one;

	if (!copy)
		return NULL;
	one = find(v, name, strlen(name));
	if (!one)
		one = add(v, name);
	if (!one) {
		free(copy);
		return NULL;
	}
	if (len)
		memcpy(copy, bytes, len);
	free(one->bytes);
	one->bytes = copy;
	one->len = len;
	one->captured = false;
	return one;
}

bool values_set(struct values *v, const char *name, const uint8_t *bytes, size_t len)
{
	return store(v, name, bytes, len) != NULL;
}

const uint8_t *values_get(const struct values *v, const char *name, size_t *len)
{
	const struct value *one = find(v, name, strlen(name));

	if (!one)
		return NULL;
	*len = one->len;
	return one->bytes;
}

bool values_capture(struct values *v, const char *name, const struct packet *p, uint32_t seq_base,
		    uint32_t ack_base)
{
	struct value *one = store(v, name, p->seg.text, p->seg.text ? p->seg.text_len : 0);

	if (!one)
		return false;
	one->captured = true;
	one->packet = *p;
	one->packet.seg.text = NULL;
	one->seq_base = seq_base;
	one->ack_base = ack_base;
	return true;
}

static uint32_t base_of(const struct value *one, enum field f)
{
	return f == FIELD_SEQ ? one->seq_base : f == FIELD_ACK ? one->ack_base : 0;
}

/* "$name.field" of a captured segment. */
static bool field_number(const struct value *one, const char *field, bool absolute, int64_t *out,
			 struct err *e)
{
	enum captured what;
	uint32_t value;
	enum field f;

	if (!one->captured)
		return err_set(e, STATUS_USAGE,
			       "$%s.%s: %s holds no segment; \"expect ... as %s\" captures one",
			       one->name, field, one->name, one->name);
	if (field_find(field, &f)) {
		if (!field_info(f)->read(&one->packet, &value))
			return err_set(e, STATUS_CHECK, "$%s.%s: that packet does not tell",
				       one->name, field);
		*out = absolute ? value : value - base_of(one, f);
		return true;
	}
	if (!captured_find(field, &what) || what == CAPTURED_TEXT)
		return err_set(e, STATUS_USAGE, "$%s.%s: a segment has no number of that name",
			       one->name, field);
	if (!captured_number(what, &one->packet.seg, &value))
		return err_set(e, STATUS_CHECK, "$%s.%s: that segment came without the option",
			       one->name, field);
	*out = value;
	return true;
}

/* The text of a variable as a number: decimal, or hexadecimal with 0x. */
static bool text_number(const struct value *one, int64_t *out, struct err *e)
{
	char text[24] = "";
	uint64_t value;

	if (one->len < sizeof(text))
		memcpy(text, one->bytes, one->len);
	if (strlen(text) == one->len && parse_uint(text, 0, INT64_MAX, &value)) {
		*out = (int64_t)value;
		return true;
	}
	if (one->captured)
		return err_set(e, STATUS_USAGE,
			       "$%s is a segment, not a number; say which field, as in $%s.seq",
			       one->name, one->name);
	return err_set(e, STATUS_USAGE, "$%s is no number: it holds \"%.*s\"%s", one->name,
		       one->len < 40 ? (int)one->len : 40, (const char *)one->bytes,
		       one->len > 40 ? " and more" : "");
}

static bool no_such(const char *name, size_t len, struct err *e)
{
	return err_set(e, STATUS_USAGE, "$%.*s: nothing of that name was captured or set before",
		       (int)len, name);
}

bool values_number(const struct values *v, const struct number *n, int64_t min, int64_t max,
		   int64_t *out, struct err *e)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < n->count; i++) {
		const char *name = n->terms[i].name;
		int64_t term = n->terms[i].value;

		if (name) {
			const struct value *one = find(v, name, strlen(name));

			if (!one)
				return no_such(name, strlen(name), e);
			if (n->terms[i].field ?
				    !field_number(one, n->terms[i].field, n->absolute, &term, e) :
				    !text_number(one, &term, e))
				return false;
		}
		if (n->terms[i].minus ? __builtin_sub_overflow(sum, term, &sum) :
					__builtin_add_overflow(sum, term, &sum))
			return err_set(e, STATUS_USAGE, "the number is too large to be added up");
	}
	if (sum < min || sum > max)
		return err_set(e, STATUS_USAGE, "%lld is out of range: %lld to %lld are possible",
			       (long long)sum, (long long)min, (long long)max);
	*out = sum;
	return true;
}

/* A variable, or "name.field" of a segment, as bytes: its text, or the number in digits. @digits is room
 * for those. */
static const uint8_t *piece_bytes(const struct values *v, const char *name, char digits[24],
				  size_t *len, struct err *e)
{
	size_t stem = strcspn(name, ".");
	const struct value *one = find(v, name, stem);
	const char *field = name[stem] ? name + stem + 1 : NULL;
	char flags[FIELD_FLAGS_MAX];
	int64_t number;

	if (!one) {
		no_such(name, stem, e);
		return NULL;
	}
	if (!field || (one->captured && !strcmp(field, "text"))) {
		*len = one->len;
		return one->bytes;
	}
	if (!field_number(one, field, false, &number, e))
		return NULL;
	if (!strcmp(field, "flags"))
		*len = (size_t)snprintf(digits, 24, "%s",
					field_flags_text((uint16_t)number, flags));
	else
		*len = (size_t)snprintf(digits, 24, "%lld", (long long)number);
	return (const uint8_t *)digits;
}

uint8_t *values_bytes(const struct values *v, const struct bytes *b, size_t *len, struct err *e)
{
	uint8_t *out = malloc(1), *grown;
	size_t used = 0;

	for (unsigned i = 0; out && i < b->count; i++) {
		const struct bytes_piece *piece = &b->pieces[i];
		const uint8_t *bytes = piece->bytes;
		size_t more = piece->len;
		char digits[24];

		if (piece->name) {
			bytes = piece_bytes(v, piece->name, digits, &more, e);
			if (!bytes) {
				free(out);
				return NULL;
			}
		}
		grown = realloc(out, used + more + 1);
		if (!grown)
			free(out);
		out = grown;
		if (out && more)
			memcpy(out + used, bytes, more);
		used += more;
	}
	if (out)
		out[used] = '\0';
	else
		err_set(e, STATUS_APP, "out of memory");
	*len = used;
	return out;
}

#define SHOWN_TEXT 64u

void values_print(const struct values *v, FILE *out)
{
	for (const struct value *one = v->first; one; one = one->next) {
		struct tcp_segment seg = one->packet.seg;

		fprintf(out, "%s = ", one->name);
		if (one->captured) {
			seg.text = one->bytes;
			script_print_segment(out, &seg, one->seq_base, one->ack_base,
					     one->len ? SHOWN_TEXT : 0);
		} else if (one->len <= SHOWN_TEXT) {
			script_print_string(out, one->bytes, one->len);
		} else {
			script_print_string(out, one->bytes, SHOWN_TEXT);
			fprintf(out, "... (%zu bytes)", one->len);
		}
		putc('\n', out);
	}
}
