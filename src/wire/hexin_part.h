/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexin_part.h - for the files of hexin alone. */
#ifndef TCPSHAKE_WIRE_HEXIN_PART_H
#define TCPSHAKE_WIRE_HEXIN_PART_H

#include "wire/hexin.h"

/* What a line did to the frame under way. */
enum hexin_said {
	HEXIN_MORE,  /* it may go on */
	HEXIN_DONE,  /* the line ends it */
	HEXIN_AGAIN, /* it ended before the line, which is to be read once more */
	HEXIN_WRONG, /* the error is set */
};

int hexin_digit(char c); /* its value; -1: no hexadecimal digit */
bool hexin_blank(char c);
bool hexin_add(struct hexin *h, uint8_t byte, struct err *e);
enum hexin_said hexin_wrong(const struct hexin *h, struct err *e, const char *words);

/* A line, without its end, into the frame. */
enum hexin_said hexin_dump_line(struct hexin *h, const char *line, size_t len, struct err *e);
enum hexin_said hexin_digits_line(struct hexin *h, const char *line, size_t len, struct err *e);
enum hexin_said hexin_base64_line(struct hexin *h, const char *line, size_t len, struct err *e);

bool hexin_dump_begins(const char *line, size_t len); /* whether it is a dump's row at offset 0 */
bool hexin_base64_like(const char *line, size_t len); /* and no hexadecimal digits alone */

#endif
