# src/drive: one connection, the wire and a byte stream. To add a module, add a line like the last (headers too, for the tarball).
noinst_LIBRARIES += src/libdrive.a
src_libdrive_a_CPPFLAGS = $(AM_CPPFLAGS)
src_libdrive_a_SOURCES =
src_libdrive_a_SOURCES += src/drive/carrier.c src/drive/carrier.h
src_libdrive_a_SOURCES += src/drive/dial.c src/drive/dial.h
src_libdrive_a_SOURCES += src/drive/guard_pool.c src/drive/guard_pool.h
src_libdrive_a_SOURCES += src/drive/hand.c src/drive/hand.h
src_libdrive_a_SOURCES += src/drive/hub.c src/drive/hub.h
src_libdrive_a_SOURCES += src/drive/link_live.c src/drive/link.h
src_libdrive_a_SOURCES += src/drive/loop.c src/drive/loop.h
src_libdrive_a_SOURCES += src/drive/ours.c src/drive/ours.h
src_libdrive_a_SOURCES += src/drive/prepare.c src/drive/prepare.h
src_libdrive_a_SOURCES += src/drive/session.c src/drive/session.h src/drive/session_priv.h
src_libdrive_a_SOURCES += src/drive/session_stream.c
src_libdrive_a_SOURCES += src/drive/session_wire.c
src_libdrive_a_SOURCES += src/drive/station.c src/drive/station.h
src_libdrive_a_SOURCES += src/drive/watch.h
