# src/script: the command language of `step` and `run`. To add a module, add a line like the last.
noinst_LIBRARIES += src/libscript.a
src_libscript_a_SOURCES =
src_libscript_a_SOURCES += src/script/script.h
src_libscript_a_SOURCES += src/script/match.h src/script/parse.h src/script/print.h src/script/values.h
src_libscript_a_SOURCES += src/script/build.c src/script/build.h src/script/build_options.c src/script/build_priv.h
src_libscript_a_SOURCES += src/script/fields.c src/script/fields.h
src_libscript_a_SOURCES += src/script/match.c src/script/match_data.c src/script/match_options.c \
	src/script/match_priv.h
src_libscript_a_SOURCES += src/script/packetdrill.c src/script/packetdrill.h src/script/packetdrill_event.c \
	src/script/packetdrill_lex.c src/script/packetdrill_option.c src/script/packetdrill_packet.c \
	src/script/packetdrill_priv.h
src_libscript_a_SOURCES += src/script/values.c
src_libscript_a_SOURCES += src/script/exec.c src/script/exec.h src/script/exec_engine.c src/script/exec_priv.h \
	src/script/exec_conn.c src/script/exec_get.c src/script/exec_parts.c src/script/exec_read.c \
	src/script/exec_segment.c src/script/exec_session.c
src_libscript_a_SOURCES += src/script/propose.c src/script/propose.h
src_libscript_a_SOURCES += src/script/ranges.c src/script/ranges.h
src_libscript_a_SOURCES += src/script/record.c src/script/record.h src/script/record_options.c src/script/record_priv.h \
	src/script/record_wait.c
src_libscript_a_SOURCES += src/script/settings.c src/script/settings.h
src_libscript_a_SOURCES += src/script/arena.c src/script/arena.h src/script/source.c src/script/source.h
src_libscript_a_SOURCES += src/script/lex.c src/script/lex.h src/script/lex_regex.c
src_libscript_a_SOURCES += src/script/parse.c src/script/parse_command.c src/script/parse_data.c \
	src/script/parse_error.c src/script/parse_expect.c src/script/parse_known.c src/script/parse_number.c \
	src/script/parse_options.c src/script/parse_priv.h src/script/parse_segment.c src/script/parse_session.c \
	src/script/parse_set.c src/script/parse_text.c
src_libscript_a_SOURCES += src/script/print.c src/script/print_priv.h src/script/print_segment.c \
	src/script/print_text.c
src_libscript_a_SOURCES += src/script/words.c src/script/words.h
