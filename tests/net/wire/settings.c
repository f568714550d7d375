/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - see settings.h. A new setting is a field there and a row here. */
#include "net/wire/settings.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "net/wire/dice.h"

enum kind { KIND_TIME, KIND_SHARE, KIND_RATE, KIND_NUMBER, KIND_SWITCH };

static const struct row {
	const char *name;
	enum kind kind;
	size_t at;
} rows[] = {
	{ "delay", KIND_TIME, offsetof(struct settings, delay_us) },
	{ "jitter", KIND_TIME, offsetof(struct settings, jitter_us) },
	{ "shuffle", KIND_SWITCH, offsetof(struct settings, shuffle) },
	{ "loss", KIND_SHARE, offsetof(struct settings, loss) },
	{ "duplicate", KIND_SHARE, offsetof(struct settings, duplicate) },
	{ "reorder", KIND_SHARE, offsetof(struct settings, reorder) },
	{ "hold", KIND_TIME, offsetof(struct settings, hold_us) },
	{ "corrupt", KIND_SHARE, offsetof(struct settings, corrupt) },
	{ "mark", KIND_SHARE, offsetof(struct settings, mark) },
	{ "rate", KIND_RATE, offsetof(struct settings, rate) },
	{ "queue", KIND_NUMBER, offsetof(struct settings, queue) },
	{ "mtu", KIND_NUMBER, offsetof(struct settings, mtu) },
	{ "tell", KIND_SWITCH, offsetof(struct settings, tell) },
	{ "cut", KIND_SWITCH, offsetof(struct settings, cut) },
};

void settings_init(struct settings *s)
{
	*s = (struct settings){ .hold_us = 2000, .queue = 128 << 10 };
}

/* A number and what stands behind it. False when there is no number, or one that makes no sense. */
static bool number(const char *text, double *value, const char **unit)
{
	char *end;

	*value = strtod(text, &end);
	*unit = end;
	return end != text && isfinite(*value) && *value >= 0;
}

static bool take_share(const char *text, uint32_t *out)
{
	const char *unit;
	double value;

	if (!number(text, &value, &unit) || (strcmp(unit, "%") != 0 && *unit))
		return false;
	value *= *unit ? SHARE_ALL / 100 : SHARE_ALL;
	if (value > SHARE_ALL)
		return false;
	*out = (uint32_t)(value + 0.5);
	return true;
}

static bool take_rate(const char *text, uint64_t *out)
{
	static const struct {
		const char *name;
		double bits;
	} units[] = { { "", 1 }, { "kbit", 1e3 }, { "mbit", 1e6 }, { "gbit", 1e9 } };
	const char *unit;
	double value;

	if (!number(text, &value, &unit))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (!strcmp(unit, units[i].name) && value * units[i].bits <= 1e12) {
			*out = (uint64_t)(value * units[i].bits);
			return true;
		}
	return false;
}

static bool take_switch(const char *text, bool *out)
{
	*out = strcmp(text, "yes") == 0;
	return *out || strcmp(text, "no") == 0;
}

static bool take_value(struct settings *s, const struct row *row, const char *text)
{
	void *field = (char *)s + row->at;

	switch (row->kind) {
	case KIND_TIME:
		return parse_duration(text, field);
	case KIND_SHARE:
		return take_share(text, field);
	case KIND_RATE:
		return take_rate(text, field);
	case KIND_NUMBER:
		return parse_uint(text, 0, UINT32_MAX, field);
	case KIND_SWITCH:
		return take_switch(text, field);
	}
	return false;
}

bool settings_take(struct settings *s, const char *word, struct err *e)
{
	const char *equals = strchr(word, '=');
	struct settings changed = *s;

	for (size_t i = 0; equals && i < ARRAY_LEN(rows); i++) {
		if (strlen(rows[i].name) != (size_t)(equals - word) ||
		    strncmp(word, rows[i].name, (size_t)(equals - word)) != 0)
			continue;
		if (!take_value(&changed, &rows[i], equals + 1))
			return err_set(e, STATUS_USAGE, "bad value: %s", word);
		*s = changed;
		return true;
	}
	return err_set(e, STATUS_USAGE, "no such setting: %s", word);
}
