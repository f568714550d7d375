# src/http: libcurl on our connection. To add a module, add a line like the last (headers too, for the tarball).
noinst_LIBRARIES += src/libhttp.a
src_libhttp_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS) $(NETTLE_CFLAGS)
src_libhttp_a_SOURCES =
src_libhttp_a_SOURCES += src/http/body.c src/http/body.h
src_libhttp_a_SOURCES += src/http/door.c src/http/door.h
src_libhttp_a_SOURCES += src/http/http.c src/http/http.h
src_libhttp_a_SOURCES += src/http/url.c src/http/url.h
