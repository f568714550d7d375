# tests/net: Python scripts (standard library only, TAP) that run the program against real servers in
# namespaces of their own.
#
# To add one: write tests/net/test_NAME.py and put it into net_tests. What tests import goes into
# net_modules.

net_tests = tests/net/test_guard.py tests/net/test_wire.py

net_modules = tests/net/netlib.py

# Small C programs that the tests run in a namespace.
net_programs = tests/net/guard_probe tests/net/wire_probe

if HAVE_PYTHON3
check_PROGRAMS += $(net_programs)
TESTS += $(net_tests)
endif
EXTRA_DIST += $(net_tests) $(net_modules)
