/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise.c - asks an exercise, line by line, grades the answers and says why. */
#include "cli/exercise.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "view/catalogue.h"
#include "view/line.h"
#include "view/sheet.h"

#define TRIES	   3u
#define LINE_MAX_A 256u /* of an answer; what is longer is cut */

enum { KIND_BLANKS, KIND_ORDER };

void exercise_options_init(struct exercise_options *o)
{
	*o = (struct exercise_options){ .kind = -1, .seed = -1 };
}

bool exercise_options_ok(const struct exercise_options *o, const struct common_options *common,
			 const char *path, struct err *e)
{
	if (o->kind < 0)
		return !(o->sheet || o->key || o->count || o->seed >= 0) ||
		       err_set(e, STATUS_USAGE,
			       "--seed, --count, --sheet and --key are for --exercise");
	if (o->key && !o->sheet)
		return err_set(e, STATUS_USAGE, "--key goes with --sheet, which names the file");
	if (o->sheet)
		return sheet_name_ok(o->sheet, e);
	if (common->json)
		return err_set(e, STATUS_USAGE, "--exercise talks to people: leave out --json");
	return strcmp(path, "-") != 0 ||
	       err_set(e, STATUS_USAGE,
		       "--exercise: answers come from standard input; name the capture file");
}

/* ---- asking ---- */

struct asker {
	struct exercise *x;
	bool color, ended;
	unsigned asked, right;
	uint64_t told; /* lessons, a bit each */
};

static void say(const struct asker *a, unsigned indent, enum style style, const char *mark,
		const char *text)
{
	if (text[0])
		line_wrap(stdout, a->color, indent, style, mark, text);
}

static void say_lesson(struct asker *a, enum trace_note note)
{
	if (note >= TRACE_NOTE_COUNT || a->told & (uint64_t)1 << note)
		return;
	a->told |= (uint64_t)1 << note;
	say(a, 4, STYLE_FAINT, "|", catalogue_entry(note)->text);
}

/* A line without blanks around it; false: no more come. */
static bool read_answer(struct asker *a, char line[LINE_MAX_A])
{
	size_t len = 0;
	int c;

	fputs("> ", stdout);
	fflush(stdout);
	while ((c = getchar()) != EOF && c != '\n')
		if (len + 1 < LINE_MAX_A && (len || !isspace(c)))
			line[len++] = isprint(c) ? (char)c : ' ';
	while (len && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
	a->ended = c == EOF && !len;
	if (a->ended || !isatty(STDIN_FILENO)) /* there the terminal has shown what was typed */
		printf("%s\n", line);
	return !a->ended;
}

static void verdict(const struct asker *a, enum style style, const char *words, const char *what)
{
	struct line l;

	line_begin(&l, a->color);
	line_to(&l, 4, 0);
	line_add(&l, style, "%s%s.", words, what);
	line_end(&l, stdout);
}

/* The end of a question: the verdict, and why it is @answer. */
static void settle(struct asker *a, bool right, const char *answer, const char *why)
{
	a->asked++;
	a->right += right;
	verdict(a, right ? STYLE_GOOD : STYLE_BAD, right ? "Right: " : "It is ", answer);
	say(a, 3, STYLE_PLAIN, "", why);
}

static void say_again(const struct asker *a, unsigned tries, const char *hint)
{
	verdict(a, STYLE_BAD, "No", tries + 1 == TRIES ? "; one more try" : "; two more tries");
	say(a, 3, STYLE_PLAIN, "", hint);
}

/* ---- blanks ---- */

static void ask_blank(struct asker *a, unsigned number)
{
	const struct exercise_blank *b = &a->x->blanks[number];
	char question[128], line[LINE_MAX_A], mark[16], answer[EXERCISE_CELL_MAX], why[512];
	bool right = false;
	unsigned tries = 0;

	snprintf(mark, sizeof(mark), "[%u]", number + 1);
	say(a, 0, STYLE_STRONG, mark, exercise_question(a->x, b, question, sizeof(question)));
	while (read_answer(a, line) && !(right = exercise_right(a->x, b, line)) && line[0] &&
	       ++tries < TRIES)
		say_again(a, tries, "");
	if (a->ended)
		return;
	settle(a, right, exercise_answer(a->x, b, answer, sizeof(answer)),
	       exercise_why(a->x, b, why, sizeof(why)));
	say_lesson(a, exercise_lesson(a->x, b));
}

/* ---- order ---- */

/* The first of those that may be the next. */
static unsigned any_next(const struct exercise *x, uint32_t placed)
{
	unsigned which = 0;

	while (placed & 1u << which || exercise_next(x, placed, which))
		which++;
	return which;
}

/* What is wrong with a letter; NULL: nothing. */
static const char *judge_letter(const struct exercise *x, uint32_t placed, char letter)
{
	unsigned which = (unsigned)(toupper((unsigned char)letter) - 'A');
	enum exercise_reason reason;

	if (which >= x->order_count)
		return "that is no letter of the list";
	if (placed & 1u << which)
		return "that one has its place already";
	reason = exercise_next(x, placed, which);
	return reason ? exercise_reason_text(reason) : NULL;
}

/* The next letter of a line; several may be typed at once. */
static bool next_letter(struct asker *a, char line[LINE_MAX_A], size_t *at, char *letter)
{
	while (line[*at] && strchr(" ,>-", line[*at]))
		++*at;
	if (!line[*at]) {
		if (!read_answer(a, line))
			return false;
		*at = strspn(line, " ,>-");
	}
	*letter = line[*at];
	*at += line[*at] != '\0';
	return true;
}

/* A segment gets its place; the one that was named, or when that was wrong, one that is right. */
static void place(struct asker *a, uint32_t *placed, unsigned which, bool right)
{
	const char letter[] = { (char)('A' + which), '\0' };
	char why[512];

	*placed |= 1u << which;
	settle(a, right, letter, exercise_place(a->x, a->x->shuffled[which], why, sizeof(why)));
}

static void ask_order(struct asker *a)
{
	char line[LINE_MAX_A] = "", letter, mark[16];
	uint32_t placed = 0;
	size_t at = 0;

	for (unsigned i = 0; i < a->x->order_count; i++) {
		const char *wrong = NULL;
		unsigned tries = 0;

		snprintf(mark, sizeof(mark), "[%u]", i + 1);
		say(a, 0, STYLE_STRONG, mark, "which letter comes next?");
		while (next_letter(a, line, &at, &letter) &&
		       (wrong = judge_letter(a->x, placed, letter)) && letter && ++tries < TRIES) {
			say_again(a, tries, wrong);
			line[at = 0] = '\0'; /* what was typed behind it does not fit any more */
		}
		if (a->ended)
			return;
		if (wrong)
			line[at = 0] = '\0';
		place(a, &placed,
		      wrong ? any_next(a->x, placed) :
			      (unsigned)(toupper((unsigned char)letter) - 'A'),
		      !wrong);
	}
}

/* ---- both ---- */

static enum status ask(struct asker *a, unsigned questions, bool order, uint64_t seed)
{
	char numbers[160], title[48];

	snprintf(title, sizeof(title), "Exercise, seed %" PRIu64, seed);
	line_rule(stdout, a->color, title);
	say(a, 0, STYLE_PLAIN, "", exercise_rules(order));
	say(a, 0, STYLE_PLAIN, "", exercise_numbers(a->x, numbers, sizeof(numbers)));
	say(a, 0, STYLE_PLAIN, "",
	    "Enter alone shows the answer, and so does the third that is wrong.");
	putchar('\n');
	exercise_show(a->x, a->color, order);
	putchar('\n');
	if (order)
		ask_order(a);
	for (unsigned i = 0; !order && !a->ended && i < questions; i++)
		ask_blank(a, i);
	line_rule(stdout, a->color, "Score");
	printf(a->asked < questions ?
		       "%u of %u right; the answers ended before the other %u questions\n" :
		       "%u of %u right\n",
	       a->right, a->asked, questions - a->asked);
	return a->right == questions ? STATUS_OK : STATUS_CHECK;
}

enum status exercise_run(struct exercise *x, const struct exercise_options *o,
			 const struct common_options *common, struct err *e)
{
	bool order = o->kind == KIND_ORDER;
	uint64_t seed = o->seed < 0 ? 1 : (uint64_t)o->seed;
	struct asker a = { .x = x,
			   .color = view_want_color((enum view_color)common->color, stdout) };
	enum status status;

	if (order ? !exercise_shuffle(x, seed, o->count ? (unsigned)o->count : 12, e) :
		    !exercise_blanks(x, seed, o->count ? (unsigned)o->count : 8, e))
		return e->status;
	if (o->sheet)
		return sheet_save(x, o->sheet, seed, o->key, e) ? STATUS_OK : e->status;
	status = ask(&a, order ? x->order_count : x->blank_count, order, seed);
	if (fflush(stdout) || ferror(stdout)) {
		err_set(e, STATUS_APP, "the output cannot be written");
		return e->status;
	}
	return status;
}
