/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pcapfile.c - frames kept in a capture file come back as they were; failures are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "view/pcapfile.h"

static char path[] = "/tmp/test_pcapfile_XXXXXX";

static int make_file(void **unused)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **unused)
{
	return unlink(path);
}

static const uint8_t bytes[] = { 0x45, 0, 0, 40, 1, 2, 3, 4, 5, 6, 7, 8 };
static const struct frame frames[] = {
	{ .time_ns = 1700000000123456789,
	  .bytes = bytes,
	  .captured = 12,
	  .length = 12,
	  .link_type = LINK_RAW },
	{ .time_ns = 1700000000123456789,
	  .bytes = bytes + 4,
	  .captured = 8,
	  .length = 65000,
	  .link_type = LINK_RAW },
	{ .time_ns = 0, .bytes = bytes, .captured = 0, .length = 60, .link_type = LINK_RAW },
};

static void frames__written__come_back(void **unused)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	struct err e = { 0 };
	const u_char *data;
	struct pcapfile *p = pcapfile_open(path, LINK_RAW, &e);
	pcap_t *in;

	assert_non_null(p);
	for (size_t i = 0; i < ARRAY_LEN(frames); i++)
		assert_true(pcapfile_add(p, &frames[i], &e));
	assert_true(pcapfile_close(p, &e));

	in = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	assert_non_null(in);
	assert_int_equal(pcap_datalink(in), LINK_RAW);
	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		assert_int_equal(pcap_next_ex(in, &h, &data), 1);
		assert_int_equal(h->ts.tv_sec * (int64_t)1000000000 + h->ts.tv_usec,
				 frames[i].time_ns);
		assert_int_equal(h->caplen, frames[i].captured);
		assert_int_equal(h->len, frames[i].length);
		assert_memory_equal(data, frames[i].bytes, frames[i].captured);
	}
	assert_int_equal(pcap_next_ex(in, &h, &data), PCAP_ERROR_BREAK);
	pcap_close(in);
}

/* Nanoseconds, so that two segments of one microsecond stay in order: the magic number says so. */
static void file__is_nanosecond_pcap(void **unused)
{
	struct err e = { 0 };
	struct pcapfile *p = pcapfile_open(path, LINK_ETHERNET, &e);
	uint32_t header[7] = { 0 };
	FILE *f;

	assert_non_null(p);
	assert_true(pcapfile_close(p, &e));
	f = fopen(path, "r");
	assert_int_equal(fread(header, 4, 7, f), 6); /* and nothing behind it */
	fclose(f);
	assert_int_equal(header[0], 0xa1b23c4d);
	assert_true(header[4] > 65575); /* room for whole super-segments */
	assert_int_equal(header[5], 1);
}

static void frame__of_another_link_type__is_refused(void **unused)
{
	struct frame other = frames[0];
	struct err e = { 0 };
	struct pcapfile *p = pcapfile_open(path, LINK_RAW, &e);

	other.link_type = LINK_ETHERNET;
	assert_false(pcapfile_add(p, &other, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_true(pcapfile_add(p, &frames[0], &e)); /* the file is still good */
	assert_true(pcapfile_close(p, &e));
}

static void no_such_folder__is_named(void **unused)
{
	struct err e = { 0 };

	assert_null(pcapfile_open("/nonexistent/x.pcap", LINK_RAW, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "/nonexistent/x.pcap: No such file"));
}

static void full_disk__is_noticed(void **unused)
{
	struct err e = { 0 };
	struct pcapfile *p;

	if (access("/dev/full", W_OK) != 0) {
		print_message("# skip: no /dev/full here\n");
		skip();
	}
	p = pcapfile_open("/dev/full", LINK_RAW, &e);
	assert_non_null(p);
	for (int i = 0; i < 1000 && !e.status; i++)
		pcapfile_add(p, &frames[0], &e);
	assert_int_equal(e.status, STATUS_APP); /* while writing, not only at the end */
	e = (struct err){ 0 };
	assert_false(pcapfile_close(p, &e));
	assert_non_null(strstr(e.text, "No space left"));
}

static void full_disk__small_file__is_noticed_at_the_end(void **unused)
{
	struct err e = { 0 };
	struct pcapfile *p;

	if (access("/dev/full", W_OK) != 0) {
		print_message("# skip: no /dev/full here\n");
		skip();
	}
	p = pcapfile_open("/dev/full", LINK_RAW, &e);
	assert_true(pcapfile_add(p, &frames[0], &e));
	assert_false(pcapfile_close(p, &e));
	assert_non_null(strstr(e.text, "No space left"));
	assert_true(pcapfile_close(NULL, &e));
}

static void time_before_the_epoch__is_kept(void **unused)
{
	struct frame f = frames[0];
	struct err e = { 0 };
	struct pcapfile *p = pcapfile_open(path, LINK_RAW, &e);

	f.time_ns = -1;
	assert_true(pcapfile_add(p, &f, &e));
	f.time_ns = INT64_MIN;
	assert_true(pcapfile_add(p, &f, &e));
	assert_true(pcapfile_close(p, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames__written__come_back),
		cmocka_unit_test(file__is_nanosecond_pcap),
		cmocka_unit_test(frame__of_another_link_type__is_refused),
		cmocka_unit_test(no_such_folder__is_named),
		cmocka_unit_test(full_disk__is_noticed),
		cmocka_unit_test(full_disk__small_file__is_noticed_at_the_end),
		cmocka_unit_test(time_before_the_epoch__is_kept),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
