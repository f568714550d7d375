# src/view: narration, JSON, capture files. To add a module, add its name below (headers too, for the tarball).
noinst_LIBRARIES += src/libview.a
src_libview_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS) $(JANSSON_CFLAGS)
src_libview_a_SOURCES = \
	src/view/anatomy.c \
	src/view/anatomy.h \
	src/view/anatomy_fields.c \
	src/view/anatomy_priv.h \
	src/view/anatomy_sum.c \
	src/view/box.c \
	src/view/box.h \
	src/view/catalogue.c \
	src/view/catalogue.h \
	src/view/diagram.c \
	src/view/diagram.h \
	src/view/header_words.c \
	src/view/header_words.h \
	src/view/headers.c \
	src/view/headers.h \
	src/view/hexdump.c \
	src/view/hexdump.h \
	src/view/exercise.c \
	src/view/exercise.h \
	src/view/exercise_answer.c \
	src/view/exercise_order.c \
	src/view/exercise_solve.c \
	src/view/exercise_words.c \
	src/view/json.c \
	src/view/json_fields.c \
	src/view/json_fields.h \
	src/view/json_get.h \
	src/view/json_layers.c \
	src/view/json_step.c \
	src/view/ladder.c \
	src/view/ladder.h \
	src/view/layers.c \
	src/view/layers.h \
	src/view/line.c \
	src/view/line.h \
	src/view/narrate.c \
	src/view/narrate.h \
	src/view/narrate_step.c \
	src/view/narrate_summary.c \
	src/view/ops.h \
	src/view/option.c \
	src/view/option.h \
	src/view/part.c \
	src/view/pcapfile.c \
	src/view/pcapfile.h \
	src/view/pool.c \
	src/view/pool.h \
	src/view/probe_csv.c \
	src/view/probe_fields.c \
	src/view/probe_json.c \
	src/view/probe_keep.c \
	src/view/probe_keep.h \
	src/view/probe_priv.h \
	src/view/probe_stats.c \
	src/view/probe_stats.h \
	src/view/probe_summary.c \
	src/view/probe_table.c \
	src/view/probe_view.c \
	src/view/probe_view.h \
	src/view/progress.c \
	src/view/progress.h \
	src/view/report.c \
	src/view/report.h \
	src/view/report_data.c \
	src/view/report_html.c \
	src/view/report_keep.c \
	src/view/report_layers.c \
	src/view/report_md.c \
	src/view/report_plot.c \
	src/view/report_priv.h \
	src/view/report_svg.c \
	src/view/report_words.c \
	src/view/sheet.c \
	src/view/sheet.h \
	src/view/sheet_form.c \
	src/view/sheet_form.h \
	src/view/terminal.c \
	src/view/text.c \
	src/view/text.h \
	src/view/verdict.c \
	src/view/verdict.h \
	src/view/view.c \
	src/view/view.h \
	src/view/words.c \
	src/view/words.h

# The page of a report is made of these files, and compiled in. A new one is named here and in report.html.
report_files = src/view/report/report.html src/view/report/embed.awk src/view/report/anatomy.css \
	src/view/report/anatomy.js src/view/report/ladder.js src/view/report/plot.js \
	src/view/report/report.css src/view/report/report.js src/view/report/states.js
nodist_src_libview_a_SOURCES = src/view/report_page.c
CLEANFILES += src/view/report_page.c
EXTRA_DIST += $(report_files)

src/view/report_page.c: $(report_files)
	$(AM_V_GEN)$(MKDIR_P) src/view && $(AWK) -v folder='$(srcdir)/src/view/report' \
		-f $(srcdir)/src/view/report/embed.awk $(srcdir)/src/view/report/report.html >$@-t && mv $@-t $@
