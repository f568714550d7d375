# src/probe: handshake probing of many hosts. To add a module, add a line like the last (headers too, for the tarball).
noinst_LIBRARIES += src/libprobe.a
src_libprobe_a_CPPFLAGS = $(AM_CPPFLAGS)
src_libprobe_a_SOURCES =
src_libprobe_a_SOURCES += src/probe/cookie.c src/probe/cookie.h
src_libprobe_a_SOURCES += src/probe/fingerprint.c
src_libprobe_a_SOURCES += src/probe/fingerprint.h
src_libprobe_a_SOURCES += src/probe/grow.c src/probe/grow.h
src_libprobe_a_SOURCES += src/probe/pace.c src/probe/pace.h
src_libprobe_a_SOURCES += src/probe/permute.c src/probe/permute.h
src_libprobe_a_SOURCES += src/probe/ports.c src/probe/ports_table.c src/probe/ports.h src/probe/ports_bits.h
src_libprobe_a_SOURCES += src/probe/reserved.c src/probe/reserved.h
src_libprobe_a_SOURCES += src/probe/result.c
src_libprobe_a_SOURCES += src/probe/result.h
src_libprobe_a_SOURCES += src/probe/span.c src/probe/span.h
src_libprobe_a_SOURCES += src/probe/sweep.c src/probe/sweep.h
src_libprobe_a_SOURCES += src/probe/target_list.c src/probe/target_list.h
src_libprobe_a_SOURCES += src/probe/target_word.c src/probe/target_word.h
src_libprobe_a_SOURCES += src/probe/targets.c src/probe/targets_index.c src/probe/targets_seal.c \
	src/probe/targets.h src/probe/targets_priv.h
src_libprobe_a_SOURCES += src/probe/busy.c src/probe/busy.h
src_libprobe_a_SOURCES += src/probe/live.c src/probe/live.h
src_libprobe_a_SOURCES += src/probe/order.c src/probe/order.h
src_libprobe_a_SOURCES += src/probe/prober.c src/probe/prober_due.c src/probe/prober_hear.c src/probe/prober_http.c src/probe/prober_round.c \
	src/probe/prober_live.c src/probe/prober_send.c src/probe/prober.h src/probe/prober_priv.h
src_libprobe_a_SOURCES += src/probe/suspect.c src/probe/suspect.h
src_libprobe_a_SOURCES += src/probe/ways.c src/probe/ways_open.c src/probe/ways.h src/probe/ways_priv.h
