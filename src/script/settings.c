/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - what can be set for a connection before its first segment: one row each. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/parse.h"
#include "script/exec_priv.h"

enum kind { KIND_NUMBER, KIND_SWITCH, KIND_DURATION, KIND_TIME_WAIT };

static const struct row {
	const char *name;
	enum kind kind;
	size_t at;
	int64_t min, max;
} rows[] = {
	{ "timeout", KIND_DURATION, offsetof(struct exec_settings, timeout_us), 1000, 3600000000 },
	{ "isn", KIND_NUMBER, offsetof(struct exec_settings, isn), 0, UINT32_MAX },
	{ "mss", KIND_NUMBER, offsetof(struct exec_settings, mss), 1, 65535 },
	{ "window", KIND_NUMBER, offsetof(struct exec_settings, window), 1, 65535 << 14 },
	{ "wscale", KIND_NUMBER, offsetof(struct exec_settings, wscale), 0, 14 },
	{ "ttl", KIND_NUMBER, offsetof(struct exec_settings, ttl), 1, 255 },
	{ "tos", KIND_NUMBER, offsetof(struct exec_settings, tos), 0, 255 },
	{ "source-port", KIND_NUMBER, offsetof(struct exec_settings, source_port), 1, 65535 },
	{ "sack", KIND_SWITCH, offsetof(struct exec_settings, sack), 0, 0 },
	{ "timestamps", KIND_SWITCH, offsetof(struct exec_settings, timestamps), 0, 0 },
	{ "ecn", KIND_SWITCH, offsetof(struct exec_settings, ecn), 0, 0 },
	{ "nagle", KIND_SWITCH, offsetof(struct exec_settings, nagle), 0, 0 },
	{ "keepalive", KIND_DURATION, offsetof(struct exec_settings, keepalive_us), 1000,
	  86400000000 },
	{ "time-wait", KIND_TIME_WAIT, offsetof(struct exec_settings, time_wait_us), 0,
	  3600000000 },
};

static const struct row *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

bool settings_has(const char *name)
{
	return find(name) != NULL;
}

static bool read_duration(const struct row *r, const char *value, int64_t *into, struct err *e)
{
	if (parse_duration(value, into) && *into >= r->min && *into <= r->max)
		return true;
	return err_set(e, STATUS_USAGE, "%s %.60s: not a time from %g s to %g s", r->name, value,
		       (double)r->min / 1e6, (double)r->max / 1e6);
}

bool settings_apply(struct exec_settings *s, const char *name, const char *value, struct err *e)
{
	const struct row *r = find(name);
	void *field = r ? (char *)s + r->at : NULL;
	uint64_t number;

	if (!r)
		return err_set(e, STATUS_APP, "%.60s: no such setting", name);
	switch (r->kind) {
	case KIND_NUMBER:
		if (!parse_uint(value, (uint64_t)r->min, (uint64_t)r->max, &number))
			return err_set(e, STATUS_USAGE,
				       "%s %.60s: not a number from %" PRId64 " to %" PRId64, name,
				       value, r->min, r->max);
		*(int64_t *)field = (int64_t)number;
		return true;
	case KIND_SWITCH:
		if (strcmp(value, "on") && strcmp(value, "off"))
			return err_set(e, STATUS_USAGE, "%s %.60s: neither on nor off", name,
				       value);
		*(bool *)field = !strcmp(value, "on");
		return true;
	case KIND_DURATION:
		return read_duration(r, value, field, e);
	case KIND_TIME_WAIT:
		if (!strcmp(value, "brief") || !strcmp(value, "2msl")) {
			*(int64_t *)field = value[0] == 'b' ? TCP_TIME_WAIT_BRIEF : 2 * TCP_MSL_US;
			return true;
		}
		return read_duration(r, value, field, e);
	}
	return false;
}
