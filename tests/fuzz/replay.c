/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c - the main of a fuzz target without libFuzzer: runs files and prints TAP.
 *
 *     fuzz_NAME                runs $top_srcdir/tests/fuzz/corpus/NAME
 *     fuzz_NAME FILE|FOLDER... runs these: an input that scripts/fuzz found, under gdb or with gcc
 *
 * The name of each file is printed before it runs, so that the last one is to blame. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fuzz/fuzz.h"

static unsigned ran;

static void give_up(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL, *copy;
	size_t len = 0, room = 0, n;

	if (!f)
		give_up(path);
	printf("# %s\n", path);
	fflush(stdout);
	do {
		if (len == room) {
			room = room ? 2 * room : 4096;
			bytes = realloc(bytes, room);
			if (!bytes)
				give_up(path);
		}
		n = fread(bytes + len, 1, room - len, f);
		len += n;
	} while (n);
	if (ferror(f))
		give_up(path);
	fclose(f);
	copy = exact_copy(bytes, len);
	free(bytes);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	ran++;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Files in the order of their names; false when @path is no folder. */
static bool run_folder(const char *path)
{
	struct dirent **entries;
	char file[PATH_MAX];
	int n = scandir(path, &entries, visible, alphasort);

	if (n < 0 && errno == ENOTDIR)
		return false;
	if (n < 0)
		give_up(path);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		run_file(file);
		free(entries[i]);
	}
	free(entries);
	return true;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	const char *top = getenv("top_srcdir");
	char folder[PATH_MAX];

	for (int i = 1; i < argc; i++)
		if (!run_folder(argv[i]))
			run_file(argv[i]);
	if (argc == 1) {
		snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", top ? top : ".",
			 strncmp(name, "fuzz_", 5) ? name : name + 5);
		run_folder(folder);
	}
	printf("%sok 1 - %s: %u inputs\n1..1\n", ran ? "" : "not ", name, ran);
	return !ran;
}
