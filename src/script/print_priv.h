/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print_priv.h - what the files of the printer share. */
#ifndef TCPSHAKE_SCRIPT_PRINT_PRIV_H
#define TCPSHAKE_SCRIPT_PRINT_PRIV_H

#include "script/print.h"

void print_number(FILE *out, const struct number *n); /* "abs" behind it when it is absolute */
void print_terms(FILE *out, const struct number *n);
void print_bytes(FILE *out, const struct bytes *b); /* a string, with its variables */
void print_data(FILE *out, const struct data *d);
void print_regex(FILE *out, const char *regex);
char *print_time(char *out, size_t size,
		 int64_t us); /* in the largest unit that says it whole; @out */
void print_flags(FILE *out, uint16_t flags);

#endif
