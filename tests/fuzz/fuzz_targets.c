/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_targets.c - lists of targets: their lines, their words, and the set that these make.
 *
 * In: the first byte says which options hold; the rest is a list. A word that begins with '!' is excluded.
 * Names are looked up nowhere: their bytes decide what addresses they have. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "probe/target_list.h"
#include "probe/target_word.h"
#include "probe/targets.h"

#define LOOKED_AT 512u /* pairs at each end of a large set */

static unsigned named(const char *host, int family, struct addr *out, unsigned max, struct err *e)
{
	unsigned sum = (unsigned)strlen(host) * 7 + (unsigned char)host[0], count = 0;

	must(*host && strlen(host) <= TARGET_NAME_MAX && max >= 2);
	must(!strpbrk(host, ":/ [],%"));
	if (family != AF_INET6 && sum % 5)
		out[count++] = (struct addr){ AF_INET, { 10, 0, 0, (uint8_t)sum }, 0 };
	if (family != AF_INET && sum % 3)
		out[count++] = (struct addr){ AF_INET6, { 0xfd, [15] = (uint8_t)sum }, 0 };
	if (!count)
		err_set(e, STATUS_UNREACHABLE, "cannot resolve %.200s", host);
	return count;
}

/* What is refused is refused in words, as usage, and nothing else. */
static void must_say_why(const struct err *e)
{
	must(e->status == STATUS_USAGE || e->status == STATUS_UNREACHABLE);
	must(e->text[0]);
}

static void read_list(struct targets *t, const uint8_t *bytes, size_t len)
{
	FILE *stream = fmemopen((char *)(uintptr_t)bytes, len, "r");
	struct err e = { 0 };
	struct target_list *l;
	const char *word;
	bool ok;

	must(stream);
	l = target_list_of(stream, "list", &e);
	must(l);
	while (target_list_next(l, &word, &ok, &e)) {
		must(ok && *word && strlen(word) <= TARGET_WORD_MAX);
		must(!strpbrk(word, "# \t\r\n"));
		if (!(*word == '!' ? targets_exclude(t, word + 1, &e) : targets_add(t, word, &e)))
			must_say_why(&e);
	}
	must(ok || e.status == STATUS_USAGE);
	target_list_close(l);
}

static bool in_order(const struct target_pair *a, const struct target_pair *b)
{
	int order;

	if (a->addr.family != b->addr.family)
		return a->addr.family < b->addr.family;
	if (a->addr.scope != b->addr.scope)
		return a->addr.scope < b->addr.scope;
	order = memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes));
	return order ? order < 0 : a->port < b->port;
}

/* Pairs ascend, so none is there twice; each is found where it stands. */
static void look_up(const struct targets *t, uint64_t from, uint64_t to)
{
	struct target_pair pair, before;
	uint64_t index;

	for (uint64_t i = from; i < to; i++) {
		targets_pair(t, i, &pair);
		must(pair.port > 0);
		must(targets_find(t, &pair.addr, pair.port, &index) && index == i);
		must(i == from || in_order(&before, &pair));
		before = pair;
	}
}

static void check(const struct targets *t)
{
	uint64_t count = targets_count(t);
	struct addr first, last;
	uint64_t unused;

	look_up(t, 0, count < LOOKED_AT ? count : LOOKED_AT);
	look_up(t, count < LOOKED_AT ? 0 : count - LOOKED_AT, count);
	for (unsigned i = 0; i < targets_range_count(t); i++) {
		targets_range(t, i, &first, &last);
		must(first.family == last.family && first.scope == last.scope);
		must(memcmp(first.bytes, last.bytes, sizeof(first.bytes)) <= 0);
		must(!targets_find(t, &first, 0, &unused));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6, AF_UNSPEC };
	struct feed f = { data, size };
	uint8_t which = feed8(&f);
	struct targets_options options = {
		.family = families[which & 3],
		.ports = which & 4 ? "80,443,8000-8010" : NULL,
		.all_addresses = which & 8,
		.resolve = named,
	};
	struct err e = { 0 };
	struct targets *t = targets_new(&options, &e);
	uint8_t *bytes = exact_copy(f.at, f.left);

	must(t);
	for (unsigned part = 0; part < 2; part++) {
		uint64_t count;

		if (f.left)
			read_list(t, bytes, f.left);
		if (targets_seal(t, &e)) {
			must(targets_count(t) > 0 && targets_count(t) <= UINT64_C(1) << 62);
			check(t);
			/* Twice is the same. */
			count = targets_count(t);
			must(targets_seal(t, &e) && targets_count(t) == count);
		} else {
			must(e.status == STATUS_USAGE && targets_count(t) == 0);
		}
		targets_clear(t);
	}
	targets_free(t);
	free(bytes);
	return 0;
}
