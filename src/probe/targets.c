/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.c - words become edges of spans, and exclusions spans; see targets.h.
 *
 * A range is two edges, however long it is. What they mean together is found out in targets_seal.c, and
 * pairs are looked up in targets_index.c. */
#include "probe/targets.h"

#include <stdlib.h>
#include <string.h>

#include "probe/grow.h"
#include "probe/reserved.h"
#include "probe/target_list.h"
#include "probe/target_word.h"
#include "probe/targets_priv.h"
#include "wire/resolve.h"

#define ADDRESSES_MAX 64u /* of one name */

static bool out_of_memory(struct err *e)
{
	return err_set(e, STATUS_APP, "out of memory for targets");
}

struct targets *targets_new(const struct targets_options *options, struct err *e)
{
	struct targets *t = calloc(1, sizeof(*t));
	struct ports *ports;
	uint32_t number;

	if (!t) {
		out_of_memory(e);
		return NULL;
	}
	t->family = options->family;
	t->all_addresses = options->all_addresses;
	t->resolve = options->resolve ? options->resolve : resolve;
	ports = ports_parse(options->ports ? options->ports : "80", e);
	if (!ports)
		goto failed;
	if (!port_table_take(&t->ports, ports, &number) ||
	    (!t->all_addresses && !reserved_spans(&t->reserved))) {
		out_of_memory(e);
		goto failed;
	}
	return t;
failed:
	targets_free(t);
	return NULL;
}

void targets_clear(struct targets *t)
{
	while (t->names)
		free(t->name[--t->names]);
	t->edges = t->stretches = 0;
	t->count = t->left_excluded = t->left_reserved = 0;
	t->reserved_hit = NULL;
	port_table_cut(&t->ports, DEFAULT_PORTS + 1);
}

void targets_free(struct targets *t)
{
	if (!t)
		return;
	targets_clear(t);
	port_table_free(&t->ports);
	span_list_free(&t->excluded);
	span_list_free(&t->reserved);
	free(t->name);
	free(t->edge);
	free(t->stretch);
	free(t);
}

static bool add_edge(struct targets *t, const struct edge *edge)
{
	struct edge *array = grow_array(t->edge, &t->edge_room, t->edges, sizeof(*array));

	if (!array)
		return false;
	t->edge = array;
	t->edge[t->edges++] = *edge;
	return true;
}

static bool add_span(struct targets *t, const struct span *s, uint32_t ports, uint32_t name)
{
	struct edge edge = {
		.at = s->first,
		.scope = s->scope,
		.ports = ports,
		.name = name,
		.family = (uint16_t)s->family,
	};

	if (!add_edge(t, &edge))
		return false;
	edge.at = s->last;
	edge.end = true;
	if (add_edge(t, &edge))
		return true;
	t->edges--; /* never one without the other */
	return false;
}

static bool add_name(struct targets *t, const char *name)
{
	char **array = grow_array(t->name, &t->name_room, t->names, sizeof(char *));

	if (!array)
		return false;
	t->name = array;
	t->name[t->names] = strdup(name);
	if (!t->name[t->names])
		return false;
	t->names++;
	return true;
}

static struct span span_of(const struct addr *a)
{
	return (struct span){ num_of(a), num_of(a), a->family, a->scope };
}

static bool add_host(struct targets *t, const char *name, uint32_t ports, struct err *e)
{
	struct addr found[ADDRESSES_MAX];
	unsigned count = t->resolve(name, t->family, found, ADDRESSES_MAX, e);

	if (!count)
		return false;
	if (!add_name(t, name))
		return out_of_memory(e);
	for (unsigned i = 0; i < count; i++) {
		struct span one = span_of(&found[i]);

		if (!add_span(t, &one, ports, (uint32_t)t->names))
			return out_of_memory(e);
	}
	return true;
}

bool targets_add(struct targets *t, const char *text, struct err *e)
{
	struct target_word word;
	uint32_t ports = DEFAULT_PORTS;

	if (!target_word_parse(text, &word, e))
		return false;
	if (word.ports[0]) {
		struct ports *p = ports_parse(word.ports, e);

		if (!p)
			return false;
		if (!port_table_take(&t->ports, p, &ports))
			return out_of_memory(e);
	}
	if (!word.span.family)
		return add_host(t, word.name, ports, e);
	if (t->family != AF_UNSPEC && t->family != word.span.family)
		return err_set(e, STATUS_USAGE, "%.100s: an %s address; leave out -%c", text,
			       word.span.family == AF_INET ? "IPv4" : "IPv6",
			       t->family == AF_INET ? '4' : '6');
	return add_span(t, &word.span, ports, 0) || out_of_memory(e);
}

static bool exclude_host(struct targets *t, const char *name, struct err *e)
{
	struct addr found[ADDRESSES_MAX];
	unsigned count = t->resolve(name, AF_UNSPEC, found, ADDRESSES_MAX, e);

	for (unsigned i = 0; i < count; i++) {
		struct span one = span_of(&found[i]);

		if (!span_list_add(&t->excluded, &one))
			return out_of_memory(e);
	}
	return count > 0;
}

bool targets_exclude(struct targets *t, const char *text, struct err *e)
{
	struct target_word word;

	if (!target_word_parse(text, &word, e))
		return false;
	if (word.ports[0])
		return err_set(e, STATUS_USAGE,
			       "%.100s: hosts are excluded with all their ports; leave out :%.40s",
			       text, word.ports);
	if (!word.span.family)
		return exclude_host(t, word.name, e);
	return span_list_add(&t->excluded, &word.span) || out_of_memory(e);
}

bool targets_exclude_file(struct targets *t, const char *path, struct err *e)
{
	struct target_list *list = target_list_open(path, e);
	const char *word;
	bool ok = list != NULL;

	while (ok && target_list_next(list, &word, &ok, e)) {
		ok = targets_exclude(t, word, e);
		if (!ok)
			target_list_blame(list, e);
	}
	target_list_close(list);
	return ok;
}
