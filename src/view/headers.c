/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headers.c - the tables of header fields; see headers.h. What single values mean is in
 * header_words.c. */
#include "view/headers.h"

#include "view/header_words.h"

/* IEEE 802.3 */
static const struct header_field ethernet[] = {
	{ "eth_dst", "destination", "destination", 0, 48, FORM_BYTES,
	  "the next station's hardware address", NULL, NULL },
	{ "eth_src", "source", "source", 48, 48, FORM_BYTES, "the sending card's hardware address",
	  NULL, NULL },
	{ "ethertype", "EtherType", "type", 96, 16, FORM_HEX, "what the frame carries",
	  word_ethertype, NULL },
	{ 0 },
};

/* IEEE 802.1Q: the EtherType before it said that it follows. */
static const struct header_field vlan[] = {
	{ "pcp", "priority", "PCP", 0, 3, FORM_NUMBER, "priority, 0 to 7", NULL, NULL },
	{ "dei", "drop eligible", "D", 3, 1, FORM_NUMBER, "may be dropped first", NULL, NULL },
	{ "vlan", "VLAN", "VLAN", 4, 12, FORM_NUMBER, "which virtual network", NULL, NULL },
	{ "ethertype", "EtherType", "type", 16, 16, FORM_HEX, "what the frame carries",
	  word_ethertype, NULL },
	{ 0 },
};

/* LINKTYPE_LINUX_SLL: made by the kernel for captures on "any"; no such bytes were on the wire. */
static const struct header_field sll[] = {
	{ "packet_type", "packet type", "packet type", 0, 16, FORM_NUMBER, "which way it went",
	  word_packet_type, NULL },
	{ "arphrd", "device type", "device", 16, 16, FORM_NUMBER, "the kind of interface",
	  word_arphrd, NULL },
	{ "addr_len", "address length", "addr len", 32, 16, FORM_NUMBER,
	  "bytes of the address that count", NULL, NULL },
	{ "address", "sender's address", "address", 48, 64, FORM_BYTES, "hardware address", NULL,
	  NULL },
	{ "ethertype", "EtherType", "type", 112, 16, FORM_HEX, "what the frame carries",
	  word_ethertype, NULL },
	{ 0 },
};

/* LINKTYPE_LINUX_SLL2 */
static const struct header_field sll2[] = {
	{ "ethertype", "EtherType", "type", 0, 16, FORM_HEX, "what the frame carries",
	  word_ethertype, NULL },
	{ "reserved", "reserved", "reserved", 16, 16, FORM_NUMBER, "must be zero", NULL, NULL },
	{ "ifindex", "interface index", "interface", 32, 32, FORM_NUMBER,
	  "the kernel's number of the interface", NULL, NULL },
	{ "arphrd", "device type", "device", 64, 16, FORM_NUMBER, "the kind of interface",
	  word_arphrd, NULL },
	{ "packet_type", "packet type", "way", 80, 8, FORM_NUMBER, "which way it went",
	  word_packet_type, NULL },
	{ "addr_len", "address length", "addr len", 88, 8, FORM_NUMBER,
	  "bytes of the address that count", NULL, NULL },
	{ "address", "sender's address", "address", 96, 64, FORM_BYTES, "hardware address", NULL,
	  NULL },
	{ 0 },
};

static const struct header_field loopback[] = {
	{ "family", "address family", "family", 0, 32, FORM_HEX,
	  "what follows, as the capturing system numbers it", NULL, say_family },
	{ 0 },
};

/* RFC 791 section 3.1; DSCP of RFC 2474 and ECN of RFC 3168 where it had the type of service. */
static const struct header_field ipv4[] = {
	{ "version", "version", "version", 0, 4, FORM_NUMBER, "of the Internet Protocol", NULL,
	  NULL },
	{ "ihl", "header length", "IHL", 4, 4, FORM_NUMBER, "words of header", NULL, say_words },
	{ "dscp", "service class", "DSCP", 8, 6, FORM_NUMBER,
	  "how routers are to treat it (RFC 2474)", word_dscp, NULL },
	{ "ecn", "congestion", "ECN", 14, 2, FORM_NUMBER, "explicit congestion (RFC 3168)",
	  word_ecn, NULL },
	{ "total_len", "total length", "total length", 16, 16, FORM_NUMBER,
	  "bytes of the packet, header included", NULL, say_ip_len },
	{ "id", "identification", "identification", 32, 16, FORM_NUMBER,
	  "the same in all fragments of a packet", NULL, NULL },
	{ "rf", "reserved", "RF", 48, 1, FORM_NUMBER, "must be zero", NULL, NULL },
	{ "df", "don't fragment", "DF", 49, 1, FORM_NUMBER, "routers may not cut it up", NULL,
	  NULL },
	{ "mf", "more fragments", "MF", 50, 1, FORM_NUMBER, "this is not the last piece", NULL,
	  NULL },
	{ "fragment", "fragment offset", "fragment offset", 51, 13, FORM_NUMBER,
	  "place of this piece, in units of 8 bytes", NULL, NULL },
	{ "ttl", "time to live", "TTL", 64, 8, FORM_NUMBER, "routers that it may still pass", NULL,
	  NULL },
	{ "protocol", "protocol", "protocol", 72, 8, FORM_NUMBER, "what the packet carries",
	  word_protocol, NULL },
	{ "checksum", "header checksum", "header checksum", 80, 16, FORM_HEX,
	  "of this header alone", NULL, say_ip4_checksum },
	{ "src", "source", "source", 96, 32, FORM_ADDRESS, "who sends", NULL, NULL },
	{ "dst", "destination", "destination", 128, 32, FORM_ADDRESS, "who is meant", NULL, NULL },
	{ 0 },
};

/* RFC 8200 section 3 */
static const struct header_field ipv6[] = {
	{ "version", "version", "version", 0, 4, FORM_NUMBER, "of the Internet Protocol", NULL,
	  NULL },
	{ "dscp", "service class", "DSCP", 4, 6, FORM_NUMBER,
	  "how routers are to treat it (RFC 2474)", word_dscp, NULL },
	{ "ecn", "congestion", "ECN", 10, 2, FORM_NUMBER, "explicit congestion (RFC 3168)",
	  word_ecn, NULL },
	{ "flow_label", "flow label", "flow label", 12, 20, FORM_HEX,
	  "the same in all packets of a flow (RFC 6437)", NULL, NULL },
	{ "payload_len", "payload length", "payload length", 32, 16, FORM_NUMBER,
	  "bytes after this header", NULL, say_ip_len },
	{ "next_header", "next header", "next header", 48, 8, FORM_NUMBER, "what follows",
	  word_protocol, NULL },
	{ "ttl", "hop limit", "hop limit", 56, 8, FORM_NUMBER, "routers that it may still pass",
	  NULL, NULL },
	{ "src", "source", "source", 64, 128, FORM_ADDRESS, "who sends", NULL, NULL },
	{ "dst", "destination", "destination", 192, 128, FORM_ADDRESS, "who is meant", NULL, NULL },
	{ 0 },
};

#define NEXT_HEADER                                                                             \
	{                                                                                       \
		"next_header", "next header", "next header", 0, 8, FORM_NUMBER, "what follows", \
			word_protocol, NULL                                                     \
	}
#define EXTENSION_LEN                                                               \
	{                                                                           \
		"ext_len", "length", "length", 8, 8, FORM_NUMBER,                   \
			"units of 8 bytes after the first", NULL, say_extension_len \
	}

static const struct header_field ip6_options[] = { NEXT_HEADER, EXTENSION_LEN, { 0 } };

static const struct header_field ip6_routing[] = {
	NEXT_HEADER,
	EXTENSION_LEN,
	{ "type", "routing type", "type", 16, 8, FORM_NUMBER, "how the rest is to be read",
	  word_routing, NULL },
	{ "segs_left", "segments left", "segments left", 24, 8, FORM_NUMBER,
	  "stations still to be visited", NULL, NULL },
	{ 0 },
};

static const struct header_field ip6_fragment[] = {
	NEXT_HEADER,
	{ "reserved", "reserved", "reserved", 8, 8, FORM_NUMBER, "must be zero", NULL, NULL },
	{ "fragment", "fragment offset", "fragment offset", 16, 13, FORM_NUMBER,
	  "place of this piece, in units of 8 bytes", NULL, NULL },
	{ "res", "reserved", "res", 29, 2, FORM_NUMBER, "must be zero", NULL, NULL },
	{ "mf", "more fragments", "M", 31, 1, FORM_NUMBER, "this is not the last piece", NULL,
	  NULL },
	{ "fragment_id", "identification", "identification", 32, 32, FORM_NUMBER,
	  "the same in all fragments of a packet", NULL, NULL },
	{ 0 },
};

static const struct header_field ip6_authentication[] = {
	NEXT_HEADER,
	{ "ext_len", "length", "length", 8, 8, FORM_NUMBER, "words of 4 bytes, less 2", NULL,
	  say_extension_len },
	{ "reserved", "reserved", "reserved", 16, 16, FORM_NUMBER, "must be zero", NULL, NULL },
	{ "spi", "security index", "security parameters index", 32, 32, FORM_HEX,
	  "which agreement between the ends", NULL, NULL },
	{ "ah_seq", "sequence number", "sequence number", 64, 32, FORM_NUMBER,
	  "counts packets, against replay", NULL, NULL },
	{ 0 },
};

/* RFC 9293 section 3.1; AE of RFC 9768, CWR and ECE of RFC 3168. */
static const struct header_field tcp[] = {
	{ "sport", "source port", "source port", 0, 16, FORM_NUMBER, "which program sends", NULL,
	  NULL },
	{ "dport", "destination port", "destination port", 16, 16, FORM_NUMBER,
	  "which program is meant", NULL, NULL },
	{ "seq", "sequence number", "sequence number", 32, 32, FORM_NUMBER,
	  "of the SYN or the first byte", NULL, say_seq },
	{ "ack", "acknowledgement", "acknowledgement number", 64, 32, FORM_NUMBER,
	  "the next number expected", NULL, say_ack },
	{ "offset", "data offset", "offset", 96, 4, FORM_NUMBER, "words of header", NULL,
	  say_words },
	{ "reserved", "reserved", "rsrvd", 100, 3, FORM_NUMBER, "must be zero", NULL, NULL },
	{ "flag_ae", "AE", "AE", 103, 1, FORM_NUMBER, "accurate ECN (RFC 9768)", NULL, NULL },
	{ "flag_cwr", "CWR", "CWR", 104, 1, FORM_NUMBER, "congestion window reduced (RFC 3168)",
	  NULL, NULL },
	{ "flag_ece", "ECE", "ECE", 105, 1, FORM_NUMBER, "congestion was met (RFC 3168)", NULL,
	  say_ece },
	{ "flag_urg", "URG", "URG", 106, 1, FORM_NUMBER, "the urgent pointer counts", NULL, NULL },
	{ "flag_ack", "ACK", "ACK", 107, 1, FORM_NUMBER, "the acknowledgement counts", NULL, NULL },
	{ "flag_psh", "PSH", "PSH", 108, 1, FORM_NUMBER, "hand it to the program at once", NULL,
	  NULL },
	{ "flag_rst", "RST", "RST", 109, 1, FORM_NUMBER, "reset: the connection is thrown away",
	  NULL, NULL },
	{ "flag_syn", "SYN", "SYN", 110, 1, FORM_NUMBER, "synchronize: seq is the initial one",
	  NULL, NULL },
	{ "flag_fin", "FIN", "FIN", 111, 1, FORM_NUMBER, "finished: no more text will follow", NULL,
	  NULL },
	{ "win", "window", "window", 112, 16, FORM_NUMBER, "how much more I have room for", NULL,
	  say_window },
	{ "checksum", "checksum", "checksum", 128, 16, FORM_HEX,
	  "of pseudo-header, header and text", NULL, say_tcp_checksum },
	{ "urg", "urgent pointer", "urgent pointer", 144, 16, FORM_NUMBER,
	  "end of urgent text, from seq on", NULL, say_urgent },
	{ 0 },
};

static const struct header headers[HEADER_COUNT] = {
	[HEADER_ETHERNET] = { "ethernet", "Ethernet", "IEEE 802.3", LAYER_LINK, true, REST_NONE,
			      ethernet },
	[HEADER_VLAN] = { "vlan", "VLAN tag", "IEEE 802.1Q", LAYER_LINK, false, REST_NONE, vlan },
	[HEADER_SLL] = { "sll", "Linux cooked capture, version 1", "LINKTYPE_LINUX_SLL", LAYER_LINK,
			 true, REST_NONE, sll },
	[HEADER_SLL2] = { "sll2", "Linux cooked capture, version 2", "LINKTYPE_LINUX_SLL2",
			  LAYER_LINK, true, REST_NONE, sll2 },
	[HEADER_LOOPBACK] = { "loopback", "BSD loopback", "LINKTYPE_NULL", LAYER_LINK, true,
			      REST_NONE, loopback },
	[HEADER_IPV4] = { "ipv4", "IPv4", "RFC 791 3.1", LAYER_NETWORK, false, REST_IP4_OPTIONS,
			  ipv4 },
	[HEADER_IPV6] = { "ipv6", "IPv6", "RFC 8200 3", LAYER_NETWORK, false, REST_NONE, ipv6 },
	[HEADER_IP6_HOP_BY_HOP] = { "hop_by_hop", "IPv6 hop-by-hop options", "RFC 8200 4.3",
				    LAYER_NETWORK, false, REST_IP6_OPTIONS, ip6_options },
	[HEADER_IP6_DESTINATION] = { "destination", "IPv6 destination options", "RFC 8200 4.6",
				     LAYER_NETWORK, false, REST_IP6_OPTIONS, ip6_options },
	[HEADER_IP6_ROUTING] = { "routing", "IPv6 routing header", "RFC 8200 4.4", LAYER_NETWORK,
				 false, REST_BYTES, ip6_routing },
	[HEADER_IP6_FRAGMENT] = { "fragment", "IPv6 fragment header", "RFC 8200 4.5", LAYER_NETWORK,
				  false, REST_NONE, ip6_fragment },
	[HEADER_IP6_AUTHENTICATION] = { "authentication", "IP authentication header", "RFC 4302 2",
					LAYER_NETWORK, false, REST_BYTES, ip6_authentication },
	[HEADER_IP6_OTHER] = { "extension", "IPv6 extension header", "RFC 6564 4", LAYER_NETWORK,
			       false, REST_BYTES, ip6_options },
	[HEADER_TCP] = { "tcp", "TCP", "RFC 9293 3.1", LAYER_TRANSPORT, false, REST_TCP_OPTIONS,
			 tcp },
};

const struct header *header_info(enum header_kind kind)
{
	return &headers[kind];
}

size_t header_fixed_len(const struct header *h)
{
	const struct header_field *f = h->fields;

	while (f[1].name)
		f++;
	return (f->bit + f->bits) / 8;
}

uint32_t header_value(const struct header_field *f, const uint8_t *header)
{
	uint32_t v = 0;

	for (unsigned bit = f->bit; bit < f->bit + f->bits; bit++)
		v = v << 1 | (header[bit / 8] >> (7 - bit % 8) & 1);
	return v;
}

const char *header_value_word(const struct header_field *f, uint32_t value)
{
	return f->word ? f->word(value) : NULL;
}

const char *header_layer_name(enum header_layer layer)
{
	static const char *const names[] = { "link", "network", "transport" };

	return names[layer];
}
