/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_capfile.c - whole capture files, pcap and pcapng, through all that `explain` does with them: reader,
 * decoder, table of connections, tracker, record.
 *
 * In: the file. What is recorded must be a script that parses, whatever was captured. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "script/parse.h"
#include "script/record.h"
#include "trace/flows.h"
#include "wire/capfile.h"

#define RECORDS 4u /* of the first connections */

static struct flow_end end_of(const struct addr *a, uint16_t port)
{
	struct flow_end end = { .family = (uint8_t)a->family, .port = port };

	memcpy(end.bytes, a->bytes, sizeof(end.bytes));
	return end;
}

static void take(struct flows *flows, struct record *records[RECORDS], const struct frame *frame)
{
	struct flow_end from, to;
	struct trace_step step;
	const struct flow *f;
	struct packet p;
	struct trace_input in = { .time_ns = frame->time_ns, .seg = &p.seg };

	packet_decode(frame, &p);
	if (p.kind != PACKET_TCP)
		return;
	in.text_cut = p.text_cut;
	from = end_of(&p.src, p.seg.src_port);
	to = end_of(&p.dst, p.seg.dst_port);
	f = flows_segment(flows, &from, &to, &in, &step);
	must(f != NULL && f->number >= 1 && f->number <= flows_count(flows));
	if (f->number > RECORDS)
		return;
	if (in.from == TRACE_CLIENT)
		record_sent(records[f->number - 1], &p.seg, frame->time_ns);
	else
		record_arrived(records[f->number - 1], &p.seg, frame->time_ns);
}

static void check(struct record *r)
{
	struct script_error why;
	struct script *s;
	struct err e = { 0 };
	const char *text;
	size_t len;

	if (!record_end(r, &e)) {
		must(e.status == STATUS_APP && e.text[0]);
		return;
	}
	text = record_text(r, &len);
	must(text != NULL);
	s = script_parse_text("recorded", text, len, NULL, 0, &why);
	if (!s)
		fprintf(stderr, "%s\n%s\n%s", why.err.text, why.excerpt, text);
	must(s != NULL);
	script_free(s);
}

static void read_file(const char *path)
{
	struct record *records[RECORDS];
	struct flows *flows = flows_new();
	struct frame frame;
	struct err e = { 0 };
	struct capfile *c = capfile_open(path, &e);
	int got = -1;

	must(c != NULL && flows != NULL);
	for (unsigned i = 0; i < RECORDS; i++)
		must((records[i] = record_new()) != NULL);
	if (capfile_begin(c, false, &e))
		while ((got = capfile_next(c, &frame, &e)) > 0)
			take(flows, records, &frame);
	must(got == 0 || (e.status == STATUS_APP && e.text[0]));
	for (unsigned i = 0; i < RECORDS; i++) {
		check(records[i]);
		record_free(records[i]);
	}
	flows_free(flows);
	capfile_close(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	char path[64];

	must(fd >= 0);
	must(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_file(path);
	close(fd);
	return 0;
}
