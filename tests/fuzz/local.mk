# tests/fuzz: a libFuzzer target for each parser of outside bytes. Here each is linked with replay.c
# and runs its kept corpus, tests/fuzz/corpus/NAME; scripts/fuzz links the same with libFuzzer.
#
# To add one: tests/fuzz/fuzz_NAME.c with LLVMFuzzerTestOneInput() (fuzz.h), a line here, a corpus.

fuzz_targets =
fuzz_targets += tests/fuzz/fuzz_anatomy
fuzz_targets += tests/fuzz/fuzz_capfile
fuzz_targets += tests/fuzz/fuzz_engine
fuzz_targets += tests/fuzz/fuzz_frame
fuzz_targets += tests/fuzz/fuzz_hexin
fuzz_targets += tests/fuzz/fuzz_icmp
fuzz_targets += tests/fuzz/fuzz_match
fuzz_targets += tests/fuzz/fuzz_options
fuzz_targets += tests/fuzz/fuzz_packetdrill
fuzz_targets += tests/fuzz/fuzz_script
fuzz_targets += tests/fuzz/fuzz_targets
fuzz_targets += tests/fuzz/fuzz_trace

# A library, so that libFuzzer's main() comes first where that is linked.
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz.h
ts_fuzz_libs = tests/fuzz/libreplay.a $(ts_libs) $(ts_libs_needed)
tests_fuzz_fuzz_engine_SOURCES = tests/fuzz/fuzz_engine.c tests/fuzz/engine_peer.c \
	tests/fuzz/engine_watch.c tests/fuzz/engine.h
tests_fuzz_fuzz_anatomy_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_capfile_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_engine_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_frame_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_hexin_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_icmp_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_match_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_options_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_packetdrill_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_script_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_targets_LDADD = $(ts_fuzz_libs)
tests_fuzz_fuzz_trace_LDADD = $(ts_fuzz_libs)

check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
EXTRA_DIST += tests/fuzz/corpus
