/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common.h - the options that every command has which makes a connection. */
#ifndef TCPSHAKE_CLI_COMMON_H
#define TCPSHAKE_CLI_COMMON_H

#include "cli/options.h"
#include "drive/station.h"

struct common_options {
	/* connection */
	int only4, only6;
	const char *ifname, *src;
	int64_t src_port, isn, mss, window, wscale, ttl;
	int no_sack, no_timestamps, ecn, nagle;
	int64_t timeout_us, keepalive_us, time_wait_us;
	/* output */
	const char *pcap; /* -w */
	const char *report;
	int json, verbosity, absolute, color;
};

extern const struct option_group common_connection_options, common_output_options;

/* Fill in the defaults. */
void common_init(struct common_options *o);

/**
 * common_station() - what the options mean for connections
 * Return:  false with @e set (STATUS_USAGE) when they contradict each other. */
bool common_station(const struct common_options *o, struct station_options *out, struct err *e);

#endif
