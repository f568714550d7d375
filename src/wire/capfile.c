/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capfile.c - frames out of a capture file, with libpcap; see capfile.h. */
#include "wire/capfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct capfile {
	int fd;
	pcap_t *pcap;
	uint64_t frames;
	enum hexin_form form;
	int asked;	/* link type of a text */
	uint8_t *frame; /* of a text; NULL: it is a capture */
	char *text;
	struct hexin hexin;
	char name[256];
};

struct capfile *capfile_open(const char *path, struct err *e)
{
	struct capfile *c = calloc(1, sizeof(*c));
	bool standard_input = strcmp(path, "-") == 0;

	if (!c) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	snprintf(c->name, sizeof(c->name), "%s", standard_input ? "(standard input)" : path);
	c->asked = HEXIN_LINK_ANY;
	c->fd = standard_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
				 open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (c->fd >= 0)
		return c;
	err_set(e, STATUS_APP, "cannot read %s: %s", c->name, strerror(errno));
	free(c);
	return NULL;
}

void capfile_close(struct capfile *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap);
	close(c->fd);
	free(c->frame);
	free(c->text);
	free(c);
}

void capfile_expect(struct capfile *c, enum hexin_form form, int link)
{
	c->form = form;
	c->asked = link;
}

/* A pipe, into a file that has no name. */
static bool keep(struct capfile *c, struct err *e)
{
	FILE *file = tmpfile();
	char bytes[65536];
	ssize_t n;

	if (!file)
		return err_set(e, STATUS_APP,
			       "cannot keep %s in a temporary file: %s; --flow reads it only once",
			       c->name, strerror(errno));
	while ((n = read(c->fd, bytes, sizeof(bytes))) > 0)
		if (fwrite(bytes, 1, (size_t)n, file) != (size_t)n)
			break;
	if (n || fflush(file)) {
		err_set(e, STATUS_APP, "cannot keep %s in a temporary file: %s", c->name,
			strerror(errno));
		fclose(file);
		return false;
	}
	close(c->fd);
	c->fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	fclose(file);
	return c->fd >= 0 || err_set(e, STATUS_APP, "%s: %s", c->name, strerror(errno));
}

static bool is_known(int link_type)
{
	static const int known[] = { LINK_NULL, LINK_ETHERNET, LINK_RAW,       14,
				     101,	LINK_LOOP,     LINK_LINUX_SLL, LINK_LINUX_SLL2,
				     LINK_IPV4, LINK_IPV6 };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i] == link_type)
			return true;
	return false;
}

/* Whether the file begins as a capture does. What was read is put back: it can be a pipe. */
static bool has_magic(FILE *file)
{
	static const uint8_t magics[][4] = {
		{ 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0x3c, 0x4d },
		{ 0x4d, 0x3c, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 },
		{ 0x0a, 0x0d, 0x0d, 0x0a },
	};
	uint8_t bytes[4];
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	bool known = false;

	for (size_t i = 0; n == sizeof(bytes) && i < ARRAY_LEN(magics); i++)
		known |= !memcmp(bytes, magics[i], sizeof(bytes));
	while (n)
		if (ungetc(bytes[--n], file) == EOF)
			return false;
	return known;
}

/* All of it, up to a bound. */
static bool read_text(struct capfile *c, FILE *file, size_t *len, struct err *e)
{
	size_t size = 0;

	free(c->text);
	c->text = NULL;
	for (*len = 0;; *len += fread(c->text + *len, 1, size - *len, file)) {
		char *more;

		if (*len < size)
			return !ferror(file) ||
			       err_set(e, STATUS_APP, "%s: not a capture file that can be read: %s",
				       c->name, strerror(errno));
		if (size >= CAPFILE_TEXT_MAX)
			return err_set(
				e, STATUS_APP,
				"%s: a text of more than %u MiB; text2pcap makes a capture of it",
				c->name, CAPFILE_TEXT_MAX >> 20);
		size = size ? size * 2 : 65536;
		more = realloc(c->text, size);
		if (!more)
			return err_set(e, STATUS_APP, "out of memory");
		c->text = more;
	}
}

static bool is_text(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < ' ' && !memchr("\t\n\r\f", bytes[i], 4))
			return false;
	return len > 0;
}

/* A text that was not asked for may as well be a file that has nothing to do with frames. */
static bool begin_text(struct capfile *c, FILE *file, struct err *e)
{
	struct err why = { 0 };
	size_t len;

	if (!read_text(c, file, &len, e))
		return false;
	if (!len)
		return err_set(e, STATUS_APP, "%s: it is empty, not even a header is there",
			       c->name);
	if (c->form == HEXIN_ANY && !is_text(c->text, len))
		return err_set(e, STATUS_APP,
			       "%s: not a capture file that can be read, and no text; tcpdump -w "
			       "makes one",
			       c->name);
	if (!c->frame && !(c->frame = malloc(HEXIN_FRAME_MAX)))
		return err_set(e, STATUS_APP, "out of memory");
	if (hexin_begin(&c->hexin, c->text, len, c->form, c->asked, c->frame, &why))
		return true;
	if (c->form == HEXIN_ANY)
		return err_set(e, STATUS_APP,
			       "%s: not a capture file, and no hex dump or base64: %s", c->name,
			       why.text);
	return err_set(e, STATUS_APP, "%s: %s", c->name, why.text);
}

/* libpcap's own words tell what is wrong, but not what to make of it. */
static bool not_a_capture(const struct capfile *c, const char *words, struct err *e)
{
	off_t size = lseek(c->fd, 0, SEEK_END);

	if (size == 0)
		return err_set(e, STATUS_APP, "%s: it is empty, not even a header is there",
			       c->name);
	return err_set(e, STATUS_APP,
		       "%s: not a capture file that can be read: %s; tcpdump -w makes one", c->name,
		       words);
}

bool capfile_begin(struct capfile *c, bool again, struct err *e)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	const char *name;
	FILE *file;
	int fd;

	if (c->pcap)
		pcap_close(c->pcap);
	c->pcap = NULL;
	c->frames = 0;
	if (lseek(c->fd, 0, SEEK_SET) < 0 && again && !keep(c, e))
		return false;
	(void)lseek(c->fd, 0, SEEK_SET);
	fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 3);
	file = fd >= 0 ? fdopen(fd, "rb") : NULL;
	if (!file) {
		if (fd >= 0)
			close(fd);
		return err_set(e, STATUS_APP, "cannot read %s: %s", c->name, strerror(errno));
	}
	if (c->form != HEXIN_ANY || !has_magic(file)) {
		bool good = begin_text(c, file, e);

		fclose(file);
		return good;
	}
	c->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, words);
	if (!c->pcap) {
		fclose(file);
		return not_a_capture(c, words, e);
	}
	if (is_known(pcap_datalink(c->pcap)))
		return true;
	name = pcap_datalink_val_to_name(pcap_datalink(c->pcap));
	return err_set(e, STATUS_APP,
		       "%s: frames of link type %d (%s) are not understood; Ethernet, Linux cooked "
		       "(1 and 2), raw IP and BSD loopback are",
		       c->name, pcap_datalink(c->pcap), name ? name : "unknown");
}

static int next_of_text(struct capfile *c, struct frame *f, struct err *e)
{
	struct err why = { 0 };
	int got = hexin_next(&c->hexin, f, &why);

	if (got < 0)
		err_set(e, STATUS_APP, "%s: %s", c->name, why.text);
	return got;
}

int capfile_next(struct capfile *c, struct frame *f, struct err *e)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	if (c->frame)
		return next_of_text(c, f, e);
	switch (pcap_next_ex(c->pcap, &header, &bytes)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK: /* the end of the file */
		return 0;
	default:
		err_set(e, STATUS_APP, "%s: it ends, or is damaged, inside frame %llu: %s", c->name,
			(unsigned long long)c->frames + 1, pcap_geterr(c->pcap));
		return -1;
	}
	c->frames++;
	f->time_ns =
		(int64_t)((uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec);
	f->bytes = bytes;
	f->captured = header->caplen;
	/* A file may claim less than it has: then it is as long as that. */
	f->length = header->len > header->caplen ? header->len : header->caplen;
	f->link_type = pcap_datalink(c->pcap);
	return 1;
}

int capfile_link_type(const struct capfile *c)
{
	return c->frame ? c->hexin.link_type : pcap_datalink(c->pcap);
}

bool capfile_is_text(const struct capfile *c)
{
	return c->frame != NULL;
}

bool capfile_position(const struct capfile *c, uint64_t *at, uint64_t *of)
{
	struct stat file;
	off_t now = c->pcap ? ftello(pcap_file(c->pcap)) : -1;

	if (now < 0 || fstat(c->fd, &file) || !S_ISREG(file.st_mode))
		return false;
	*at = (uint64_t)now;
	*of = (uint64_t)file.st_size;
	return true;
}
