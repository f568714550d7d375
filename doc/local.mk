# doc: the man page, the schema of the JSON lines, how the program is built, and what the standards ask of it.
dist_man1_MANS = doc/tcpshake.1
dist_pkgdata_DATA = doc/tcpshake.schema.json
EXTRA_DIST += doc/ARCHITECTURE.md doc/CONFORMANCE.md doc/PACKETDRILL.md doc/PROBE-AT-SCALE.md
