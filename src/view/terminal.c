/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.c - whether to use colour: decided here and nowhere else. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/view.h"

bool view_want_color(enum view_color choice, FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (choice != VIEW_COLOR_AUTO)
		return choice == VIEW_COLOR_ALWAYS;
	if (no_color && no_color[0]) /* no-color.org: present and not empty */
		return false;
	if (!term || !term[0] || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(out)) == 1;
}
