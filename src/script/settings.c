/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - the table of what can be set, one row each; see settings.h. */
#include "script/settings.h"

#include <inttypes.h>
#include <string.h>

#include "base/parse.h"
#include "script/parse.h"
#include "tcp/conn.h"

#define ROW(name, member, kind, min, max)                                              \
	{                                                                              \
		name, SETTING_##kind, offsetof(struct exec_settings, member), min, max \
	}

static const struct setting rows[] = {
	ROW("timeout", timeout_us, TIME, 1000, 3600000000),
	ROW("isn", isn, NUMBER, 0, UINT32_MAX),
	ROW("mss", mss, NUMBER, 1, UINT16_MAX),
	ROW("window", window, NUMBER, 1, UINT16_MAX << 14),
	ROW("wscale", wscale, NUMBER, 0, 14),
	ROW("ttl", ttl, NUMBER, 1, UINT8_MAX),
	ROW("tos", tos, NUMBER, 0, UINT8_MAX),
	ROW("source-port", source_port, NUMBER, 1, UINT16_MAX),
	ROW("sack", sack, SWITCH, 0, 0),
	ROW("timestamps", timestamps, SWITCH, 0, 0),
	ROW("ecn", ecn, SWITCH, 0, 0),
	ROW("nagle", nagle, SWITCH, 0, 0),
	ROW("keepalive", keepalive_us, TIME, 1000, 86400000000),
	ROW("time-wait", time_wait_us, TIME_WAIT, 0, 3600000000),
};

const char *const *script_settings(void)
{
	static const char *names[ARRAY_LEN(rows) + 1];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		names[i] = rows[i].name;
	return names;
}

static bool is(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && !memcmp(word, text, len);
}

const struct setting *setting_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (is(name, len, rows[i].name))
			return &rows[i];
	return NULL;
}

bool setting_time_wait(const char *word, size_t len, int64_t *us)
{
	if (is(word, len, "brief"))
		*us = TCP_TIME_WAIT_BRIEF;
	else if (is(word, len, "2msl"))
		*us = 2 * TCP_MSL_US;
	else
		return false;
	return true;
}

static bool apply_number(const struct setting *row, const char *value, int64_t *into, struct err *e)
{
	uint64_t number;

	if (!parse_uint(value, (uint64_t)row->min, (uint64_t)row->max, &number))
		return err_set(e, STATUS_USAGE,
			       "%s %.60s: not a number from %" PRId64 " to %" PRId64, row->name,
			       value, row->min, row->max);
	*into = (int64_t)number;
	return true;
}

static bool apply_switch(const struct setting *row, const char *value, bool *into, struct err *e)
{
	if (strcmp(value, "on") && strcmp(value, "off"))
		return err_set(e, STATUS_USAGE, "%s %.60s: neither on nor off", row->name, value);
	*into = !strcmp(value, "on");
	return true;
}

static bool apply_time(const struct setting *row, const char *value, int64_t *into, struct err *e)
{
	int64_t us;

	if (!parse_duration(value, &us) || us < row->min || us > row->max)
		return err_set(e, STATUS_USAGE, "%s %.60s: not a time from %g s to %g s", row->name,
			       value, (double)row->min / 1e6, (double)row->max / 1e6);
	*into = us;
	return true;
}

bool settings_apply(struct exec_settings *s, const char *name, const char *value, struct err *e)
{
	const struct setting *row = setting_find(name, strlen(name));
	void *into = row ? (char *)s + row->at : NULL;

	if (!row)
		return err_set(e, STATUS_APP, "%.60s: no such setting", name);
	switch (row->kind) {
	case SETTING_NUMBER:
		return apply_number(row, value, into, e);
	case SETTING_SWITCH:
		return apply_switch(row, value, into, e);
	case SETTING_TIME_WAIT:
		if (setting_time_wait(value, strlen(value), into))
			return true;
		break;
	case SETTING_TIME:
		break;
	}
	return apply_time(row, value, into, e);
}
