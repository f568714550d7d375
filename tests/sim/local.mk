# tests/sim: the engine on a simulated network; cmocka programs, added as in tests/unit.
# scripts/soak runs test_sim for as long as it is told.

sim_tests =
sim_tests += tests/sim/test_sim
tests_sim_test_sim_SOURCES = tests/sim/test_sim.c tests/sim/table.c tests/sim/table.h

if HAVE_CMOCKA
check_PROGRAMS += $(sim_tests)
TESTS += $(sim_tests)
endif
EXTRA_DIST += scripts/soak
