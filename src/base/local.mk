# src/base: what every layer may use. To add a module, add a line like the last (headers too, for the tarball).
noinst_LIBRARIES += src/libbase.a
src_libbase_a_CPPFLAGS = $(AM_CPPFLAGS)
src_libbase_a_SOURCES =
src_libbase_a_SOURCES += src/base/err.c src/base/err.h
src_libbase_a_SOURCES += src/base/parse.c src/base/parse.h
