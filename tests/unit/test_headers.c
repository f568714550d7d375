/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_headers.c - the tables of header fields are whole; the headers of a frame are where the decoder has
 * them; the checksums' arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "frames.h"
#include "view/anatomy.h"
#include "view/box.h"
#include "view/layers.h"
#include "view/option.h"

static const struct header_field *field_of(enum header_kind kind, const char *name)
{
	const struct header_field *f = header_info(kind)->fields;

	while (f->name && strcmp(f->name, name) != 0)
		f++;
	return f->name ? f : NULL;
}

/* The diagram's boxes fill each row of 32 bits exactly, and no bit of a header is left out. */
static void tables__cover_every_bit_once(void **unused)
{
	for (int kind = 0; kind < HEADER_COUNT; kind++) {
		const struct header *h = header_info((enum header_kind)kind);
		unsigned next = 0;

		assert_true(h->name && h->label && h->source);
		for (const struct header_field *f = h->fields; f->name; f++) {
			assert_int_equal(f->bit, next);
			next += f->bits;
			assert_true(f->bits > 0 && f->meaning[0]);
			assert_ptr_equal(field_of((enum header_kind)kind, f->name), f);
			assert_in_range(strlen(f->name), 1, 11); /* columns of the list */
			assert_in_range(strlen(f->label), 1, 16);
			if (h->row)
				assert_true(f->bits % 8 == 0);
			else if (f->bits <= 32)
				assert_true(f->bit / 32 == (f->bit + f->bits - 1) / 32);
			else
				assert_true(f->bit % 32 == 0 && f->bits % 32 == 0);
			if (!h->row)
				assert_true(strlen(f->brief) <=
					    (f->bits == 1 ? 3 : 2 * f->bits - 1));
		}
		assert_int_equal(next, 8 * header_fixed_len(h));
	}
	assert_int_equal(header_fixed_len(header_info(HEADER_IPV4)), 20);
	assert_int_equal(header_fixed_len(header_info(HEADER_IPV6)), 40);
	assert_int_equal(header_fixed_len(header_info(HEADER_TCP)), TCP_HEADER_MIN);
}

static void header_field_value__takes_each_field_from_its_place(void **unused)
{
	struct tcp_segment seg = { .src_port = 0x1234,
				   .dst_port = 0xfedc,
				   .seq = 0x89abcdef,
				   .ack = 0x01234567,
				   .data_offset = 15,
				   .reserved = 5,
				   .flags = TCP_FLAG_AE | TCP_FLAG_SYN,
				   .window = 0xa5a5,
				   .checksum = 0xbeef,
				   .urgent = 0x55aa };
	const uint32_t expected[] = { 0x1234, 0xfedc, 0x89abcdef, 0x01234567, 15,     5,
				      1,      0,      0,	  0,	      0,      0,
				      0,      1,      0,	  0xa5a5,     0xbeef, 0x55aa };
	const struct header_field *f = header_fields();

	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		assert_int_equal(header_field_value(&seg, &f[i]), expected[i]);
}

/* A frame, its packet and its layers. */
struct seen {
	struct bytes bytes;
	struct frame frame;
	struct packet packet;
	struct trace_step step;
	struct layers layers;
};

static struct seen seen;

static void look(int link)
{
	seen.frame = (struct frame){ .bytes = seen.bytes.b,
				     .captured = (uint32_t)seen.bytes.len,
				     .length = (uint32_t)seen.bytes.len,
				     .link_type = link };
	packet_decode(&seen.frame, &seen.packet);
	memset(&seen.step, 0, sizeof(seen.step));
	seen.step.seg = seen.packet.seg;
	layers_find(&seen.layers, &seen.step, &seen.packet, &seen.frame);
}

static const struct part *part_of(enum header_kind kind)
{
	for (unsigned i = 0; i < seen.layers.count; i++)
		if (seen.layers.parts[i].header == header_info(kind))
			return &seen.layers.parts[i];
	fail_msg("no header %s", header_info(kind)->name);
	return NULL;
}

static void put_link(int link, bool v6)
{
	seen.bytes.len = 0;
	switch (link) {
	case LINK_ETHERNET:
		put_hex(&seen.bytes, "020000000001 020000000002");
		put_hex(&seen.bytes, "88a8 0064 8100 6005");
		put16(&seen.bytes, v6 ? 0x86dd : 0x0800);
		break;
	case LINK_LINUX_SLL:
		put_hex(&seen.bytes, "0004 0001 0006 020000000002 0000");
		put16(&seen.bytes, v6 ? 0x86dd : 0x0800);
		break;
	case LINK_LINUX_SLL2:
		put16(&seen.bytes, v6 ? 0x86dd : 0x0800);
		put_hex(&seen.bytes, "0000 00000003 0001 04 06 020000000002 0000");
		break;
	case LINK_NULL: /* a little-endian host's */
		put_hex(&seen.bytes, v6 ? "1e000000" : "02000000");
		break;
	case LINK_LOOP:
		put_hex(&seen.bytes, v6 ? "00000018" : "00000002");
		break;
	default:
		break;
	}
}

/* However the frame is wrapped, the parts end where the decoder says that the text begins. */
static void layers__of_every_link_type(void **unused)
{
	static const struct {
		int link;
		unsigned parts;
		const char *first;
	} links[] = {
		{ LINK_ETHERNET, 5, "ethernet" },
		{ LINK_LINUX_SLL, 3, "sll" },
		{ LINK_LINUX_SLL2, 3, "sll2" },
		{ LINK_NULL, 3, "loopback" },
		{ LINK_LOOP, 3, "loopback" },
		{ LINK_RAW, 2, NULL },
		{ LINK_IPV4, 2, NULL },
		{ LINK_IPV6, 2, NULL },
		{ 14, 2, NULL },
		{ 101, 2, NULL },
	};

	for (size_t i = 0; i < 2 * ARRAY_LEN(links); i++) {
		int link = links[i / 2].link;
		bool v6 = i & 1;
		const struct part *last;
		size_t at = 0;

		if (link == (v6 ? LINK_IPV4 : LINK_IPV6))
			continue;
		put_link(link, v6);
		put_packet(&seen.bytes, v6, "hello", 5);
		put_hex(&seen.bytes, "0000 00"); /* padding */
		look(link);
		assert_int_equal(seen.packet.kind, PACKET_TCP);
		assert_int_equal(seen.layers.count, links[i / 2].parts);
		if (links[i / 2].first)
			assert_string_equal(seen.layers.parts[0].header->name, links[i / 2].first);
		for (unsigned n = 0; n < seen.layers.count; n++) {
			assert_int_equal(seen.layers.parts[n].at, at);
			at += seen.layers.parts[n].len;
		}
		last = &seen.layers.parts[seen.layers.count - 1];
		assert_int_equal(last->at, seen.packet.transport_at);
		assert_int_equal(at, seen.packet.text_at);
		assert_int_equal(seen.layers.text_have, 5);
		assert_int_equal(seen.layers.padding, 3);
	}
}

static void layers__ipv6_extension_headers(void **unused)
{
	static const char *const names[] = { "ipv6",	 "hop_by_hop",	   "destination", "routing",
					     "fragment", "authentication", "extension",	  "tcp" };

	seen.bytes.len = 0;
	put_ip6(&seen.bytes, 0, 8 + 8 + 8 + 8 + 16 + 8 + 40 + 5);
	put_hex(&seen.bytes, "3c00 0502 0000 0100");		      /* hop by hop: router alert */
	put_hex(&seen.bytes, "2b00 0104 00000000");		      /* destination: padding */
	put_hex(&seen.bytes, "2c00 0000 00000000");		      /* routing, used up */
	put_hex(&seen.bytes, "3300 0000 12345678");		      /* an atomic fragment */
	put_hex(&seen.bytes, "8702 0000 00000100 00000001 aabbccdd"); /* authentication */
	put_hex(&seen.bytes, "0600 0000 00000000");		      /* mobility */
	put_tcp(&seen.bytes, true, "hello", 5);
	look(LINK_RAW);
	assert_int_equal(seen.packet.kind, PACKET_TCP);
	assert_int_equal(seen.layers.count, ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(seen.layers.parts[i].header->name, names[i]);
	assert_int_equal(header_value(field_of(HEADER_IP6_FRAGMENT, "fragment_id"),
				      part_of(HEADER_IP6_FRAGMENT)->bytes),
			 0x12345678);
	/* Of a real fragment nothing behind its header is taken for TCP. */
	seen.bytes.b[40 + 24 + 3] = 1;
	look(LINK_RAW);
	assert_int_equal(seen.packet.kind, PACKET_FRAGMENT);
	assert_int_equal(seen.layers.count, 5);
}

static void assert_verdict(enum tcp_checksum verdict, struct checksum_made *made)
{
	const struct part *tcp = part_of(HEADER_TCP);

	assert_true(part_checksum(&seen.layers, tcp, made));
	assert_int_equal(made->is, verdict);
	assert_int_equal(seen.packet.seg.checksum_is, verdict);
	assert_int_equal(made->total, made->pseudo + made->header + made->data);
	assert_int_equal(made->complement, 0xffff & ~made->folded);
}

static void checksum__piece_by_piece(void **unused)
{
	struct checksum_made made;

	for (int v6 = 0; v6 < 2; v6++) {
		unsigned pseudo =
			plain_pseudo(v6 ? &client6 : &client4, v6 ? &server6 : &server4, 6, 45);
		size_t field = (v6 ? 40 : 20) + 16;

		seen.bytes.len = 0;
		put_packet(&seen.bytes, v6, "hello", 5); /* of an odd length */
		look(LINK_RAW);
		assert_verdict(TCP_CHECKSUM_OK, &made);
		assert_int_equal(checksum_fold(made.pseudo), pseudo);
		assert_int_equal(made.data, ('h' << 8 | 'e') + ('l' << 8 | 'l') + ('o' << 8));
		assert_int_equal(made.field, made.complement);

		set16(&seen.bytes, field, made.complement ^ 0x0400);
		look(LINK_RAW);
		assert_verdict(TCP_CHECKSUM_BAD, &made);
		assert_int_equal(made.field, made.complement ^ 0x0400);

		set16(&seen.bytes, field, made.complement); /* what it said would be right, is */
		look(LINK_RAW);
		assert_verdict(TCP_CHECKSUM_OK, &made);

		set16(&seen.bytes, field, pseudo);
		look(LINK_RAW);
		assert_verdict(TCP_CHECKSUM_PARTIAL, &made);
	}
}

/* A sum of 0xffff: its complement is 0, and 0xffff in the header is as good. */
static void checksum__of_both_zeros(void **unused)
{
	struct checksum_made made;

	seen.bytes.len = 0;
	put_packet(&seen.bytes, false, "\0\0", 2);
	look(LINK_RAW);
	assert_verdict(TCP_CHECKSUM_OK, &made);
	put16(&seen.bytes, 0);
	seen.bytes.len -= 2;
	set16(&seen.bytes, 60, made.complement); /* the text makes up for what is missing */
	set16(&seen.bytes, 36, 0);
	look(LINK_RAW);
	assert_verdict(TCP_CHECKSUM_OK, &made);
	assert_int_equal(made.complement, 0);
	set16(&seen.bytes, 36, 0xffff);
	look(LINK_RAW);
	assert_verdict(TCP_CHECKSUM_OK, &made);
	assert_int_equal(made.complement, 0);
	assert_int_equal(made.field, 0xffff);
}

static void checksum__behind_a_routing_header__is_of_the_last_station(void **unused)
{
	struct checksum_made made;
	size_t at;

	seen.bytes.len = 0;
	put_ip6(&seen.bytes, 43, 24 + 40 + 5);
	put_hex(&seen.bytes, "0602 0001 00000000");
	put(&seen.bytes, client6.bytes, 16);
	at = seen.bytes.len;
	put_tcp(&seen.bytes, true, "hello", 5);
	finish_sum(&seen.bytes, at, at + 16, plain_pseudo(&client6, &client6, 6, 45));
	look(LINK_RAW);
	assert_verdict(TCP_CHECKSUM_OK, &made);
}

static void checksum__of_cut_text__cannot_be_told(void **unused)
{
	struct checksum_made made;

	seen.bytes.len = 0;
	put_packet(&seen.bytes, false, "hello", 5);
	seen.bytes.len -= 2;
	look(LINK_RAW);
	assert_true(part_checksum(&seen.layers, part_of(HEADER_TCP), &made));
	assert_int_equal(made.is, TCP_CHECKSUM_UNKNOWN);
	assert_int_equal(seen.layers.text_have, 3);
	assert_int_equal(seen.layers.text_len, 5);
}

static void checksum__of_the_ipv4_header(void **unused)
{
	struct checksum_made made;

	seen.bytes.len = 0;
	put_packet(&seen.bytes, false, "hello", 5);
	look(LINK_RAW);
	assert_true(part_checksum(&seen.layers, part_of(HEADER_IPV4), &made));
	assert_int_equal(made.is, TCP_CHECKSUM_OK);
	assert_int_equal(made.pseudo + made.data, 0);
	seen.bytes.b[8]--; /* a router that forgot to reckon it anew */
	look(LINK_RAW);
	assert_true(part_checksum(&seen.layers, part_of(HEADER_IPV4), &made));
	assert_int_equal(made.is, TCP_CHECKSUM_BAD);
	assert_int_equal(made.complement, made.field + 0x100);
	set16(&seen.bytes, 10, 0);
	look(LINK_RAW);
	assert_true(part_checksum(&seen.layers, part_of(HEADER_IPV4), &made));
	assert_int_equal(made.is, TCP_CHECKSUM_PARTIAL);
}

/* A segment whose options are these bytes, right before the text. */
static void look_at_options(const char *hex)
{
	static struct bytes options;

	options.len = 0;
	put_hex(&options, hex);
	seen.bytes.len = 0;
	put_ip4(&seen.bytes, 6, 20 + options.len, 0);
	put_hex(&seen.bytes, "0d09 1e6c d828aec4 67ac0417 0010 faf0 0000 0000");
	seen.bytes.b[32] = (uint8_t)((20 + options.len) / 4 << 4);
	put(&seen.bytes, options.b, options.len);
	look(LINK_RAW);
}

static void options__of_tcp__one_by_one(void **unused)
{
	static const struct {
		const char *hex, *name, *value, *meaning;
	} rows[] = {
		{ "020405b4", "mss", "1460", "the largest segment I can take (RFC 9293 3.7.1)" },
		{ "03030700", "wscale", "7",
		  "shift my window left by this: times 128 (RFC 7323 2.2)" },
		{ "0303ff00", "wscale", "255", "14 is the most" },
		{ "04020000", "sackOK", "", "RFC 2018" },
		{ "080a00000007000000090101", "TS", "7 9", "RFC 7323" },
		{ "050a00000001000000020101", "sack", "1-2", "RFC 2018" },
		{ "1c048005", "uto", "5 minutes", "RFC 5482" },
		{ "1c040005", "uto", "5 seconds", "RFC 5482" },
		{ "2202 0000", "tfo", "", "RFC 7413" },
		{ "2206 01020304 0000", "tfo", "01020304", "RFC 7413" },
		{ "1d06 0102 0304 0000", "ao", "key 1, next 2, code of 2 bytes", "RFC 5925" },
		{ "1e04 8101", "mptcp", "8101", "RFC 8684" },
		{ "fd04 f989", "exp1", "f989", "RFC 4727" },
		{ "4d06 0102 0304 0000", NULL, "01020304", "kind 77" },
		{ "0205 0102 0300 0000", "mss", "010203", "but its length is 5, not 4: not used" },
		{ "01010000", "nop", "", "RFC 9293" },
		{ "00000000", "eol", "", "the options end here" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char value[OPTION_VALUE_MAX], meaning[FIELD_SAID_MAX];
		struct option_walk w;
		const struct part *tcp;
		struct option o;

		look_at_options(rows[i].hex);
		tcp = part_of(HEADER_TCP);
		w = option_walk(tcp);
		assert_int_equal(option_next(&w, &o), OPTION_FOUND);
		assert_int_equal(o.at, 20);
		if (rows[i].name)
			assert_string_equal(o.info->name, rows[i].name);
		else
			assert_null(o.info);
		assert_string_equal(option_value(&seen.layers, tcp, &o, value), rows[i].value);
		if (!strstr(option_meaning(tcp, &o, meaning), rows[i].meaning))
			fail_msg("%s is not in: %s", rows[i].meaning, meaning);
	}
}

static void options__with_impossible_lengths__end_the_walk(void **unused)
{
	static const struct {
		const char *hex;
		unsigned found;
		enum option_result result;
	} rows[] = {
		{ "02010000", 0, OPTION_BAD_LENGTH },	      { "02050000", 0, OPTION_BAD_LENGTH },
		{ "01010102", 3, OPTION_BAD_LENGTH },	      { "00020405", 1, OPTION_DONE },
		{ "020405b40402ff00", 2, OPTION_BAD_LENGTH }, { "", 0, OPTION_DONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum option_result result;
		struct option_walk w;
		struct option o;
		unsigned n = 0;

		look_at_options(rows[i].hex);
		w = option_walk(part_of(HEADER_TCP));
		while ((result = option_next(&w, &o)) == OPTION_FOUND)
			n++;
		assert_int_equal(n, rows[i].found);
		assert_int_equal(result, rows[i].result);
	}
}

static void boxes__belong_to_their_bytes(void **unused)
{
	struct box boxes[BOXES_MAX];
	unsigned count, next = 0;

	seen.bytes.len = 0;
	put_packet(&seen.bytes, false, "", 0);
	look(LINK_RAW);
	count = boxes_of(part_of(HEADER_TCP), boxes);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(boxes[i].bit, next);
		next += boxes[i].bits;
	}
	assert_int_equal(next, 8 * 40);
	assert_string_equal(boxes[box_of_byte(boxes, count, 0)].name, "sport");
	assert_string_equal(boxes[box_of_byte(boxes, count, 7)].name, "seq");
	assert_string_equal(boxes[box_of_byte(boxes, count, 12)].name, "offset");
	assert_string_equal(boxes[box_of_byte(boxes, count, 17)].name, "checksum");
	assert_string_equal(boxes[box_of_byte(boxes, count, 23)].name, "mss");
	assert_string_equal(boxes[box_of_byte(boxes, count, 39)].name, "wscale");
	assert_int_equal(box_of_byte(boxes, count, 40), count);
	/* Neighbours differ in colour, the flags are one. */
	assert_int_not_equal(boxes[0].style, boxes[1].style);
	assert_int_equal(boxes[7].style, boxes[14].style);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables__cover_every_bit_once),
		cmocka_unit_test(header_field_value__takes_each_field_from_its_place),
		cmocka_unit_test(layers__of_every_link_type),
		cmocka_unit_test(layers__ipv6_extension_headers),
		cmocka_unit_test(checksum__piece_by_piece),
		cmocka_unit_test(checksum__of_both_zeros),
		cmocka_unit_test(checksum__behind_a_routing_header__is_of_the_last_station),
		cmocka_unit_test(checksum__of_cut_text__cannot_be_told),
		cmocka_unit_test(checksum__of_the_ipv4_header),
		cmocka_unit_test(options__of_tcp__one_by_one),
		cmocka_unit_test(options__with_impossible_lengths__end_the_walk),
		cmocka_unit_test(boxes__belong_to_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
