/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_http.c - one GET on each connection: what is asked, and the first line of the answer. */
#include <stdio.h>
#include <string.h>

#include "probe/prober_priv.h"

/* RFC 9112 section 3.2: Host is what the user called it, with the port where that is not the usual one. */
size_t prober_request(const struct prober *p, const struct live *l, char *out, size_t size)
{
	char host[300], text[ADDR_TEXT_MAX];
	struct addr plain = l->peer;
	int len;

	plain.scope = 0;
	if (l->result.name && l->port == 80)
		snprintf(host, sizeof(host), "%s", l->result.name);
	else if (l->result.name)
		snprintf(host, sizeof(host), "%s:%u", l->result.name, l->port);
	else if (l->port == 80 && plain.family == AF_INET)
		addr_text(&plain, host);
	else if (l->port == 80)
		snprintf(host, sizeof(host), "[%s]", addr_text(&plain, text));
	else
		addr_port_text(&plain, l->port, host);
	len = snprintf(out, size,
		       "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\n"
		       "Connection: close\r\n\r\n",
		       p->o.path, host, p->o.user_agent);
	return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

/* "HTTP/1.1 200 OK": its number; 0: it is no status line. */
static unsigned status_of(const char *line)
{
	unsigned status;

	return sscanf(line, "HTTP/%*1u.%*1u %3u", &status) == 1 && status >= 100 ? status : 0;
}

/* The engine's deliver(): all is taken, the first line is kept. */
size_t prober_deliver(void *context, const uint8_t *text, size_t len)
{
	struct live *l = context;
	struct probe_result *r = &l->result;
	bool complete = false;

	if (!r->text_bytes && l->sent_us && l->heard_us > l->sent_us)
		r->first_byte_ns = (l->heard_us - l->sent_us) * 1000;
	r->text_bytes += (uint32_t)len;
	if (!l->requested || r->http_status)
		return len;
	for (size_t i = 0; i < len && !complete && l->line_len < sizeof(r->http_line) - 1; i++) {
		complete = text[i] == '\n';
		if (text[i] >= ' ' && text[i] < 0x7f)
			r->http_line[l->line_len++] = (char)text[i];
		else if (text[i] != '\r' && !complete)
			r->http_line[l->line_len++] = '?';
	}
	if (complete || l->line_len == sizeof(r->http_line) - 1)
		r->http_status = status_of(r->http_line);
	return len;
}
