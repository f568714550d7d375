# doc: the man page, and how the program is built.
dist_man1_MANS = doc/tcpshake.1
EXTRA_DIST += doc/ARCHITECTURE.md
