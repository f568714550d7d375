# tests/unit: one cmocka program a module, all run by `make check`.
#
# To add one: write tests/unit/test_NAME.c and put tests/unit/test_NAME here. It is linked with every
# library of ours (LDADD in Makefile.am). Headers that tests share go into unit_headers.

unit_tests =
unit_tests += tests/unit/test_base
unit_tests += tests/unit/test_batch
unit_tests += tests/unit/test_buffers
unit_tests += tests/unit/test_conform_ack
unit_tests += tests/unit/test_conform_close
unit_tests += tests/unit/test_conform_congestion
unit_tests += tests/unit/test_conform_cubic
unit_tests += tests/unit/test_conform_ecn
unit_tests += tests/unit/test_conform_icmp
unit_tests += tests/unit/test_conform_open
unit_tests += tests/unit/test_conform_reset
unit_tests += tests/unit/test_conform_rto
unit_tests += tests/unit/test_conform_sack
unit_tests += tests/unit/test_conform_timestamps
unit_tests += tests/unit/test_conform_window
unit_tests += tests/unit/test_conn_close
unit_tests += tests/unit/test_conn_hand
unit_tests += tests/unit/test_conn_open
unit_tests += tests/unit/test_conn_transfer
unit_tests += tests/unit/test_options
unit_tests += tests/unit/test_pace
unit_tests += tests/unit/test_permute
unit_tests += tests/unit/test_seq
unit_tests += tests/unit/test_session
unit_tests += tests/unit/test_session_batch
unit_tests += tests/unit/test_session_fails
unit_tests += tests/unit/test_session_frames
unit_tests += tests/unit/test_exec
unit_tests += tests/unit/test_exec_duties
unit_tests += tests/unit/test_exec_engine
unit_tests += tests/unit/test_exec_parts
unit_tests += tests/unit/test_exec_segment
unit_tests += tests/unit/test_hand
unit_tests += tests/unit/test_hub
unit_tests += tests/unit/test_loop
unit_tests += tests/unit/test_http
unit_tests += tests/unit/test_cli
unit_tests += tests/unit/test_lessons
unit_tests += tests/unit/test_addr
unit_tests += tests/unit/test_cookie
unit_tests += tests/unit/test_craft
unit_tests += tests/unit/test_decode
unit_tests += tests/unit/test_decode_icmp
unit_tests += tests/unit/test_decode_ip
unit_tests += tests/unit/test_fingerprint
unit_tests += tests/unit/test_flows
unit_tests += tests/unit/test_guard
unit_tests += tests/unit/test_lab_wire
unit_tests += tests/unit/test_privilege
unit_tests += tests/unit/test_route
unit_tests += tests/unit/test_anatomy
unit_tests += tests/unit/test_field_names
unit_tests += tests/unit/test_headers
unit_tests += tests/unit/test_hexin
unit_tests += tests/unit/test_exercise
unit_tests += tests/unit/test_json
unit_tests += tests/unit/test_json_schema
unit_tests += tests/unit/test_ladder
unit_tests += tests/unit/test_narrate
unit_tests += tests/unit/test_pcapfile
unit_tests += tests/unit/test_probe_fields
unit_tests += tests/unit/test_probe_order
unit_tests += tests/unit/test_probe_view
unit_tests += tests/unit/test_progress
unit_tests += tests/unit/test_report
unit_tests += tests/unit/test_script_parse
unit_tests += tests/unit/test_script_parse_bad
unit_tests += tests/unit/test_script_parse_files
unit_tests += tests/unit/test_script_parse_session
unit_tests += tests/unit/test_script_print
unit_tests += tests/unit/test_questions
unit_tests += tests/unit/test_sweep
unit_tests += tests/unit/test_sweep_run
unit_tests += tests/unit/test_target_list
unit_tests += tests/unit/test_targets
unit_tests += tests/unit/test_targets_many
unit_tests += tests/unit/test_targets_word
unit_tests += tests/unit/test_trace_any
unit_tests += tests/unit/test_trace_close
unit_tests += tests/unit/test_trace_handshake
unit_tests += tests/unit/test_trace_transfer
unit_tests += tests/unit/test_record
unit_tests += tests/unit/test_script_build
unit_tests += tests/unit/test_script_match
unit_tests += tests/unit/test_script_packetdrill
unit_tests += tests/unit/test_script_values

# With a clock of their own in place of the loop's: see clock.h. Before the libraries, so not in libkit.a.
ts_clock = tests/unit/clock.c tests/unit/clock.h
ts_scene = tests/unit/scene.c tests/unit/scene_wire.c tests/unit/scene.h $(ts_clock)
tests_unit_test_exec_SOURCES = tests/unit/test_exec.c $(ts_scene)
tests_unit_test_exec_duties_SOURCES = tests/unit/test_exec_duties.c $(ts_scene)
tests_unit_test_exec_engine_SOURCES = tests/unit/test_exec_engine.c $(ts_scene)
tests_unit_test_exec_parts_SOURCES = tests/unit/test_exec_parts.c $(ts_scene)
tests_unit_test_exec_segment_SOURCES = tests/unit/test_exec_segment.c $(ts_scene)
tests_unit_test_hand_SOURCES = tests/unit/test_hand.c $(ts_clock)
tests_unit_test_hub_SOURCES = tests/unit/test_hub.c $(ts_clock)

unit_headers = tests/unit/frames.h
unit_headers += tests/unit/observed.h tests/unit/told.h
unit_headers += tests/unit/probed.h tests/data/probe-all.txt tests/data/probe-few.txt tests/data/probe-many.txt \
	tests/data/probe-repeat.txt
unit_headers += tests/unit/script_text.h
unit_headers += tests/unit/scripted.h
unit_headers += tests/data/packetdrill/everything.pkt tests/data/packetdrill/everything.txt \
	tests/data/packetdrill/two-connections.pkt tests/data/packetdrill/two-connections.txt
unit_headers += tests/data/anatomy-checksums.txt tests/data/anatomy-extensions.txt \
	tests/data/anatomy-links.txt tests/data/anatomy-narrow.txt tests/data/anatomy-wide.txt
unit_headers += tests/data/narration-absolute.txt tests/data/narration-quiet.txt \
	tests/data/narration-ten-steps.txt tests/data/narration-trouble.txt tests/data/narration-verbose.txt

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
EXTRA_DIST += $(unit_headers)
