/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet_form.c - see sheet_form.h. The page is well-formed XML too, and needs nothing from anywhere. */
#include "view/sheet_form.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"

static const char html_head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	"<title>TCP exercise</title>\n<style>\n"
	":root { color-scheme: light dark }\n"
	"body { font: 16px/1.4 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }\n"
	".wide { overflow-x: auto }\n"
	"table { border-collapse: collapse; font-size: .85em; font-variant-numeric: tabular-nums }\n"
	"th, td { border: 1px solid; padding: .4em; text-align: left; white-space: nowrap }\n"
	"li { margin: .5em 0 }\n"
	".blank { display: inline-block; min-width: 5em; border-bottom: 1px solid }\n"
	"@media print { @page { margin: 12mm } body { font-size: 11pt; margin: 0; max-width: none; padding: 0 }\n"
	" .wide { overflow: visible } table { font-size: 8pt } tr, li { break-inside: avoid } }\n"
	"</style>\n</head>\n<body>\n";

static const struct sheet_form forms[] = {
	{
		.ending = ".html",
		.head = html_head,
		.tail = "</body>\n</html>\n",
		.title = "<h1>",
		.title_end = "</h1>\n",
		.paragraph = "<p>",
		.paragraph_end = "</p>\n",
		.table = "<div class=\"wide\"><table>\n",
		.table_end = "</table></div>\n",
		.row = "<tr>",
		.row_end = "</tr>\n",
		.heading = "<th scope=\"col\">",
		.heading_end = "</th>",
		.cell = "<td>",
		.cell_end = "</td>",
		.rule = "",
		.strong = "<b>",
		.strong_end = "</b>",
		.line = "<span class=\"blank\">&#160;</span>",
		.list = "<ol>\n",
		.list_end = "</ol>\n",
		.item = "<li>",
		.item_end = "</li>\n",
	},
	{
		.ending = ".md",
		.head = "",
		.tail = "",
		.title = "# ",
		.title_end = "\n\n",
		.paragraph = "",
		.paragraph_end = "\n\n",
		.table = "",
		.table_end = "\n",
		.row = "|",
		.row_end = "\n",
		.heading = " ",
		.heading_end = " |",
		.cell = " ",
		.cell_end = " |",
		.rule = "---|",
		.strong = "**",
		.strong_end = "**",
		.line = "\\_\\_\\_\\_\\_\\_\\_\\_",
		.list = "",
		.list_end = "\n",
		.item = "1. ",
		.item_end = "\n",
	},
};

const struct sheet_form *sheet_form(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = strlen(forms[i].ending);

		if (len > n && !strcasecmp(path + len - n, forms[i].ending))
			return &forms[i];
	}
	return NULL;
}
