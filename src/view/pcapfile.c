/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcapfile.c - keep frames in a capture file; see pcapfile.h.
 *
 * libpcap writes the format; the stream is ours, so that a full disk or a reader that has gone is
 * noticed and named. Frames are kept as captured, nothing is added and nothing repaired. */
#include "view/pcapfile.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN 262144 /* as tcpdump's: more than any frame that we capture */

struct pcapfile {
	pcap_t *dead;
	pcap_dumper_t *dumper;
	FILE *file;
	int link_type;
	int error; /* errno of the first failure */
	char path[256];
};

static bool fail(const struct pcapfile *p, struct err *e)
{
	return err_set(e, STATUS_APP,
		       "cannot write the capture file %s: %s; -w takes another place", p->path,
		       strerror(p->error));
}

struct pcapfile *pcapfile_open(const char *path, int link_type, struct err *e)
{
	struct pcapfile *p = calloc(1, sizeof(*p));
	bool to_stdout = strcmp(path, "-") == 0;

	if (!p) {
		err_set(e, STATUS_APP, "cannot write a capture file: out of memory");
		return NULL;
	}
	snprintf(p->path, sizeof(p->path), "%s", to_stdout ? "(standard output)" : path);
	p->link_type = link_type;
	p->file = to_stdout ? stdout : fopen(path, "wbe");
	if (!p->file) {
		p->error = errno;
		fail(p, e);
		goto out;
	}
	p->dead = pcap_open_dead_with_tstamp_precision(link_type, SNAPLEN,
						       PCAP_TSTAMP_PRECISION_NANO);
	p->dumper = p->dead ? pcap_dump_fopen(p->dead, p->file) : NULL;
	if (p->dumper)
		return p;
	/* Whether the stream is still open depends on where libpcap failed: it is left alone. */
	err_set(e, STATUS_APP, "cannot write the capture file %s: %s", p->path,
		p->dead ? pcap_geterr(p->dead) : "out of memory");
out:
	if (p->dead)
		pcap_close(p->dead);
	free(p);
	return NULL;
}

bool pcapfile_add(struct pcapfile *p, const struct frame *f, struct err *e)
{
	int64_t seconds = f->time_ns / 1000000000, ns = f->time_ns % 1000000000;
	struct pcap_pkthdr h = { .caplen = f->captured, .len = f->length };

	if (p->error)
		return fail(p, e);
	if (f->link_type != p->link_type)
		return err_set(
			e, STATUS_APP,
			"cannot keep a frame of link type %d in %s: a pcap file has one type, "
			"this one's is %d",
			f->link_type, p->path, p->link_type);
	if (ns < 0) {
		seconds--;
		ns += 1000000000;
	}
	h.ts.tv_sec = (time_t)seconds;
	h.ts.tv_usec = (suseconds_t)ns; /* nanoseconds in files of that precision */
	errno = 0;
	pcap_dump((u_char *)p->dumper, &h, f->bytes);
	if (ferror(p->file)) {
		p->error = errno ? errno : EIO;
		return fail(p, e);
	}
	return true;
}

bool pcapfile_close(struct pcapfile *p, struct err *e)
{
	bool good;

	if (!p)
		return true;
	errno = 0;
	/* stdout stays open, the program may have more to say; it is the same stream as the dumper. */
	if (pcap_dump_flush(p->dumper) != 0 && !p->error)
		p->error = errno ? errno : EIO;
	if (p->file != stdout)
		pcap_dump_close(p->dumper);
	pcap_close(p->dead);
	good = !p->error;
	if (!good)
		fail(p, e);
	free(p);
	return good;
}
