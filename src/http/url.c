/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.c - URLs of the command line; see url.h. */
#include "http/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define ALPHA	 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST_MAX 253u /* characters of a DNS name */

/* RFC 3986 section 3.1; without the "//" a host with a port would look like one. */
static bool has_scheme(const char *s)
{
	size_t n = strspn(s, ALPHA "0123456789+.-");

	return n && strchr(ALPHA, s[0]) && !strncmp(s + n, "://", 3);
}

static bool refuse(struct err *e, const char *s, const char *why, const char *hint)
{
	return err_set(e, STATUS_USAGE, "%.200s: %s; %s", s, why, hint);
}

static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(u, what, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool check_scheme(CURLU *u, const char *s, struct err *e)
{
	char *scheme = part(u, CURLUPART_SCHEME, 0);
	bool http = scheme && !strcmp(scheme, "http"), https = scheme && !strcmp(scheme, "https");

	curl_free(scheme);
	if (https)
		return refuse(e, s, "https is not there yet", "http:// works");
	return http || refuse(e, s, "the scheme is not http", "write http://HOST/PATH");
}

static bool check_no_user(CURLU *u, const char *s, struct err *e)
{
	char *user = part(u, CURLUPART_USER, 0), *password = part(u, CURLUPART_PASSWORD, 0);
	bool none = !user && !password;

	curl_free(user);
	curl_free(password);
	/* Not repeated in the message: it may end up in a log. */
	return none || err_set(e, STATUS_USAGE,
			       "a user or password in a URL is not sent; give it as "
			       "-H 'Authorization: ...'");
}

static bool take_host(CURLU *u, const char *s, struct url *out, struct err *e)
{
	char *host = part(u, CURLUPART_HOST, 0), *zone = part(u, CURLUPART_ZONEID, 0);
	size_t len = host ? strlen(host) : 0;
	const char *from = host;
	bool ok = len > 0 && len <= HOST_MAX;

	if (ok && host[0] == '[') {
		host[len - 1] = '\0';
		from = host + 1;
	}
	if (ok)
		snprintf(out->host, sizeof(out->host), "%s%s%s", from, zone ? "%" : "",
			 zone ? zone : "");
	curl_free(host);
	curl_free(zone);
	return ok || refuse(e, s, len ? "the host name is too long" : "no host in it",
			    "write http://HOST/PATH");
}

static bool take_port(CURLU *u, const char *s, struct url *out, struct err *e)
{
	char *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	uint64_t n = 0;
	bool ok = port && parse_uint(port, 1, 65535, &n);

	curl_free(port);
	out->port = (uint16_t)n;
	return ok || refuse(e, s, "the port is not a number from 1 to 65535",
			    "write http://HOST:PORT/PATH");
}

static bool take_url(CURLU *u, const char *s, struct url *out, struct err *e)
{
	char *text;
	CURLUcode code;

	/* libcurl looks for a host behind a third slash. */
	if (!s[0] || (has_scheme(s) && strstr(s, ":///") == strchr(s, ':')))
		return refuse(e, s, "no host in it", "write http://HOST/PATH");
	if (asprintf(&text, "%s%s", has_scheme(s) ? "" : "http://", s) < 0)
		return err_set(e, STATUS_APP, "out of memory");
	code = curl_url_set(u, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
	free(text);
	if (code == CURLUE_BAD_PORT_NUMBER)
		return refuse(e, s, "the port is not a number from 1 to 65535",
			      "write http://HOST:PORT/PATH");
	if (code == CURLUE_NO_HOST)
		return refuse(e, s, "no host in it", "write http://HOST/PATH");
	if (code)
		return refuse(e, s, curl_url_strerror(code), "write http://HOST/PATH");
	if (!check_scheme(u, s, e) || !check_no_user(u, s, e) || !take_host(u, s, out, e) ||
	    !take_port(u, s, out, e))
		return false;
	/* A fragment is the reader's affair, it is never sent. */
	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	out->text = part(u, CURLUPART_URL, 0);
	return out->text || err_set(e, STATUS_APP, "out of memory");
}

bool url_parse(const char *s, struct url *out, struct err *e)
{
	CURLU *u = curl_url();
	bool ok;

	memset(out, 0, sizeof(*out));
	if (!u)
		return err_set(e, STATUS_APP, "out of memory");
	ok = take_url(u, s, out, e);
	curl_url_cleanup(u);
	return ok;
}

void url_free(struct url *u)
{
	curl_free(u->text);
	u->text = NULL;
}
