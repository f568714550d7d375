/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.h - what `get` and `demo` do alike: fetch URLs over connections of our own making. */
#ifndef TCPSHAKE_CLI_FETCH_H
#define TCPSHAKE_CLI_FETCH_H

#include "cli/common.h"
#include "http/url.h"

struct fetch_plan {
	const struct common_options *common;
	const struct url *urls;
	size_t url_count;
	const struct option_list *headers; /* -H */
	const struct option_list *outputs; /* -o, the first for the first URL, ... */
	const char *user_agent;
	bool http10, fail;
	const char *intro; /* printed before all else, with the narration; or NULL */
};

/**
 * fetch_run() - do it all
 * Opens the handles, gives up privilege, fetches one URL after the other and prints on the way: steps,
 * summaries, errors.
 * Return:  the status of the first failure, STATUS_OK when there was none. Does not return when a
 *          signal ended it. */
enum status fetch_run(const struct fetch_plan *plan);

#endif
