# src/cli: the commands. To add a module, add a line like the last (headers too, for the tarball).
noinst_LIBRARIES += src/libcli.a
src_libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(READLINE_CFLAGS)
src_libcli_a_SOURCES =
src_libcli_a_SOURCES += src/cli/cli.h
src_libcli_a_SOURCES += src/cli/common.c src/cli/common.h
src_libcli_a_SOURCES += src/cli/demo.c
src_libcli_a_SOURCES += src/cli/exercise.c src/cli/exercise.h src/cli/exercise_show.c
src_libcli_a_SOURCES += src/cli/explain.c src/cli/explain_list.c src/cli/explain_read.c src/cli/explain_report.c \
	src/cli/explain_priv.h src/cli/explain_report.h
src_libcli_a_SOURCES += src/cli/fetch.c src/cli/fetch.h
src_libcli_a_SOURCES += src/cli/get.c
src_libcli_a_SOURCES += src/cli/interrupt.c src/cli/interrupt.h
src_libcli_a_SOURCES += src/cli/lesson.c src/cli/lesson_live.c src/cli/lessons.c src/cli/lesson.h
src_libcli_a_SOURCES += src/cli/options.c src/cli/options.h
src_libcli_a_SOURCES += src/cli/output.c src/cli/output.h
src_libcli_a_SOURCES += src/cli/pipe.c
src_libcli_a_SOURCES += src/cli/probe.c
src_libcli_a_SOURCES += src/cli/probe_options.c src/cli/probe_options.h
src_libcli_a_SOURCES += src/cli/probe_resume.c src/cli/probe_resume.h
src_libcli_a_SOURCES += src/cli/probe_reader.c src/cli/probe_reader.h
src_libcli_a_SOURCES += src/cli/probe_words.c src/cli/probe_words.h
src_libcli_a_SOURCES += src/cli/probe_run.c src/cli/probe_priv.h
src_libcli_a_SOURCES += src/cli/run.c src/cli/run_job.c src/cli/run_compare.c src/cli/run_junit.c src/cli/run_priv.h src/cli/run_report.c \
	src/cli/run_targets.c src/cli/run_tell.c src/cli/run_words.c
src_libcli_a_SOURCES += src/cli/scripting.c src/cli/scripting.h
src_libcli_a_SOURCES += src/cli/step.c src/cli/step_complete.c src/cli/step_conn.c src/cli/step_line.c \
	src/cli/step_lines.c src/cli/step_priv.h src/cli/step_prompt.c src/cli/step_quiz.c src/cli/step_seen.c
src_libcli_a_SOURCES += src/cli/target.c src/cli/target.h
src_libcli_a_SOURCES += src/cli/transfer.c src/cli/transfer.h
src_libcli_a_SOURCES += src/cli/world.c src/cli/world_ends.c src/cli/world_get.c src/cli/world.h src/cli/world_priv.h
