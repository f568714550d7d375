# tests/sim: the engine on a simulated network; cmocka programs, added as in tests/unit.

sim_tests =
sim_tests += tests/sim/test_sim

if HAVE_CMOCKA
check_PROGRAMS += $(sim_tests)
TESTS += $(sim_tests)
endif
