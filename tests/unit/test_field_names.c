/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_field_names.c - a field that the command language names is the one that the anatomy calls so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "script/fields.h"
#include "view/headers.h"

/* No field is 0, and no two are the same. */
#define TCP_BYTES                                                                                 \
	0x9c, 0x41, 0x1e, 0x6c, 0xd8, 0x28, 0xae, 0xc4, 0x67, 0xac, 0x04, 0x17, 0x5a, 0xd8, 0xfa, \
		0xf0, 0x12, 0x34, 0x13, 0x57

static const uint8_t packet4[] = { 0x45, 0xba, 0, 40, 0x77, 0x88, 0x40, 0,   57, 6,	   0,
				   0,	 192,  0, 2,  1,    198,  51,	100, 2,	 TCP_BYTES };
static const uint8_t packet6[] = { 0x6b, 0xaa, 0xbc, 0xde, 0,	 20,   6, 58,	    0x20, 1, 0x0d,
				   0xb8, 0,    0,    0,	   0,	 0,    0, 0,	    0,	  0, 0,
				   0,	 1,    0x20, 1,	   0x0d, 0xb8, 0, 0,	    0,	  0, 0,
				   0,	 0,    0,    0,	   0,	 0,    2, TCP_BYTES };

static const struct header_field *field_of(enum header_kind kind, const char *name)
{
	const struct header_field *f = header_info(kind)->fields;

	while (f->name && strcmp(f->name, name) != 0)
		f++;
	return f->name ? f : NULL;
}

static uint32_t value_of(const struct header_field *f, enum header_kind kind, const uint8_t *packet,
			 const struct packet *p)
{
	return header_value(f, packet + (kind == HEADER_TCP ? p->transport_at : p->ip_at));
}

/* Each row of the language, against the headers of one packet. */
static void compare(const uint8_t *packet, uint32_t len, enum header_kind ip)
{
	const enum header_kind kinds[] = { HEADER_TCP, ip };
	struct frame frame = {
		.bytes = packet, .captured = len, .length = len, .link_type = LINK_RAW
	};
	struct packet p;

	packet_decode(&frame, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = field_info((enum field)i);
		uint32_t value = 0;
		bool there = info->read(&p, &value);
		unsigned rows = 0;

		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			const struct header_field *f = field_of(kinds[k], info->name);

			if (!f)
				continue;
			rows++;
			assert_true(there);
			assert_int_equal(info->max, UINT32_MAX >> (32 - f->bits));
			assert_int_equal(value, value_of(f, kinds[k], packet, &p));
		}
		/* No fields of a header: the text's length, whether the checksum is right, and what
		 * used to be one field and is two. */
		if (i == FIELD_LEN || i == FIELD_SUM || i == FIELD_TOS)
			assert_int_equal(rows, 0);
		else
			assert_int_equal(rows, there);
	}
	assert_int_equal(p.tos, value_of(field_of(ip, "dscp"), ip, packet, &p) << 2 |
					value_of(field_of(ip, "ecn"), ip, packet, &p));
}

static void language__names_the_same_fields(void **unused)
{
	compare(packet4, sizeof(packet4), HEADER_IPV4);
	compare(packet6, sizeof(packet6), HEADER_IPV6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(language__names_the_same_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
