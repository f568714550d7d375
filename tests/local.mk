# tests: what all test folders share. Every test speaks TAP, through automake's driver.
#
# In the environment of each test: TCPSHAKE (the program just built), top_srcdir, top_builddir
# (absolute). The source may be read-only: write to $TMPDIR or below top_builddir.

TEST_EXTENSIONS = .py .sh
ts_tap = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(ts_tap)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/cmocka-tap.sh
SH_LOG_DRIVER = $(ts_tap)
SH_LOG_COMPILER = bash
PY_LOG_DRIVER = $(ts_tap)
PY_LOG_COMPILER = timeout 600 $(PYTHON3)

AM_TESTS_ENVIRONMENT = \
	TCPSHAKE='$(abs_top_builddir)/tcpshake'; export TCPSHAKE; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	TCPSHAKE_COMPILE='$(COMPILE) $(ts_all_cflags)'; export TCPSHAKE_COMPILE;
ts_all_cflags = $(PCAP_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS) $(MNL_CFLAGS) $(CAPNG_CFLAGS) \
	$(SECCOMP_CFLAGS) $(NETTLE_CFLAGS)

# Code that several test programs share (a simulated network, builders of segments), in tests/kit:
#	tests_libkit_a_SOURCES += tests/kit/NAME.c tests/kit/NAME.h
# and #include "kit/NAME.h". No file of src/ may include it.
if HAVE_CMOCKA
check_LIBRARIES += tests/libkit.a
endif
tests_libkit_a_SOURCES =
tests_libkit_a_SOURCES += tests/kit/bench.c tests/kit/bench.h tests/kit/bench_server.c
tests_libkit_a_SOURCES += tests/kit/dialogue.c tests/kit/dialogue.h
tests_libkit_a_SOURCES += tests/kit/sim.c tests/kit/sim.h tests/kit/sim_priv.h tests/kit/sim_draw.c
tests_libkit_a_SOURCES += tests/kit/sim_net.c tests/kit/sim_end.c tests/kit/sim_came.c tests/kit/sim_sent.c
tests_libkit_a_SOURCES += tests/kit/sim_peer.c tests/kit/sim_peer.h tests/kit/sim_prank.c tests/kit/sim_track.c

EXTRA_DIST += tests/cmocka-tap.sh
