# src/wire: the network. To add a module, add a line like the last (headers too, for the tarball).
noinst_LIBRARIES += src/libwire.a
src_libwire_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS) $(MNL_CFLAGS) $(CAPNG_CFLAGS) $(SECCOMP_CFLAGS)
src_libwire_a_SOURCES =
src_libwire_a_SOURCES += src/wire/addr.c src/wire/addr.h
src_libwire_a_SOURCES += src/wire/capfile.c src/wire/capfile.h
src_libwire_a_SOURCES += src/wire/batch.c src/wire/batch.h
src_libwire_a_SOURCES += src/wire/capture.c src/wire/capture.h
src_libwire_a_SOURCES += src/wire/checksum.c src/wire/checksum.h
src_libwire_a_SOURCES += src/wire/craft.c src/wire/craft.h
src_libwire_a_SOURCES += src/wire/decode.c src/wire/decode.h
src_libwire_a_SOURCES += src/wire/decode_icmp.c src/wire/decode_ip.c src/wire/decode_tcp.c \
	src/wire/decode_part.h
src_libwire_a_SOURCES += src/wire/guard.c src/wire/guard.h
src_libwire_a_SOURCES += src/wire/hexin.c src/wire/hexin_bare.c src/wire/hexin_dump.c src/wire/hexin.h src/wire/hexin_part.h
src_libwire_a_SOURCES += src/wire/interface.c src/wire/interface.h
src_libwire_a_SOURCES += src/wire/lab.c src/wire/lab_cable.c src/wire/lab_link.c src/wire/lab_server.c src/wire/lab_wire.c \
	src/wire/lab.h src/wire/lab_priv.h src/wire/lab_wire.h
src_libwire_a_SOURCES += src/wire/privilege.c src/wire/privilege.h
src_libwire_a_SOURCES += src/wire/resolve.c src/wire/resolve.h
src_libwire_a_SOURCES += src/wire/route.c src/wire/route.h
src_libwire_a_SOURCES += src/wire/sandbox.c src/wire/sandbox.h
