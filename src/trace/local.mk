# src/trace: the tracker. To add a module, add its name below (headers too, for the tarball).
noinst_LIBRARIES += src/libtrace.a
src_libtrace_a_CPPFLAGS = $(AM_CPPFLAGS)
src_libtrace_a_SOURCES = \
	src/trace/classify.c \
	src/trace/ends.c \
	src/trace/equations.c \
	src/trace/flow.h \
	src/trace/flows.c \
	src/trace/flows.h \
	src/trace/judge.c \
	src/trace/names.c \
	src/trace/notes.c \
	src/trace/ranges.c \
	src/trace/states.c \
	src/trace/summary.c \
	src/trace/trace.c \
	src/trace/trace.h
