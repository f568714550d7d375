# tests/unit: one cmocka program a module, all run by `make check`.
#
# To add one: write tests/unit/test_NAME.c and put tests/unit/test_NAME here. It is linked with every
# library of ours (LDADD in Makefile.am). Headers that tests share go into unit_headers.

unit_tests =
unit_tests += tests/unit/test_base
unit_tests += tests/unit/test_buffers
unit_tests += tests/unit/test_conn_close
unit_tests += tests/unit/test_conn_open
unit_tests += tests/unit/test_conn_transfer
unit_tests += tests/unit/test_options
unit_tests += tests/unit/test_seq
unit_tests += tests/unit/test_addr
unit_tests += tests/unit/test_craft
unit_tests += tests/unit/test_decode
unit_tests += tests/unit/test_decode_icmp
unit_tests += tests/unit/test_decode_ip
unit_tests += tests/unit/test_guard
unit_tests += tests/unit/test_privilege
unit_tests += tests/unit/test_route

unit_headers = tests/unit/frames.h

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
EXTRA_DIST += $(unit_headers)
