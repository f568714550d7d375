# tests/lint: what the sources promise about themselves.

lint_tests = tests/lint/conformance.sh tests/lint/headers.sh tests/lint/layers.sh tests/lint/listed.sh

TESTS += $(lint_tests)
EXTRA_DIST += $(lint_tests)
