/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.c - failures as values; see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, enum status s, const char *fmt, ...)
{
	va_list ap;

	e->status = s;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return false;
}

enum status err_print(const struct err *e)
{
	char line[sizeof(e->text)];

	if (e->status == STATUS_OK)
		return STATUS_OK;
	memcpy(line, e->text, sizeof(line));
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "tcpshake: %s\n", line);
	return e->status;
}
