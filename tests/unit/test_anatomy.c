/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_anatomy.c - what a reader sees of a segment taken apart: whole texts against files, in every width,
 * and what no frame may ever do to the page. */
#include "frames.h"
#include "told.h"
#include "view/anatomy.h"
#include "view/line.h"

/* Anatomies, as one text. */
struct pages {
	FILE *out;
	char *text;
	size_t len;
};

static void begin(struct pages *p)
{
	p->text = NULL;
	p->out = open_memstream(&p->text, &p->len);
	assert_non_null(p->out);
}

static void finish(struct pages *p)
{
	fclose(p->out);
	free(p->text);
}

static void print_frame(struct pages *p, bool color, unsigned width, const struct bytes *bytes,
			size_t captured, int link)
{
	struct frame f = { .bytes = bytes->b,
			   .captured = (uint32_t)captured,
			   .length = (uint32_t)bytes->len,
			   .link_type = link };
	struct trace_step step = { .number = 2 };
	struct packet packet;

	packet_decode(&f, &packet);
	step.seg = packet.seg;
	anatomy_print_width(p->out, color, width, &step, &packet, &f);
	fflush(p->out);
}

static void print_whole(struct pages *p, unsigned width, const struct bytes *bytes, int link)
{
	print_frame(p, false, width, bytes, bytes->len, link);
}

static struct bytes frame;

static void put_ethernet(bool v6)
{
	frame.len = 0;
	put_hex(&frame, "020000000001 020000000002");
	put16(&frame, v6 ? 0x86dd : 0x0800);
}

static void put_vlan_frame(const char *text)
{
	frame.len = 0;
	put_hex(&frame, "020000000001 020000000002 8100 6005 0800");
	put_packet(&frame, false, text, strlen(text));
}

static const char request[] = "GET / HTTP/1.1\r\nHost: server.example\r\n\r\n";

static void wide__as_in_the_file(void **unused)
{
	struct pages p;

	begin(&p);
	put_vlan_frame(request);
	print_whole(&p, 100, &frame, LINK_ETHERNET);
	assert_as_in("anatomy-wide.txt", p.text);
	finish(&p);
}

static void narrow__as_in_the_file(void **unused)
{
	struct pages p;

	begin(&p);
	put_vlan_frame(request);
	print_whole(&p, 80, &frame, LINK_ETHERNET);
	print_whole(&p, ANATOMY_WIDTH_MIN, &frame, LINK_ETHERNET);
	assert_as_in("anatomy-narrow.txt", p.text);
	finish(&p);
}

static void links__as_in_the_file(void **unused)
{
	struct pages p;

	begin(&p);
	frame.len = 0;
	put_hex(&frame, "0004 0001 0006 020000000002 0000 0800");
	put_packet(&frame, false, "", 0);
	print_whole(&p, 100, &frame, LINK_LINUX_SLL);
	frame.len = 0;
	put_hex(&frame, "86dd 0000 00000003 0001 04 06 020000000002 0000");
	put_packet(&frame, true, "", 0);
	print_whole(&p, 100, &frame, LINK_LINUX_SLL2);
	frame.len = 0;
	put_hex(&frame, "1e000000");
	put_packet(&frame, true, "", 0);
	print_whole(&p, 100, &frame, LINK_NULL);
	frame.len = 0;
	put_packet(&frame, false, "", 0);
	print_whole(&p, 100, &frame, LINK_RAW);
	assert_as_in("anatomy-links.txt", p.text);
	finish(&p);
}

static void extensions_and_options__as_in_the_file(void **unused)
{
	struct pages p;

	begin(&p);
	put_ethernet(true);
	put_ip6(&frame, 0, 16 + 24 + 8 + 40);
	put_hex(&frame, "2b01 0502 0000 c202 1122 6303 010203 00");
	put_hex(&frame, "2c02 0000 00000000");
	put(&frame, server6.bytes, 16);
	put_hex(&frame, "0600 0000 12345678");
	put_tcp(&frame, true, "", 0);
	print_whole(&p, 100, &frame, LINK_ETHERNET);
	put_ethernet(false);
	put_ip4(&frame, 6, 12 + 40, 0x4000);
	frame.b[14] = 0x48;
	put_hex(&frame, "94040000 0707 04c00002fe 01");
	put_tcp(&frame, false, "", 0);
	print_whole(&p, 100, &frame, LINK_ETHERNET);
	assert_as_in("anatomy-extensions.txt", p.text);
	finish(&p);
}

/* Wrong, half done and cut off: each with its reason. */
static void checksums__as_in_the_file(void **unused)
{
	struct pages p;

	begin(&p);
	frame.len = 0;
	put_packet(&frame, false, "hello", 5);
	set16(&frame, 36, 0xbeef);
	frame.b[8]--;
	print_whole(&p, 100, &frame, LINK_RAW);
	set16(&frame, 36, plain_pseudo(&client4, &server4, 6, 45));
	set16(&frame, 10, 0);
	print_whole(&p, 100, &frame, LINK_RAW);
	print_frame(&p, false, 100, &frame, frame.len - 2, LINK_RAW);
	print_frame(&p, false, 100, &frame, 47, LINK_RAW);
	print_frame(&p, false, 80, &frame, 31, LINK_RAW);
	assert_as_in("anatomy-checksums.txt", p.text);
	finish(&p);
}

/* Columns of the widest line, colours not counted; nothing that a terminal obeys but those. */
static unsigned widest(const char *text)
{
	unsigned width = 0, most = 0;

	for (const char *c = text; *c; c++) {
		if (*c == '\n') {
			most = width > most ? width : most;
			width = 0;
		} else if (*c == '\033') {
			assert_int_equal(c[1], '[');
			c += 2 + strspn(c + 2, "0123456789;");
			assert_int_equal(*c, 'm');
		} else {
			assert_in_range((unsigned char)*c, 0x20, 0x7e);
			width++;
		}
	}
	return most;
}

static void without_colors(char *text)
{
	char *to = text;

	for (const char *c = text; *c; c++) {
		if (*c == '\033')
			c += strcspn(c, "m");
		else
			*to++ = *c;
	}
	*to = '\0';
}

static void colors__change_nothing_else(void **unused)
{
	struct pages plain, colored;

	begin(&plain);
	begin(&colored);
	put_vlan_frame(request);
	print_frame(&plain, false, 100, &frame, frame.len, LINK_ETHERNET);
	print_frame(&colored, true, 100, &frame, frame.len, LINK_ETHERNET);
	assert_non_null(strstr(colored.text, "\033["));
	without_colors(colored.text);
	assert_string_equal(plain.text, colored.text);
	finish(&plain);
	finish(&colored);
}

/* Beside the diagram a field's bytes have the colour of its box. */
static void colors__of_a_field__are_those_of_its_bytes(void **unused)
{
	struct pages p;

	begin(&p);
	put_vlan_frame("");
	print_frame(&p, true, 100, &frame, frame.len, LINK_ETHERNET);
	assert_non_null(strstr(p.text, "\033[36msource port 3337\033[0m"));
	assert_non_null(strstr(p.text, "\033[36m0d\033[0m \033[36m09\033[0m \033[33m1e\033[0m"));
	assert_non_null(strstr(p.text, "\033[33mdestination port 7788\033[0m"));
	finish(&p);
}

static void every_cut_frame__fits_its_page(void **unused)
{
	static const unsigned widths[] = { 1, 72, 80, 97, 98, 100, 250 };

	put_ethernet(true);
	put_ip6(&frame, 0, 8 + 24 + 40 + 50);
	put_hex(&frame, "2b00 0502 0000 0100");
	put_hex(&frame, "0602 0000 00000000");
	put(&frame, server6.bytes, 16);
	put_tcp(&frame, true, "\x1b[2J\x07\r\n\x9b\xff and a rather long text without any newline",
		50);
	for (size_t n = 0; n <= frame.len; n++) {
		for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
			unsigned most = widths[i] < ANATOMY_WIDTH_MIN ? ANATOMY_WIDTH_MIN :
					widths[i] > LINE_WIDTH	      ? LINE_WIDTH :
									widths[i];
			struct pages p;

			begin(&p);
			print_frame(&p, n & 1, widths[i], &frame, n, LINK_ETHERNET);
			if (widest(p.text) > most)
				fail_msg("%zu bytes at %u columns: %u\n%s", n, widths[i],
					 widest(p.text), p.text);
			if (n > 14 && n < frame.len)
				assert_non_null(strstr(p.text, "cut off"));
			else if (n == frame.len)
				assert_null(strstr(p.text, "cut off"));
			finish(&p);
		}
	}
}

/* Any bytes at all, behind a header that lets them be read. */
static void hostile_frames__fit_their_page(void **unused)
{
	uint64_t r = 88172645463325252u;

	for (unsigned round = 0; round < 4000; round++) {
		unsigned width = ANATOMY_WIDTH_MIN + round % 50;
		struct pages p;

		put_ethernet(round & 1);
		for (unsigned i = 0; i < 60 + round % 200; i++) {
			r ^= r << 13;
			r ^= r >> 7;
			r ^= r << 17;
			put8(&frame, (unsigned)(r >> 60 ? (r >> 20) % 12 : r >> 20));
		}
		frame.b[14] = round & 1 ? 0x60 : (uint8_t)(0x45 + round % 11);
		frame.b[round & 1 ? 20 : 23] = round & 1 ? (uint8_t)(r % 61) : 6;
		begin(&p);
		print_frame(&p, round & 2, width, &frame, frame.len, LINK_ETHERNET);
		if (widest(p.text) > (width > LINE_WIDTH ? LINE_WIDTH : width))
			fail_msg("%u columns of %u:\n%s", widest(p.text), width, p.text);
		finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide__as_in_the_file),
		cmocka_unit_test(narrow__as_in_the_file),
		cmocka_unit_test(links__as_in_the_file),
		cmocka_unit_test(extensions_and_options__as_in_the_file),
		cmocka_unit_test(checksums__as_in_the_file),
		cmocka_unit_test(colors__change_nothing_else),
		cmocka_unit_test(colors__of_a_field__are_those_of_its_bytes),
		cmocka_unit_test(every_cut_frame__fits_its_page),
		cmocka_unit_test(hostile_frames__fit_their_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
