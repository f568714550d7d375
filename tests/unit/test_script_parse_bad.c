/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_parse_bad.c - scripts that are wrong: where, and what is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "script_text.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

struct bad {
	const char *text;
	unsigned line, column;
	const char *piece;
};

static void check_all(const struct bad *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_refused(b[i].text, strlen(b[i].text), b[i].line, b[i].column, b[i].piece);
}

static void bad__verbs(void **unused)
{
	static const struct bad b[] = {
		{ "snd S", 1, 1, "snd: no such command; did you mean send?" },
		{ "\n\n  xyzzy", 3, 3, "xyzzy: no such command; there are" },
		{ "S 0:0(0)", 1, 1, "S: no such command; did you mean send S, or expect S?" },
		{ "SYN", 1, 1, "did you mean syn?" },
		{ "5", 1, 1, "a command is missing, here is \"5\"" },
		{ "}", 1, 1, "} closes nothing" },
		{ "repeat 2 {\n}\n}", 3, 1, "} closes nothing" },
		{ "syn ack", 1, 8, "ack: a number is missing" },
		{ "reset now", 1, 7, "reset: nothing more can follow, here is \"now\"" },
		{ "connect within 1s within 2s", 1, 19, "within is given twice" },
		{ "send\"x\"", 1, 5, "send: a blank is missing" },
		{ "nobody: send S", 1, 1, "nobody: no connection of that name is declared" },
		{ "connection abc\nabd: send S", 2, 1, "did you mean abc?" },
		{ "connection a\na: sleep 1s", 2, 4, "sleep: it is not about one connection" },
		{ "connection a\na: set x 5", 2, 8, "x: no setting of a connection" },
		{ "connection a\na:", 2, 3, "a command is missing, the line ends here" },
		{ "connection a\nconnection a", 2, 12, "a: the connection is declared already" },
		{ "connection 5", 1, 12, "a name is missing" },
		{ "save \"x\"", 1, 1, "save: it is for step" },
		{ "show lst", 1, 6, "did you mean last?" },
		{ "show x", 1, 6, "show: there is no such thing" },
		{ "auto akc on", 1, 6, "did you mean ack?" },
		{ "auto", 1, 5, "auto: a duty is missing, the line ends here" },
		{ "auto ack", 1, 9, "auto: on or off is missing" },
		{ "auto ack yes", 1, 10, "auto: on or off is missing, here is \"yes\"" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__flags(void **unused)
{
	static const struct bad b[] = {
		{ "send", 1, 5, "flags are missing: the line ends here" },
		{ "send s", 1, 6, "did you mean S?" },
		{ "send syn", 1, 6, "did you mean S?" },
		{ "send synack win 5", 1, 6, "did you mean S.?" },
		{ "send SX", 1, 6, "SX: no flags" },
		{ "send SS", 1, 6, "S is there twice" },
		{ "send S.0:0(0)", 1, 6, "S.0:0(0): no flags" },
		{ "send *", 1, 6, "*: what is sent has flags of its own" },
		{ "send <mss 5>", 1, 6, "no flags" },
		{ "expect win 5", 1, 8, "win: no flags" },
		{ "expect", 1, 7, "or * for any" },
		{ "ignore", 1, 7, "flags are missing" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__fields(void **unused)
{
	static const struct bad b[] = {
		{ "send S wni 5", 1, 8, "wni: no such field; did you mean win?" },
		{ "send S qqqqqqq 5", 1, 8, "qqqqqqq: no such field; there are" },
		{ "send S win", 1, 11, "win: a number is missing, the line ends here" },
		{ "send S win x", 1, 12, "win: a number is missing, here is \"x\"" },
		{ "send S win -1", 1, 12, "win: a number is missing, here is \"-1\"" },
		{ "send S win 5x", 1, 12, "win: 5x is no number" },
		{ "send S win 0x", 1, 12, "win: 0x is no number" },
		{ "send S win 1.5", 1, 12, "win: 1.5 is no whole number" },
		{ "send S win 5k", 1, 12, "win: 5k is no number" },
		{ "send S win 70000", 1, 12, "win: 70000 is out of range; 0 to 65535" },
		{ "send S seq 4294967296", 1, 12, "seq: 4294967296 is too large" },
		{ "send S seq 99999999999999999999999999", 1, 12, "is too large" },
		{ "send S seq 0xfffffffffffffffffff", 1, 12, "is too large" },
		{ "send S ack 1 - 2", 1, 12, "ack: -1 is out of range" },
		{ "send S ack 1 +", 1, 15, "ack: a number is missing" },
		{ "send S ack 1+1+1+1+1", 1, 20, "ack: too many terms" },
		{ "send S ttl 256", 1, 12, "ttl: 256 is out of range; 0 to 255" },
		{ "send S reserved 8", 1, 17, "0 to 7" },
		{ "send S offset 16", 1, 15, "0 to 15" },
		{ "send S df 2", 1, 11, "0 to 1" },
		{ "send S ecn 4", 1, 12, "0 to 3" },
		{ "send S len 65496", 1, 12, "0 to 65495" },
		{ "send S len 64k", 1, 12, "len: 65536 is out of range" },
		{ "send S sport 65536", 1, 14, "sport: 65536" },
		{ "send S win 5 win 6", 1, 14, "win is given twice" },
		{ "send S df nodf", 1, 11, "df is given twice" },
		{ "send S 1:2(1) seq 5", 1, 15, "seq is given twice" },
		{ "send S len 5 1:2(1)", 1, 14, "len is given twice" },
		{ "send S win >= 5", 1, 12, "win: what is sent has one value" },
		{ "send S win *", 1, 12, "win: what is sent has one value" },
		{ "send S ack 1..2", 1, 12, "ack: what is sent has one value" },
		{ "expect S win 6..5", 1, 14, "win: nothing is between 6 and 5" },
		{ "expect S win 1..70000", 1, 17, "win: 70000 is out of range" },
		{ "send S win 5 abs", 1, 14, "win: abs goes with seq and ack" },
		{ "send S win == 5", 1, 13, "win: a number is missing" },
		{ "send S , win 5", 1, 8, "a field, options or data should follow, here is \",\"" },
		{ "send S as x", 1, 8, "send: nothing more can follow, here is \"as\"" },
		{ "send S within 1s", 1, 8, "send: nothing more can follow" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__ranges(void **unused)
{
	static const struct bad b[] = {
		{ "send . 1:102(100)", 1, 10, "1 + 100 is 101, not 102; write 1:101(100)" },
		{ "expect . 4294967295:5(5)", 1, 21, "4294967295 + 5 is 4, not 5" },
		{ "send . 1", 1, 9, "a range is seq:end(len); a colon is missing" },
		{ "send . 1:", 1, 10, "seq: a number is missing" },
		{ "send . 1:2", 1, 11, "( is missing" },
		{ "send . 1:2(", 1, 12, "len: a number is missing" },
		{ "send . 1:2(1", 1, 13, ") is missing" },
		{ "send . *:2(1)", 1, 8, "seq: what is sent has one value; * is for expect" },
		{ "send . 1:*(1)", 1, 10, "* is for expect" },
		{ "send . 1:2(*)", 1, 12, "len: what is sent has one value" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__options(void **unused)
{
	static const struct bad b[] = {
		{ "send S <msss 5>", 1, 9, "msss: no such option; did you mean mss?" },
		{ "send S <sackok>", 1, 9, "did you mean sackOK?" },
		{ "send S <qqqqqq>", 1, 9, "qqqqqq: no such option; there are" },
		{ "send S <mss 5", 1, 8, "the options are not closed" },
		{ "send S <mss 5,", 1, 15, "an option is missing, the line ends here" },
		{ "send S <,>", 1, 9, "an option is missing" },
		{ "send S <mss>", 1, 12, "mss: a number is missing" },
		{ "send S <mss 65536>", 1, 13, "mss: 65536 is out of range" },
		{ "send S <wscale 256>", 1, 16, "wscale: 256 is out of range; 0 to 255" },
		{ "send S <mss 5 nop>", 1, 15, "a comma or > is missing between options" },
		{ "send S <mss *>", 1, 13, "mss: what is sent has one value" },
		{ "send S <...>", 1, 9, "... and * are for expect" },
		{ "send S <nop,*>", 1, 13, "... and * are for expect" },
		{ "send S <kind 5>", 1, 9, "kind: any content can only be expected" },
		{ "expect S <kind 256>", 1, 16, "kind: 256 is out of range" },
		{ "send S <TS val 5>", 1, 17, "TS: ecr is missing" },
		{ "send S <TS 5>", 1, 14, "TS ecr: a number is missing" },
		{ "send S <sack>", 1, 13, "sack: a number is missing" },
		{ "send S <sack 5>", 1, 15, "sack: a colon is missing" },
		{ "expect S <sack 1:2 1:2 1:2 1:2 1:2>", 1, 32, "sack: too many blocks" },
		{ "send S <hex>", 1, 12, "hex: digits are missing" },
		{ "send S <hex 0>", 1, 13, "hex: 1 digits are no whole bytes" },
		{ "send S <hex 0g>", 1, 14, "hex: 0g is not hexadecimal" },
		{ "send S <hex 0011223344556677889900112233445566778899001122334455667788990011223344556677889900112233>",
		  1, 13, "hex: 44 bytes are too many" },
		{ "send S <TS,TS,TS,TS,nop>", 1, 8,
		  "the options take 41 bytes; a header has room for 40" },
		{ "send S <mss 5> <nop>", 1, 16, "options are given twice" },
	};
	char many[256] = "expect S <nop";

	check_all(b, ARRAY_LEN(b));
	for (unsigned i = 0; i < 40; i++)
		strcat(many, ",nop");
	assert_refused(many, strlen(many), 1, 171, "too many options");
}

static void bad__data_and_strings(void **unused)
{
	static const struct bad b[] = {
		{ "send P. data", 1, 13, "data is missing, the line ends here" },
		{ "send P. data abc", 1, 14, "data is missing, here is \"abc\"" },
		{ "send P. data \"abc", 1, 14, "the string is not closed" },
		{ "send P. data \"abc\\\n\"", 1, 14, "the string is not closed" },
		{ "send P. data \"abc\\", 1, 14, "the string is not closed" },
		{ "send P. data \"a\\qb\"", 1, 17, "\\q means nothing in a string" },
		{ "send P. data \"\\x1\"", 1, 16, "\\x needs two hexadecimal digits" },
		{ "send P. data \"$\"", 1, 15, "a name is missing behind $" },
		{ "send P. data \"${host\"", 1, 15,
		  "the brace behind $ is not closed: write ${host}" },
		{ "send P. data \"${host.win}\"", 1, 22,
		  "$host is a variable, no captured segment" },
		{ "send P. data hex 0d0", 1, 18, "hex: 3 digits are no whole bytes" },
		{ "send P. data hex", 1, 17, "hex: digits are missing" },
		{ "send P. data len 65496", 1, 18, "data len: 65496 is out of range" },
		{ "send P. data len", 1, 17, "data len: a number is missing" },
		{ "send P. data ~ /x/", 1, 14, "a regular expression can only be expected" },
		{ "write ~ /x/", 1, 7, "a regular expression can only be expected" },
		{ "write len 17m", 1, 11, "data len: 17825792 is out of range" },
		{ "send P. data \"a\" data \"b\"", 1, 18, "data is given twice" },
		{ "send P. 1:3(2) data \"abc\"", 1, 21,
		  "the data has 3 bytes, but the length is said to be 2" },
		{ "expect P. len 4 data len 5", 1, 22, "the data has 5 bytes" },
		{ "send P. data file", 1, 18, "the file of data is missing" },
		{ "send P. data file \"\"", 1, 19, "the file of data is empty" },
		{ "send P. data file \"a\\0b\"", 1, 19, "has a NUL byte" },
		{ "send P. data file $host", 1, 19, "no variable can stand in it" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__regular_expressions(void **unused)
{
	static const struct bad b[] = {
		{ "expect P. data ~", 1, 17, "a regular expression is missing" },
		{ "expect P. data ~ /abc", 1, 18, "the regular expression is not closed" },
		{ "expect P. data ~ /abc\\", 1, 18, "the regular expression is not closed" },
		{ "expect P. data ~ //", 1, 18, "the regular expression is empty" },
		{ "expect P. data ~ /(/", 1, 18, "the regular expression is not good" },
		{ "expect P. data ~ /[a/", 1, 18, "the regular expression is not good" },
		{ "expect P. data ~ /a{2,1}/", 1, 18, "the regular expression is not good" },
		{ "expect P. data ~ /\\d/", 1, 19, "\\d means nothing in a regular expression" },
		{ "expect P. data ~ /(a)\\1/", 1, 18, "\\1 to \\9" },
		{ "expect P. data ~ /(((a{99}){99}){99})/", 1, 18, "it repeats too much" },
		{ "expect P. data ~ /((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+/", 1, 18,
		  "it repeats too much" },
		{ "expect P. data ~ /((a?b?){0,20})+/", 1, 18,
		  "what can be empty cannot be repeated" },
		{ "expect P. data ~ /a)))+++/", 1, 18, "a ) closes nothing" },
		{ "expect P. data ~ /(+a)/", 1, 18, "nothing is repeated" },
		{ "expect P. data ~ /?a/", 1, 18, "nothing is repeated" },
		{ "expect P. data ~ /a{x}/", 1, 18, "a bound is {N}" },
		{ "expect P. data ~ /(a|^|b)*/", 1, 18, "what can be empty cannot be repeated" },
		{ "read until x", 1, 12, "a regular expression is missing" },
	};
	char deep[128] = "read until /", longer[2048];

	check_all(b, ARRAY_LEN(b));
	memset(deep + 12, '(', 30);
	strcpy(deep + 42, "/");
	assert_refused(deep, strlen(deep), 1, 12, "nested too deeply");
	snprintf(longer, sizeof(longer), "read until /%01500d/", 0);
	assert_refused(longer, strlen(longer), 1, 12, "too long; 1000 bytes");
}

static void bad__names(void **unused)
{
	static const struct bad b[] = {
		{ "send . ack $synak", 1, 12,
		  "$synak: nothing of that name was captured or set before" },
		{ "expect S. as synack\nsend . ack $synak.seq", 2, 12, "did you mean $synack?" },
		{ "send . ack $port-1", 1, 12, "a difference needs a blank before the minus sign" },
		{ "send . ack $", 1, 12, "a name is missing behind $" },
		{ "send . ack $5", 1, 12, "a name is missing behind $" },
		{ "echo $later\nset later 1", 1, 6, "$later: nothing of that name" },
		{ "expect S. ack $a as a", 1, 15, "$a: nothing of that name" },
		{ "set x $x", 1, 7, "$x: nothing of that name" },
		{ "repeat 2 {\n echo $x\n set x 1\n}", 2, 7, "$x: nothing of that name" },
		{ "expect S. as a\nsend . ack $a", 2, 12, "say which field, as in $a.seq" },
		{ "expect S. as a\nsend . ack $a.sq", 2, 15,
		  "sq: a captured segment has no field of that name; did you mean seq?" },
		{ "expect S. as a\nsend . ack $a.ts", 2, 15,
		  "ts: a captured segment has no field" },
		{ "expect S. as a\nsend . ack $a.text", 2, 15, "text: it is bytes, no number" },
		{ "send . ack $port.seq", 1, 18, "$port is a variable, no captured segment" },
		{ "expect S. as", 1, 13, "a name is missing: the line ends here" },
		{ "expect S. as 5", 1, 14, "a name is missing: here is \"5\"" },
		{ "expect S. as a as b", 1, 16, "as is given twice" },
		{ "expect S. as port", 1, 14, "port is a variable already" },
		{ "expect S. as a\nset a 5", 2, 5, "a is a captured segment already" },
		{ "expect S. as n123456789012345678901234567890123456789012345678901234567890abcde",
		  1, 14, "the name is too long; 64 bytes" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__settings_and_targets(void **unused)
{
	static const struct bad b[] = {
		{ "set", 1, 4, "a name is missing" },
		{ "set x", 1, 6, "the value is missing" },
		{ "set x a b", 1, 9, "set: nothing more can follow" },
		{ "set mss 0", 1, 9, "mss: 0 is out of range; 1 to 65535" },
		{ "set mss big", 1, 9, "mss: a number is missing" },
		{ "set isn 4294967296", 1, 9, "isn: 4294967296 is too large" },
		{ "set wscale 15", 1, 12, "0 to 14" },
		{ "set source-port 0", 1, 17, "source-port: 0 is out of range" },
		{ "set sack maybe", 1, 10, "sack: on or off is missing" },
		{ "set timeout", 1, 12, "timeout: a time is missing" },
		{ "set timeout 5x", 1, 13, "timeout: 5x is no time" },
		{ "set timeout 0", 1, 13, "timeout: the time is out of range" },
		{ "set time-wait long", 1, 15, "time-wait: long is no time" },
		{ "connection a\na: set ms 5", 2, 8, "did you mean mss?" },
		{ "target", 1, 7, "HOST:PORT is missing" },
		{ "target example.com", 1, 8, "host and port are wanted" },
		{ "target example.com:http", 1, 8, "the port is no number" },
		{ "target example.com 0", 1, 8, "the port is no number" },
		{ "target example.com:65536", 1, 8, "the port is no number" },
		{ "target ::1:80", 1, 8, "write an IPv6 address in brackets" },
		{ "target \"a b:80\"", 1, 8, "blanks and control bytes are in no address" },
		{ "target a 80 90", 1, 13, "target: nothing more can follow" },
		{ "target \"\" 80", 1, 8, "host or port is empty" },
	};

	check_all(b, ARRAY_LEN(b));
}

static void bad__times_and_blocks(void **unused)
{
	static const struct bad b[] = {
		{ "sleep", 1, 6, "sleep: a time is missing" },
		{ "sleep 5d", 1, 7, "sleep: 5d is no time" },
		{ "sleep 99999999h", 1, 7, "is no time" },
		{ "at -5s", 1, 4, "at: -5s is no time" },
		{ "expect S. within", 1, 17, "within: a time is missing" },
		{ "expect . 1:3(2) in", 1, 19, "parts is missing" },
		{ "expect . in parts", 1, 8, "in parts needs a range" },
		{ "expect . 1:3(2) ack > 7 in parts", 1, 8, "in parts needs a range" },
		{ "expect * 1:3(2) in parts", 1, 8, "in parts goes with the flags" },
		{ "expect R. 1:3(2) in parts", 1, 8, "in parts goes with the flags" },
		{ "expect . 1:3(2) <nop> in parts", 1, 8, "in parts goes with the flags" },
		{ "expect . 1:3(2) win 7 in parts", 1, 21, "in parts is said of" },
		{ "expect . 1:3(2) in parts as a", 1, 26, "nothing more can follow" },
		{ "send . 1:3(2) in parts", 1, 15, "nothing more can follow" },
		{ "expect none", 1, 12, "expect none needs within T" },
		{ "expect none R as x within 1s", 1, 15, "nothing more can follow" },
		{ "expect any S.", 1, 12, "of is missing" },
		{ "expect any of S.", 1, 15, "a { is missing" },
		{ "expect any of {\n}", 2, 1, "no description is in the block" },
		{ "expect any of {\nS. within 1s\n}", 2, 4, "one description a line" },
		{ "expect any of {\nS.\n", 1, 15, "the block is not closed" },
		{ "repeat {", 1, 8, "repeat: a number is missing" },
		{ "repeat 0 {\n}", 1, 8, "repeat: 0 is out of range" },
		{ "repeat 2000000 {\n}", 1, 8, "repeat: 2000000 is out of range" },
		{ "repeat 2\n{", 1, 9, "a { is missing on the line of the verb" },
		{ "repeat 2 {\nsyn", 1, 10, "the block is not closed" },
		{ "repeat 2 {\nrepeat 3 {\n}\n", 1, 10, "the block is not closed" },
		{ "repeat 2 { syn } ack", 1, 18, "repeat: nothing more can follow" },
		{ "repeat 2 { snd }", 1, 12, "did you mean send?" },
		{ "read 0", 1, 6, "read: 0 is out of range" },
		{ "read 2m", 1, 6, "read: 2097152 is out of range" },
		{ "read to", 1, 8, "end is missing" },
		{ "read all", 1, 6, "read: nothing more can follow" },
		{ "get", 1, 4, "get: the path is missing" },
		{ "get x", 1, 5, "a path begins with /" },
		{ "get \"/a b\"", 1, 5, "blanks and control bytes are in no path" },
		{ "get / expect 99", 1, 14, "99 is out of range; 100 to 599" },
		{ "get / 200", 1, 7, "get: nothing more can follow" },
		{ "include", 1, 8, "include: the file is missing" },
		{ "include \"a\" b", 1, 13, "include: nothing more can follow" },
	};
	char deep[512] = "";

	check_all(b, ARRAY_LEN(b));
	for (unsigned i = 0; i < 17; i++)
		strcat(deep, "repeat 2 {\n");
	assert_refused(deep, strlen(deep), 17, 10, "blocks are nested too deeply; 16 levels");
}

static void bad__bytes(void **unused)
{
	static const struct bad b[] = {
		{ "send \x01S", 1, 6, "no flags" },
		{ "\x07", 1, 1, "a command is missing, here is a control byte, 0x07" },
		{ "syn\r", 1, 4, "here is a control byte, 0x0d" },
		{ "\xff", 1, 1, "here is 0xff, which is no UTF-8" },
		{ "echo a\xc3(", 1, 7, "here is 0xc3, which is no UTF-8" },
		{ "echo a\x1b[31m", 1, 7, "here is a control byte, 0x1b" },
		{ "echo a\"b\"", 1, 7, "\" cannot stand in a word without quotes" },
		{ "echo a\\\rb", 1, 7, "\\ cannot stand in a word without quotes" },
		{ "echo a{b", 1, 7, "{ cannot stand in a word" },
		{ "echo a\\b", 1, 7, "\\ cannot stand in a word" },
		{ "send S \\ win 5", 1, 8, "here is \"\\\"" },
		{ "echo \xc3\xbc\xc3\xbc \"", 1, 9, "\" cannot stand in a word" },
	};

	check_all(b, ARRAY_LEN(b));
	assert_refused("syn\nack\0fin", 11, 2, 4, "a NUL byte");
	assert_refused("\0", 1, 1, 1, "a NUL byte");
}

static void excerpt__tabs_and_control_bytes__keep_the_caret_in_place(void **unused)
{
	struct script_error e;

	assert_null(parse_bytes("\tsend\tS wni 5", 13, &e));
	assert_string_equal(e.excerpt, "        send    S wni 5\n                  ^");
	assert_null(parse_bytes("echo \"\x01\xc3\xbc\xff\" x", 13, &e));
	assert_string_equal(e.excerpt, "echo \"?\xc3\xbc?\" x\n           ^");
}

static void excerpt__a_long_line__is_cut_around_the_place(void **unused)
{
	char text[1024];
	struct script_error e;
	char *caret;

	snprintf(text, sizeof(text), "echo %0300d \" %0300d", 0, 0);
	assert_null(parse_bytes(text, strlen(text), &e));
	caret = strchr(e.excerpt, '\n');
	assert_non_null(caret);
	assert_true(caret - e.excerpt < 100);
	assert_int_equal(strncmp(e.excerpt, "...0", 4), 0);
	assert_int_equal(strncmp(caret - 4, "0...", 4), 0);
	/* The caret is under the quote. */
	assert_int_equal(e.excerpt[strlen(caret + 1) - 1], '"');
}

static void limits__a_line_of_a_megabyte__is_refused(void **unused)
{
	size_t len = 1 << 20;
	char *text = malloc(len + 4);

	assert_non_null(text);
	memset(text, 'a', len + 4);
	memcpy(text, "syn\n", 4);
	assert_refused(text, len + 4, 2, SCRIPT_LINE_MAX + 1, "the line is too long");
	free(text);
}

/* @line so many times; whether that is taken, or refused with the piece. */
static void check_many(const char *line, size_t times, const char *piece)
{
	size_t len = strlen(line);
	char *text = malloc(len * times + 1);
	struct script_error e;
	struct script *s;

	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, line, len + 1);
	s = parse_bytes(text, len * times, &e);
	if (s && piece)
		fail_msg("was taken: %zu times %s", times, line);
	if (!s && (!piece || !strstr(e.err.text, piece)))
		fail_msg("%s", e.err.text);
	script_free(s);
	free(text);
}

static void limits__size_and_memory__are_bounded(void **unused)
{
#ifdef SANITIZED
	print_message("# skip: a strict sanitizer reads 4 MiB to its end for each word in it\n");
	skip();
#endif
	check_many("#\n", SCRIPT_TEXT_MAX / 2, NULL);
	check_many("#\n", SCRIPT_TEXT_MAX / 2 + 1, "too large; 4194304 bytes");
	check_many("read until /(a{1,1900}b)/\n", 106,
		   "the script has too many, or too large ones");
	check_many("syn\n", 100, NULL);
	check_many("syn\n", SCRIPT_TEXT_MAX / 4, "the script is too large: parsed, it would take");
}

static void limits__names_and_descriptions__are_counted(void **unused)
{
	char *text = malloc(1 << 16), *at = text;
	unsigned i;

	assert_non_null(text);
	for (i = 0; i <= SCRIPT_NAMES_MAX - ARRAY_LEN(script_defs); i++)
		at += sprintf(at, "set v%u 1\n", i);
	assert_refused(text, (size_t)(at - text), i, 5, "too many names; 1000");
	at = text + sprintf(text, "expect any of {\n");
	for (i = 0; i <= SCRIPT_ANY_MAX; i++)
		at += sprintf(at, "R\n");
	assert_refused(text, (size_t)(at - text), i + 1, 1, "too many descriptions; 64");
	free(text);
}

static void definitions__bad_names__are_refused(void **unused)
{
	static const struct definition bad[] = { { "1x", "" } };
	struct script_error e;

	assert_null(script_parse_text("t", "", 0, bad, 1, &e));
	assert_int_equal(e.err.status, STATUS_USAGE);
	assert_non_null(strstr(e.err.text, "\"1x\""));
	assert_string_equal(e.excerpt, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad__verbs),
		cmocka_unit_test(bad__flags),
		cmocka_unit_test(bad__fields),
		cmocka_unit_test(bad__ranges),
		cmocka_unit_test(bad__options),
		cmocka_unit_test(bad__data_and_strings),
		cmocka_unit_test(bad__regular_expressions),
		cmocka_unit_test(bad__names),
		cmocka_unit_test(bad__settings_and_targets),
		cmocka_unit_test(bad__times_and_blocks),
		cmocka_unit_test(bad__bytes),
		cmocka_unit_test(excerpt__tabs_and_control_bytes__keep_the_caret_in_place),
		cmocka_unit_test(excerpt__a_long_line__is_cut_around_the_place),
		cmocka_unit_test(limits__a_line_of_a_megabyte__is_refused),
		cmocka_unit_test(limits__size_and_memory__are_bounded),
		cmocka_unit_test(limits__names_and_descriptions__are_counted),
		cmocka_unit_test(definitions__bad_names__are_refused),
	};

	return cmocka_run_group_tests_name("script_parse_bad", tests, NULL, NULL);
}
