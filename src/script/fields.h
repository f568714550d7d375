/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.h - the fields that have a name in the command language, as one table: the parser, the matcher,
 * the builder and the variables all ask here. */
#ifndef TCPSHAKE_SCRIPT_FIELDS_H
#define TCPSHAKE_SCRIPT_FIELDS_H

#include "script/script.h"
#include "wire/craft.h"
#include "wire/decode.h"

struct field_info {
	const char *name;
	uint32_t max;  /* the least is 0 */
	bool relative; /* counted from an initial sequence number unless written absolute */
	/* Put @value, absolute and in range, into a segment that is to be sent. NULL: it follows from the
	 * text alone. */
	void (*write)(uint32_t value, struct tcp_segment *seg, struct craft_ip *ip);
	/* As the header of a captured packet has it, absolute; false where that cannot be told. */
	bool (*read)(const struct packet *p, uint32_t *value);
};

/* The row of a field; never NULL for one below FIELD_COUNT. */
const struct field_info *field_info(enum field f);

/* field_find() - a field by its name; false when there is none of that name. */
bool field_find(const char *name, enum field *out);

/**
 * field_ecn_and_tos() - after all fields were written: the two bits that "tos" and "ecn" share
 * @tos, @ecn: which of them were given; "ecn" has the last word, "tos" alone stays as written. */
void field_ecn_and_tos(bool tos, bool ecn, struct tcp_segment *seg, struct craft_ip *ip);

/* What else a captured segment can be asked for, as in "$synack.mss". */
enum captured {
	CAPTURED_FLAGS,
	CAPTURED_MSS,
	CAPTURED_WSCALE,
	CAPTURED_TS_VAL,
	CAPTURED_TS_ECR,
	CAPTURED_TEXT, /* no number: for strings */
	CAPTURED_COUNT,
};

/* The names behind the dot: those of all fields, then those of enum captured; NULL ends the list. */
const char *const *field_captured_names(void);

/* captured_find() - false when @name is none of enum captured's. */
bool captured_find(const char *name, enum captured *out);

/* captured_number() - false when that segment has no such option. CAPTURED_TEXT has none. */
bool captured_number(enum captured what, const struct tcp_segment *seg, uint32_t *value);

/* Flags in the letters of the language: "S.", "FP."; "none" without any. Returns @out. */
#define FIELD_FLAGS_MAX 10u
char *field_flags_text(uint16_t flags, char out[FIELD_FLAGS_MAX]);

#endif
