/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_options.c - see probe_options.h. */
#include "cli/probe_options.h"

#include <string.h>
#include <sys/random.h>

#include "base/parse.h"
#include "view/view.h"

#define SET(...)      OPTION_SET(struct probe_options, __VA_ARGS__)
#define NUMBER(...)   OPTION_NUMBER(struct probe_options, __VA_ARGS__)
#define DURATION(...) OPTION_DURATION(struct probe_options, __VA_ARGS__)
#define TEXT(...)     OPTION_TEXT(struct probe_options, __VA_ARGS__)
#define LIST(...)     OPTION_LIST(struct probe_options, __VA_ARGS__)
#define CHOICE(...)   OPTION_CHOICE(struct probe_options, __VA_ARGS__)

#define DAY_US		86400000000
#define RATE_MAX	10000000
#define RATE_DEFAULT	1000
#define RETRIES_DEFAULT 7
#define WAIT_GROWS	3
#define WAIT_US		1000000
#define TIMEOUT_US	10000000
#define SHARDS_MAX	1000000
#define FRAME_HEADERS	400u /* bytes of a frame that is all header, with room to spare */
#define RING_BYTES	(2u << 20)
#define RING_BYTES_HTTP (8u << 20)
#define PATH_MAX_BYTES	512u

/* unsigned shard, shards: "2/8" */
static bool read_shard(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	struct probe_options *o = into;
	const char *slash = strchr(arg, '/');
	char number[16];
	uint64_t i = 0, n = 0;

	(void)row;
	if (slash && (size_t)(slash - arg) < sizeof(number)) {
		memcpy(number, arg, (size_t)(slash - arg));
		number[slash - arg] = '\0';
		if (parse_uint(slash + 1, 1, SHARDS_MAX, &n) && parse_uint(number, 1, n, &i)) {
			o->shard = (unsigned)i;
			o->shards = (unsigned)n;
			return true;
		}
	}
	return err_set(e, STATUS_USAGE, "not I/N with I from 1 to N, as in 2/8");
}

static const struct option_row target_rows[] = {
	LIST(files, "file", 'f', "FILE",
	     "targets from a file too, one a line, # begins a comment; - is\n"
	     "standard input. Of any length"),
	TEXT(ports, "ports", 'P', "LIST", "of targets that name none: 80,443,8000-8010 (80)"),
	LIST(excludes, "exclude", 'x', "TARGET", "an address, prefix or range never to be probed"),
	LIST(exclude_files, "exclude-file", 0, "FILE", "the same from a file, one a line"),
	SET(all_addresses, "all-addresses", 0, 1, "multicast, broadcast and reserved ranges too"),
	NUMBER(seed, "seed", 0, "N", 0, INT64_MAX,
	       "of the order; the same seed gives the same order (random)"),
	{ "shard", 0, "I/N", "only the I-th of N disjoint shares of the order", read_shard, 0, 0, 0,
	  NULL },
};

static const struct option_row probe_rows[] = {
	SET(full, "full", 0, 1, "complete the handshake and close in order (the default)"),
	SET(half, "half", 0, 1, "answer SYN,ACK with RST"),
	TEXT(path, "http", 0, "PATH", "ask each for this path: status line, time to first byte"),
	NUMBER(rate, "rate", 'r', "N", 1, RATE_MAX,
	       "SYNs a second (1000); more than 10000 takes saying so"),
	NUMBER(retries, "retries", 0, "N", 0, SWEEP_ATTEMPTS_MAX - 1,
	       "more SYNs to who does not answer (7)"),
	DURATION(wait_us, "wait", 0, "T", 1000, DAY_US / 24,
		 "for an answer to the first SYN; twice, then four times as long for\n"
		 "later ones (1s)"),
	NUMBER(per_host, "parallel-per-host", 0, "N", 1, 65535,
	       "connections with one host at a time (1)"),
	NUMBER(repeat, "repeat", 'n', "N", 1, INT32_MAX, "probe all so many times"),
	DURATION(interval_us, "interval", 0, "T", 0, DAY_US,
		 "from one time's beginning to the next (1s)"),
	TEXT(resume, "resume", 0, "FILE",
	     "go on where the run ended that wrote this file; an interrupted run\n"
	     "writes it"),
	SET(dry_run, "dry-run", 0, 1, "send nothing: count what would be sent"),
};

/* Those of the common options that mean something here. */
static const struct option_row connection_rows[] = {
	SET(common.only4, "ipv4", '4', 1, "use IPv4 only"),
	SET(common.only6, "ipv6", '6', 1, "use IPv6 only"),
	TEXT(common.ifname, "interface", 'i', "IFACE", "go through this interface"),
	TEXT(common.src, "source", 's', "ADDR", "from this address of ours"),
	NUMBER(common.src_port, "source-port", 'p', "PORT", 1, 65535 - SWEEP_ATTEMPTS_MAX,
	       "from this port and those after it, one for each attempt; else\n"
	       "free ones, at random"),
	NUMBER(common.mss, "mss", 0, "N", 1, 65535,
	       "maximum segment size to announce; else by MTU"),
	NUMBER(common.wscale, "wscale", 0, "N", 0, 14, "window scale to offer, 0 to 14 (8)"),
	NUMBER(common.ttl, "ttl", 0, "N", 1, 255, "time to live, or hop limit (64)"),
	SET(common.no_sack, "no-sack", 0, 1, "do not offer selective acknowledgements"),
	SET(common.no_timestamps, "no-timestamps", 0, 1, "do not offer timestamps"),
	SET(common.ecn, "ecn", 0, 1, "ask for congestion marks in place of losses (ECN)"),
	DURATION(common.timeout_us, "timeout", 0, "T", 1000, DAY_US,
		 "give up an open connection without progress after so long (10s)"),
};

static const struct option_row output_rows[] = {
	TEXT(output, "output", 'o', "FILE", "results into a file; - is standard output"),
	SET(common.json, "json", 0, 1, "one JSON object a line"),
	SET(csv, "csv", 0, 1, "comma-separated values, with a line of names"),
	SET(stream, "stream", 0, 1, "as they come, not sorted"),
	SET(all, "all", 'a', 1, "closed and filtered ones too, one by one, where there are many"),
	SET(common.verbosity, "verbose", 'v', 1, "more of each"),
	SET(common.verbosity, "quiet", 'q', -1, "the summary only"),
	CHOICE(common.color, "color", 0, "WHEN", "auto|always|never", "auto, always or never"),
};

static const char about[] =
	"Handshakes by hand with hosts and whole networks: is it open, how fast, with which options,\n"
	"does it close in order? TARGET is a name, an address, a prefix or a range, with a port or\n"
	"without: example.org, 192.0.2.0/24, 192.0.2.5-9, host:8080, [2001:db8::1]:443. Needs\n"
	"CAP_NET_RAW (sudo, or setcap). Probe only what you may.";

static bool check(const struct probe_options *o, bool targets, struct err *e)
{
	unsigned modes = (unsigned)(o->half + o->full) + (o->path != NULL);

	if (!targets && !o->files.count)
		return err_set(e, STATUS_USAGE, "no target given; see `tcpshake probe --help`");
	if (modes > 1)
		return err_set(e, STATUS_USAGE,
			       "--full, --half and --http exclude each other; give one");
	if (o->common.json && o->csv)
		return err_set(e, STATUS_USAGE, "--json and --csv exclude each other; give one");
	if (o->resume && o->repeat > 1)
		return err_set(e, STATUS_USAGE,
			       "--resume and --repeat exclude each other; give one");
	if (o->path &&
	    (o->path[0] != '/' || strlen(o->path) > PATH_MAX_BYTES || strpbrk(o->path, " \t\r\n")))
		return err_set(e, STATUS_USAGE,
			       "--http %.100s: not a path; it begins with /, and has no spaces",
			       o->path);
	return true;
}

int probe_options_parse(int argc, char **argv, struct probe_options *o, struct err *e)
{
	static const struct option_group groups[] = {
		{ "Targets", target_rows, ARRAY_LEN(target_rows) },
		{ "Probing", probe_rows, ARRAY_LEN(probe_rows) },
		{ "Connection", connection_rows, ARRAY_LEN(connection_rows) },
		{ "Output", output_rows, ARRAY_LEN(output_rows) },
	};
	static const struct option_table table = { "probe", "[options] TARGET...", about, groups,
						   ARRAY_LEN(groups) };
	int first;

	*o = (struct probe_options){
		.rate = RATE_DEFAULT,
		.retries = RETRIES_DEFAULT,
		.wait_us = WAIT_US,
		.repeat = 1,
		.interval_us = 1000000,
		.per_host = 1,
		.shard = 1,
		.shards = 1,
		.seed = -1,
	};
	common_init(&o->common);
	o->common.timeout_us = TIMEOUT_US;
	first = options_parse(argc, argv, &table, o, e);
	if (first > 0 && !check(o, first < argc, e))
		return -1;
	if (first > 0 && o->seed < 0 && o->shards > 1)
		o->seed = 0; /* the other shards are to have the same order */
	if (first > 0 && o->seed < 0) {
		if (getrandom(&o->seed, sizeof(o->seed), 0) < 0)
			o->seed = 0;
		o->seed &= INT64_MAX;
	}
	return first;
}

static int family_of(const struct probe_options *o)
{
	return o->common.only4 ? AF_INET : o->common.only6 ? AF_INET6 : AF_UNSPEC;
}

bool probe_options_targets(const struct probe_options *o, struct targets_options *out,
			   struct err *e)
{
	struct station_options st;

	if (!common_station(&o->common, &st, e))
		return false;
	*out = (struct targets_options){
		.family = st.src.family ? st.src.family : family_of(o),
		.ports = o->ports,
		.all_addresses = o->all_addresses,
	};
	return true;
}

bool probe_options_ways(const struct probe_options *o, struct ways_options *out, struct err *e)
{
	struct station_options st;

	if (!common_station(&o->common, &st, e))
		return false;
	*out = (struct ways_options){
		.family = family_of(o),
		.ifname = o->common.ifname,
		.src = st.src,
		.src_port = st.src_port,
		.ports = (unsigned)o->retries + 1,
		.stamps = o->rate <= PROBER_STAMPS_RATE,
		.ring = { FRAME_HEADERS, RING_BYTES },
	};
	if (o->path)
		out->ring = (struct capture_size){ FRAME_HEADERS + PROBER_WINDOW_HTTP,
						   RING_BYTES_HTTP };
	else if (!o->half)
		out->ring.frame_max += PROBER_WINDOW;
	return true;
}

void probe_options_prober(const struct probe_options *o, struct prober_options *out)
{
	int64_t wait = o->wait_us;

	*out = (struct prober_options){
		.mode = o->path ? PROBER_HTTP :
			o->half ? PROBER_HALF :
				  PROBER_FULL,
		.path = o->path,
		.user_agent = "tcpshake/" PACKAGE_VERSION,
		.seed = (uint64_t)o->seed,
		.rate = (uint64_t)o->rate,
		.attempts = (unsigned)o->retries + 1,
		.timeout_us = o->common.timeout_us,
		.shard = o->shard,
		.shards = o->shards,
		.per_host = (unsigned)o->per_host,
		.ttl = (uint8_t)o->common.ttl,
		.wscale = (uint8_t)o->common.wscale,
		.mss = (uint16_t)o->common.mss,
		.sack = !o->common.no_sack,
		.timestamps = !o->common.no_timestamps,
		.ecn = o->common.ecn,
	};
	for (unsigned a = 0; a < out->attempts; a++) {
		out->wait_us[a] = wait;
		wait = wait * 2 < WAIT_GROWS * o->wait_us ? wait * 2 : WAIT_GROWS * o->wait_us;
	}
}
