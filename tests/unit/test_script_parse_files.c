/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_parse_files.c - scripts in files: include, data file, and what is no file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "script_text.h"

/* Each test has an empty folder of its own, and leaves none behind. */
struct folder {
	char path[64];
};

static void in_folder(const struct folder *f, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", f->path, name);
}

static void put_bytes(const struct folder *f, const char *name, const char *bytes, size_t len)
{
	char path[128];
	FILE *out;

	in_folder(f, name, path);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

static void put(const struct folder *f, const char *name, const char *text)
{
	put_bytes(f, name, text, strlen(text));
}

static int make_folder(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->path, "/tmp/tcpshake-script-XXXXXX");
	*state = f;
	return mkdtemp(f->path) ? 0 : -1;
}

static int remove_folder(void **state)
{
	struct folder *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->path);
	free(f);
	return system(command);
}

static struct script *parse_in(const struct folder *f, const char *name, struct script_error *e)
{
	char path[128];

	in_folder(f, name, path);
	return script_parse_file(path, script_defs, ARRAY_LEN(script_defs), e);
}

/* The file is taken, and prints so. */
static void assert_file_prints(const struct folder *f, const char *name, const char *printed)
{
	struct script_error e;
	struct script *s = parse_in(f, name, &e);
	char *text;

	if (!s)
		fail_msg("%s\n%s", e.err.text, e.excerpt);
	text = print_script(s);
	assert_string_equal(text, printed);
	free(text);
	script_free(s);
}

/* The file is refused; the message begins with @begins behind the folder, and has @piece. */
static void assert_file_refused(const struct folder *f, const char *name, enum status status,
				const char *begins, const char *piece)
{
	char start[192];
	struct script_error e;

	assert_null(parse_in(f, name, &e));
	assert_int_equal(e.err.status, status);
	snprintf(start, sizeof(start), "%s/%s", f->path, begins);
	if (strncmp(e.err.text, start, strlen(start)) || !strstr(e.err.text, piece))
		fail_msg("wanted: %s... %s\nis:     %s", start, piece, e.err.text);
}

static void file__empty__has_no_commands(void **state)
{
	put(*state, "a", "");
	assert_file_prints(*state, "a", "");
}

static void file__that_cannot_be_read__says_why(void **state)
{
	const struct folder *f = *state;
	struct script_error e;
	char path[128];

	assert_file_refused(f, "missing", STATUS_APP, "missing: cannot be read: ", "No such file");
	in_folder(f, "folder", path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_file_refused(f, "folder", STATUS_APP, "folder: cannot be read: ", "a directory");
	in_folder(f, "fifo", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_file_refused(f, "fifo", STATUS_APP, "fifo: cannot be read: ", "a FIFO");
	assert_null(script_parse_file("/dev/zero", NULL, 0, &e));
	assert_string_equal(e.err.text, "/dev/zero: cannot be read: it is a device; name a file");
	assert_string_equal(e.excerpt, "");
}

static void file__too_large__is_refused(void **state)
{
	const struct folder *f = *state;
	char path[128];

	put(f, "large", "syn\n");
	in_folder(f, "large", path);
	assert_int_equal(truncate(path, SCRIPT_TEXT_MAX + 1), 0);
	assert_file_refused(f, "large", STATUS_USAGE, "large: cannot be read: ", "too large");
}

static void file__wrong__names_its_path(void **state)
{
	put(*state, "a", "syn\nsnd\n");
	assert_file_refused(*state, "a", STATUS_USAGE, "a:2:1: snd: no such command", "send?");
}

static void include__commands__take_its_place(void **state)
{
	const struct folder *f = *state;
	char path[128];

	in_folder(f, "sub", path);
	assert_int_equal(mkdir(path, 0700), 0);
	put(f, "a",
	    "include \"sub/b\"\necho $x\nrepeat 2 {\n\tinclude sub/c\n}\ninclude \"sub/c\"\n");
	put(f, "sub/b", "set x 1\ninclude \"c\" # beside b\n");
	put(f, "sub/c", "ack");
	assert_file_prints(f, "a",
			   "set x 1\nsend .\necho \"${x}\"\nrepeat 2 {\n\tsend .\n}\nsend .\n");
}

static void include__errors__have_the_place_in_their_own_file(void **state)
{
	const struct folder *f = *state;

	put(f, "a", "syn\ninclude \"b\"\n");
	put(f, "b", "\n  snd\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:2:3: snd", "send?");
	put(f, "b", "}\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:1: }", "closes nothing");
	put(f, "a", "repeat 2 {\ninclude \"b\"\n}\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:1: }", "closes nothing");
	put(f, "b", "repeat 2 {\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:10: ", "not closed");
	put_bytes(f, "b", "syn\0", 4);
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:4: ", "a NUL byte");
	put(f, "a", "include \"nothing\"\n");
	assert_file_refused(f, "a", STATUS_APP, "a:1:9: include ", "No such file");
	put(f, "a", "include \"/dev/zero\"\n");
	assert_file_refused(f, "a", STATUS_APP, "a:1:9: include /dev/zero", "it is a device");
	put(f, "a", "include \"-\"\n");
	assert_file_refused(f, "a", STATUS_APP, "a:1:9: include ", "No such file");
}

static void include__of_itself__is_refused_by_whatever_path(void **state)
{
	const struct folder *f = *state;
	char from[128], to[128];

	put(f, "a", "include \"a\"\n");
	assert_file_refused(f, "a", STATUS_USAGE, "a:1:9: include: ", "would include itself");
	put(f, "a", "include \"b\"\n");
	put(f, "b", "include \"././a\"\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:9: include: ", "would include itself");
	in_folder(f, "a", from);
	in_folder(f, "hard", to);
	assert_int_equal(link(from, to), 0);
	put(f, "b", "include \"hard\"\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:9: include: ", "would include itself");
	in_folder(f, "soft", to);
	assert_int_equal(symlink(from, to), 0);
	put(f, "b", "include \"soft\"\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:9: include: ", "would include itself");
}

static void include__depth_and_size__are_bounded(void **state)
{
	const struct folder *f = *state;
	char name[8], text[64], *large;

	for (unsigned i = 0; i <= SCRIPT_DEPTH_MAX + 1; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		snprintf(text, sizeof(text), "include \"f%u\"\n", i + 1);
		put(f, name, text);
	}
	assert_file_refused(f, "f0", STATUS_USAGE, "f16:1:9: include: ", "nested too deeply");
	put(f, "f16", "syn\n");
	assert_file_prints(f, "f0", "send S\n");
	/* All files count together: the second copy is too much. */
	large = malloc(SCRIPT_TEXT_MAX);
	assert_non_null(large);
	memset(large, '\n', SCRIPT_TEXT_MAX);
	put_bytes(f, "large", large, SCRIPT_TEXT_MAX / 2);
	put(f, "a", "include \"large\"\ninclude \"large\"\n");
	assert_file_refused(f, "a", STATUS_USAGE, "a:2:9: include ", "too large");
	free(large);
}

/* Blocks of an included file are inside of those around the include. */
static void include__in_blocks__counts_their_depth(void **state)
{
	const struct folder *f = *state;
	char text[512] = "";

	for (unsigned i = 0; i < SCRIPT_DEPTH_MAX; i++)
		strcat(text, "repeat 2 {\n");
	strcat(text, "include \"b\"\n");
	for (unsigned i = 0; i < SCRIPT_DEPTH_MAX; i++)
		strcat(text, "}\n");
	put(f, "a", text);
	put(f, "b", "repeat 2 {\n}\n");
	assert_file_refused(f, "a", STATUS_USAGE, "b:1:10: ", "blocks are nested too deeply");
}

static void data_file__bytes__are_read_when_parsed(void **state)
{
	const struct folder *f = *state;
	struct script_error e;
	struct script *s;
	const struct data *d;
	char path[128], printed[256];

	put_bytes(f, "bytes", "a\0b\xff", 4);
	put(f, "a", "send P. data file \"bytes\"\n");
	s = parse_in(f, "a", &e);
	assert_non_null(s);
	d = &s->commands->specs->data;
	assert_int_equal(d->kind, DATA_BYTES);
	assert_int_equal(d->bytes.count, 1);
	assert_int_equal(d->bytes.pieces->len, 4);
	assert_memory_equal(d->bytes.pieces->bytes, "a\0b\xff", 4);
	in_folder(f, "bytes", path);
	assert_string_equal(d->file, path);
	script_free(s);
	/* Printed as a file again, by a path that holds from anywhere. */
	snprintf(printed, sizeof(printed), "send P. data file \"%s\"\n", path);
	assert_file_prints(f, "a", printed);
}

static void data_file__what_does_not_fit__is_refused(void **state)
{
	const struct folder *f = *state;
	char path[128];

	put(f, "a", "write file \"/dev/zero\"\n");
	assert_file_refused(f, "a", STATUS_APP, "a:1:12: data file /dev/zero", "it is a device");
	put(f, "a", "send P. data file nothing\n");
	assert_file_refused(f, "a", STATUS_APP, "a:1:19: data file ", "No such file");
	put(f, "large", "");
	in_folder(f, "large", path);
	assert_int_equal(truncate(path, 65496), 0);
	put(f, "a", "send P. data file large\n");
	assert_file_refused(f, "a", STATUS_USAGE, "a:1:19: data file ", "too large");
	put(f, "a", "send P. len 5 data file large\n");
	assert_int_equal(truncate(path, 4), 0);
	assert_file_refused(f, "a", STATUS_USAGE, "a:1:20: ", "the data has 4 bytes");
	/* Together they may have SCRIPT_DATA_MAX. */
	assert_int_equal(truncate(path, SCRIPT_DATA_MAX - 1), 0);
	put(f, "a", "write file large\nwrite file large\n");
	assert_file_refused(f, "a", STATUS_USAGE, "a:2:12: data file ", "too large");
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(file__empty__has_no_commands),
		IN_FOLDER(file__that_cannot_be_read__says_why),
		IN_FOLDER(file__too_large__is_refused),
		IN_FOLDER(file__wrong__names_its_path),
		IN_FOLDER(include__commands__take_its_place),
		IN_FOLDER(include__errors__have_the_place_in_their_own_file),
		IN_FOLDER(include__of_itself__is_refused_by_whatever_path),
		IN_FOLDER(include__depth_and_size__are_bounded),
		IN_FOLDER(include__in_blocks__counts_their_depth),
		IN_FOLDER(data_file__bytes__are_read_when_parsed),
		IN_FOLDER(data_file__what_does_not_fit__is_refused),
	};

	return cmocka_run_group_tests_name("script_parse_files", tests, NULL, NULL);
}
