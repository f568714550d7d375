/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet_form.h - the marks of HTML, or of Markdown, around the parts of a sheet; for sheet.c only. */
#ifndef TCPSHAKE_VIEW_SHEET_FORM_H
#define TCPSHAKE_VIEW_SHEET_FORM_H

struct sheet_form {
	const char *ending;
	const char *head, *tail;
	const char *title, *title_end, *paragraph, *paragraph_end;
	const char *table, *table_end, *row, *row_end, *heading, *heading_end, *cell, *cell_end;
	const char *rule;			/* under a cell of the headings */
	const char *strong, *strong_end, *line; /* line: to write on */
	const char *list, *list_end, *item, *item_end;
};

/* By the ending of a file's name; NULL: neither. */
const struct sheet_form *sheet_form(const char *path);

#endif
