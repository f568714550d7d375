/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scripting.c - see scripting.h. */
#include "cli/scripting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "script/print.h"

char *scripting_name(const struct command *c)
{
	char *text = NULL, *newline;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	script_print_command(f, c, 0);
	fclose(f);
	newline = text ? strchr(text, '\n') : NULL;
	if (newline)
		*newline = '\0';
	return text;
}

enum status scripting_error(const struct script_error *e)
{
	err_print(&e->err);
	if (e->excerpt[0])
		fprintf(stderr, "%s\n", e->excerpt);
	return e->err.status;
}

/* A name is the user's, and may be anything: it must not end the comment that it is in. */
static void put_name(FILE *f, const char *path)
{
	for (; *path; path++)
		fputc((unsigned char)*path < ' ' || *path == 0x7f ? '?' : *path, f);
}

bool scripting_save(struct record *r, const char *path, const char *origin, const char *target,
		    struct err *e)
{
	bool to_stdout = !strcmp(path, "-"), failed;
	size_t len;
	const char *text = record_text(r, &len);
	FILE *f;

	if (!text)
		return err_set(e, STATUS_APP,
			       "the script %.200s would be longer than a script may be", path);
	f = to_stdout ? stdout : fopen(path, "wxe");
	if (!f)
		return err_set(e, STATUS_APP, "cannot write the script %.200s: %s%s", path,
			       strerror(errno), errno == EEXIST ? "; another name keeps both" : "");
	fprintf(f,
		"# Recorded from %s. To play it against the same server:\n"
		"#     tcpshake run --target %s ",
		origin, target);
	put_name(f, to_stdout ? "FILE" : path);
	fputs("\n\n", f);
	fwrite(text, 1, len, f);
	failed = fflush(f) || ferror(f);
	if (!to_stdout && fclose(f))
		failed = true;
	return !failed || err_set(e, STATUS_APP, "the script %.200s could not be written whole: %s",
				  path, strerror(errno));
}
