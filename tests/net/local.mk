# tests/net: Python scripts (standard library only, TAP) that run the program against real servers in
# namespaces of their own.
#
# To add one: write tests/net/test_NAME.py and put it into net_tests. What tests import goes into
# net_modules.

net_tests = tests/net/test_guard.py tests/net/test_wire.py tests/net/test_get.py \
	tests/net/test_peer_view.py tests/net/test_report.py tests/net/test_pcap_json.py tests/net/test_json_schema.py tests/net/test_failures.py \
	tests/net/test_anatomy.py tests/net/test_leftovers.py tests/net/test_exercise.py tests/net/test_explain.py tests/net/test_explain_kinds.py tests/net/test_demo.py tests/net/test_lessons.py tests/net/test_privilege.py \
	tests/net/test_pipe.py tests/net/test_pipe_reader.py tests/net/test_pipe_signals.py \
	tests/net/test_pipe_streams.py tests/net/test_pipe_through.py tests/net/test_pipe_volume.py \
	tests/net/test_badwire.py tests/net/test_bad_scripts.py tests/net/test_step.py tests/net/test_run.py tests/net/test_run_get.py tests/net/test_examples.py \
	tests/net/test_badwire_pipe.py tests/net/test_options_tcp.py tests/net/test_packetdrill.py \
	tests/net/test_probe.py tests/net/test_probe_odd.py tests/net/test_probe_shards.py tests/net/test_probe_wire.py

net_modules = tests/net/browser.py tests/net/explaining.py tests/net/netlib.py tests/net/shake.py tests/net/captures.py tests/net/webservers.py \
	tests/net/odd_server.py tests/net/piping.py tests/net/badwire.py tests/net/rawframes.py \
	tests/net/pd_script.py tests/net/pd_calls.py tests/net/pd_server.py tests/net/pd_bench.py \
	tests/net/packetdrill_suite.py \
	tests/net/probing.py

# Scripts in packetdrill's language, our own.
EXTRA_DIST += tests/data/packetdrill/server-both-ways.pkt tests/data/packetdrill/server-client-closes.pkt \
	tests/data/packetdrill/server-fast-retransmit.pkt tests/data/packetdrill/server-handshake.pkt \
	tests/data/packetdrill/server-no-window-scale.pkt tests/data/packetdrill/server-reset.pkt \
	tests/data/packetdrill/server-server-closes.pkt tests/data/packetdrill/server-timeout.pkt \
	tests/data/packetdrill/server-timestamps.pkt tests/data/packetdrill/server-two-in-turn.pkt \
	tests/data/packetdrill/server-zero-window.pkt

# Small C programs that the tests run in a namespace.
net_programs = tests/net/guard_probe tests/net/wire_probe tests/net/capture_cost tests/net/badwire

# The impaired wire: a process between two devices, see tests/net/wire/main.c.
tests_net_badwire_SOURCES = tests/net/wire/main.c tests/net/wire/dice.c tests/net/wire/dice.h \
	tests/net/wire/frame.c tests/net/wire/frame.h tests/net/wire/lane.c tests/net/wire/lane.h \
	tests/net/wire/port.c tests/net/wire/port.h tests/net/wire/settings.c tests/net/wire/settings.h

if HAVE_PYTHON3
check_PROGRAMS += $(net_programs)
TESTS += $(net_tests)
endif
EXTRA_DIST += scripts/examples $(net_tests) $(net_modules) scripts/bench scripts/bench-wire scripts/bench-probe
