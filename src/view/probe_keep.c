/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_keep.c - many results in little memory; see probe_keep.h. */
#include "view/probe_keep.h"

#include <stdlib.h>
#include <string.h>

#include "tcp/options.h"

struct probe_kept {
	uint8_t addr[16];
	int64_t at_ns, rtt_ns, close_ns, first_byte_ns;
	uint32_t scope, round, text_bytes;
	uint32_t name, why, from, synack, http_line; /* numbers in the pool; 0: none */
	uint16_t port, http_status;
	uint8_t family; /* 4 or 6 */
	uint8_t state, close, ttl, attempts, answered;
};

_Static_assert(sizeof(struct probe_kept) <= 96, "65,536 results shall take no more than 6 MiB");

static uint8_t at_most_255(unsigned n)
{
	return n < UINT8_MAX ? (uint8_t)n : UINT8_MAX;
}

/* The clocks in the option bytes: 1 where they are not 0. */
static void level_timestamps(struct probe_synack *s)
{
	struct tcp_option_walk w = tcp_option_walk(s->option_bytes, s->option_len);
	struct tcp_option o;

	s->options.ts_val = s->options.ts_val != 0;
	s->options.ts_ecr = s->options.ts_ecr != 0;
	while (tcp_option_next(&w, &o) == TCP_OPTION_FOUND) {
		uint8_t *clocks = s->option_bytes + (o.bytes - s->option_bytes) + 2;

		if (o.kind != TCP_OPTION_TIMESTAMPS || o.len != 10)
			continue;
		memset(clocks, 0, 8);
		clocks[3] = (uint8_t)s->options.ts_val;
		clocks[7] = (uint8_t)s->options.ts_ecr;
	}
}

/* What tells one system from another. */
static void level_synack(const struct probe_synack *s, struct probe_synack *out)
{
	memset(out, 0, sizeof(*out)); /* padding too: all bytes are compared */
	out->seen = true;
	out->ttl = s->ttl;
	out->tos = s->tos;
	out->flags_ip = s->flags_ip;
	out->ip_options = s->ip_options;
	out->flags = s->flags;
	out->window = s->window;
	out->urgent = s->urgent != 0;
	out->ip_id = s->ip_id != 0;
	out->flow = s->flow != 0;
	out->seq = s->seq != 0;
	out->ack = s->ack != 0;
	out->text_len = s->text_len;
	out->syn_mss = s->syn_mss;
	out->option_len = s->option_len;
	memcpy(out->option_bytes, s->option_bytes, s->option_len);
	out->options.has_mss = s->options.has_mss;
	out->options.has_wscale = s->options.has_wscale;
	out->options.has_sack_permitted = s->options.has_sack_permitted;
	out->options.has_timestamps = s->options.has_timestamps;
	out->options.mss = s->options.mss;
	out->options.wscale = s->options.wscale;
	out->options.ts_val = s->options.ts_val;
	out->options.ts_ecr = s->options.ts_ecr;
	level_timestamps(out);
}

/* The number of some bytes; false when memory is short. */
static bool put(struct probe_keep *k, const void *bytes, size_t len, uint32_t *number)
{
	*number = pool_put(&k->pool, bytes, len);
	return *number != 0;
}

static bool put_text(struct probe_keep *k, const char *s, uint32_t *number)
{
	return !s || !s[0] || put(k, s, strlen(s) + 1, number);
}

static bool put_synack(struct probe_keep *k, const struct probe_synack *s, uint32_t *number)
{
	struct probe_synack level;

	if (!s->seen)
		return true;
	level_synack(s, &level);
	return put(k, &level, sizeof(level), number);
}

/* Twice the room, or what the limit leaves. */
static bool grow(struct probe_keep *k)
{
	size_t room = k->room ? k->room * 2 : 64, pool = pool_size(&k->pool);
	struct probe_kept *results;

	if (pool > k->limit)
		return false;
	if (k->count < k->room)
		return true;
	if (room > (k->limit - pool) / sizeof(*results))
		room = (k->limit - pool) / sizeof(*results);
	if (room <= k->count)
		return false;
	results = realloc(k->results, room * sizeof(*results));
	if (!results)
		return false;
	k->results = results;
	k->room = room;
	return true;
}

bool probe_keep_add(struct probe_keep *k, const struct probe_result *r)
{
	struct probe_kept kept = {
		.at_ns = r->at_ns,
		.rtt_ns = r->rtt_ns,
		.close_ns = r->close_ns,
		.first_byte_ns = r->first_byte_ns,
		.scope = r->addr.scope,
		.round = r->round,
		.text_bytes = r->text_bytes,
		.port = r->port,
		.http_status = (uint16_t)r->http_status,
		.family = r->addr.family == AF_INET6 ? 6 : 4,
		.state = (uint8_t)r->state,
		.close = (uint8_t)r->close,
		.ttl = r->ttl,
		.attempts = at_most_255(r->attempts),
		.answered = at_most_255(r->answered),
	};

	memcpy(kept.addr, r->addr.bytes, sizeof(kept.addr));
	if (!grow(k) || !put_text(k, r->name, &kept.name) || !put_text(k, r->why, &kept.why) ||
	    !put_text(k, r->http_line, &kept.http_line) ||
	    !put_synack(k, &r->synack, &kept.synack) ||
	    (r->from.family && !put(k, &r->from, sizeof(r->from), &kept.from)))
		return false;
	k->results[k->count++] = kept;
	return true;
}

static int compare(const void *one, const void *other)
{
	const struct probe_kept *a = one, *b = other;
	int order = a->family - b->family;

	if (!order)
		order = memcmp(a->addr, b->addr, sizeof(a->addr));
	if (!order)
		order = (a->scope > b->scope) - (a->scope < b->scope);
	if (!order)
		order = a->port - b->port;
	return order ? order : (a->round > b->round) - (a->round < b->round);
}

void probe_keep_sort(struct probe_keep *k)
{
	if (k->count)
		qsort(k->results, k->count, sizeof(*k->results), compare);
}

static const char *text(const struct probe_keep *k, uint32_t number)
{
	return number ? pool_get(&k->pool, number) : NULL;
}

void probe_keep_get(const struct probe_keep *k, size_t i, struct probe_result *out)
{
	const struct probe_kept *kept = &k->results[i];
	const char *line = text(k, kept->http_line);

	*out = (struct probe_result){
		.addr = { .family = kept->family == 6 ? AF_INET6 : AF_INET, .scope = kept->scope },
		.port = kept->port,
		.name = text(k, kept->name),
		.state = (enum probe_state)kept->state,
		.why = text(k, kept->why),
		.attempts = kept->attempts,
		.answered = kept->answered,
		.round = kept->round,
		.at_ns = kept->at_ns,
		.rtt_ns = kept->rtt_ns,
		.close_ns = kept->close_ns,
		.ttl = kept->ttl,
		.close = (enum probe_close)kept->close,
		.text_bytes = kept->text_bytes,
		.http_status = kept->http_status,
		.first_byte_ns = kept->first_byte_ns,
	};
	memcpy(out->addr.bytes, kept->addr, sizeof(kept->addr));
	if (kept->from)
		memcpy(&out->from, pool_get(&k->pool, kept->from), sizeof(out->from));
	if (kept->synack)
		memcpy(&out->synack, pool_get(&k->pool, kept->synack), sizeof(out->synack));
	if (line)
		memcpy(out->http_line, line, strlen(line) + 1);
}

size_t probe_keep_size(const struct probe_keep *k)
{
	return k->room * sizeof(*k->results) + pool_size(&k->pool);
}

void probe_keep_free(struct probe_keep *k)
{
	free(k->results);
	pool_free(&k->pool);
	memset(k, 0, sizeof(*k));
}
