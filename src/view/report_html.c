/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_html.c - the page: its own text (src/view/report/, put into report_page.c by embed.awk) around
 * the data. */
#include "view/report_priv.h"

static void write_lines(const char *const *lines, FILE *out)
{
	for (; *lines; lines++)
		fputs(*lines, out);
}

void report_write_html(const struct report *r, FILE *out)
{
	write_lines(report_page_head, out);
	report_write_data(r, out);
	write_lines(report_page_tail, out);
}
