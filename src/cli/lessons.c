/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lessons.c - the catalogue of `demo --lesson`. A lesson is a row: what to say before and after, what to
 * ask, the client's side as a script, what the cable does to it, and what must have been seen. */
#include "cli/lesson.h"

/* Pieces of scripts. A request is 27 bytes, and those with another path a little more. */
#define REQUEST(path, header) "write \"GET " path " HTTP/1.1\\r\\nHost: h\\r\\n" header "\\r\\n\"\n"
#define GET(path)	      REQUEST(path, "")
#define PAGE		      "read until /own TCP\\.\\n/\n"
#define LARGE_PAGE	      "read until /line 120 of 120.*\\n/\n"

const struct lesson lessons[] = {
	{
		.name = "handshake",
		.title = "three segments open a connection",
		.before =
			"Before a byte can cross, both ends must know that the other one is there, can "
			"hear, and which number it will count its bytes from. Each announces its initial "
			"sequence number with a SYN, and each must hear that its own was understood: that "
			"would be four messages, but the server's answer and its own SYN fit into one "
			"segment, so there are three.\n"
			"Watch the numbers. A SYN carries no data and takes one number all the same. The "
			"server's ack is the client's number + 1; the client checks that before it goes on. "
			"The third segment's seq is the client's initial number + 1, not the server's.",
		.after =
			"Three segments, and two states to pass at each end: CLOSED, SYN-SENT, ESTABLISHED "
			"here; LISTEN, SYN-RECEIVED, ESTABLISHED there. Two would not do: the server would "
			"not know whether its own number had arrived, and an old SYN that turns up late "
			"would open a connection that nobody wants. Why did seq go from 0 to 1, when an ACK "
			"takes no number? The SYN moved it. The close that followed is the next lesson.",
		.question =
			"the client's SYN has the relative number 0 and no data. Which number will the "
			"server's ack name?",
		.answer = "1",
		.why = "a SYN takes one number, so that it can be acknowledged: ack = 0 + 1 = 1",
		.script = "send   S\n"
			  "expect S. 0:0(0) ack 1 <mss *,...>\n"
			  "send   .\n"
			  "close\n",
		.sights = { { TRACE_CLIENT, TRACE_NOTE_SYN_TAKES_ONE, "the client's SYN" },
			    { TRACE_SERVER, TRACE_NOTE_SYN_ACK_CHECKED,
			      "the server's SYN,ACK, with the right ack" },
			    { TRACE_CLIENT, TRACE_NOTE_THIRD_SEQ,
			      "the third segment, with the client's own number + 1" } },
	},
	{
		.name = "close",
		.title = "four segments close it, each direction by itself",
		.before =
			"A connection is two streams, one each way, and each ends by itself: who has no more "
			"to send says so with a FIN, and the other acknowledges it. So there are four "
			"segments: FIN, ACK, FIN, ACK. Either end may be first; here it is the client.\n"
			"A FIN takes one number, as a SYN does, so that it can be acknowledged. It carries "
			"ACK too: after the first SYN every segment acknowledges, at no cost. For data, ack "
			"is seq + length; the + 1 is for SYN and FIN only.",
		.after =
			"The client went through FIN-WAIT-1 (my FIN is out), FIN-WAIT-2 (it was "
			"acknowledged) and TIME-WAIT; the server through CLOSE-WAIT (the other end closed, "
			"my program has not yet) and LAST-ACK (my FIN is out, too). Did you once count three "
			"segments? When the second end has no more to say it puts its FIN and the ACK into "
			"one segment; the two directions still close separately. TIME-WAIT is always for who "
			"closed first, CLOSE-WAIT for the other: many connections in CLOSE-WAIT mean a "
			"program that forgets to close.",
		.question =
			"the client closes first, and its FIN was acknowledged. In which state does it wait "
			"for the server's FIN?",
		.answer = "FIN-WAIT-2",
		.why = "FIN-WAIT-1 until its own FIN is acknowledged, FIN-WAIT-2 until the other's comes",
		.script = "connect\n" GET("/") PAGE "close\n",
		.sights = { { TRACE_CLIENT, TRACE_NOTE_FIN_TAKES_ONE, "the client's FIN" },
			    { TRACE_CLIENT, TRACE_NOTE_FOUR_SEGMENTS, "the last of four segments" },
			    { TRACE_CLIENT, TRACE_NOTE_TIME_WAIT, "the client in TIME-WAIT" } },
	},
	{
		.name = "half-close",
		.title = "one direction is closed, the other goes on",
		.before =
			"A FIN says: I send no more. It does not say: I hear no more. This server does not "
			"answer before the client has closed its direction, as a program would that must "
			"read its input to the end: sort, or a checksum. So the client sends its request, "
			"then FIN, and goes on listening.",
		.after =
			"After its FIN the client sent no more text, but it acknowledged each of the "
			"server's, with the number behind its FIN. The server was in CLOSE-WAIT meanwhile, "
			"the client in FIN-WAIT-2: that can last as long as the server likes. Programs do "
			"this with shutdown(fd, SHUT_WR); close() would end both directions for the program, "
			"and text that still came would be answered with RST.",
		.question =
			"the client's FIN was acknowledged, and the server still sends. In which state is "
			"the server?",
		.answer = "CLOSE-WAIT",
		.why = "it was closed upon, and waits for its own program to close: CLOSE-WAIT",
		.script = "connect\n" GET("/late") "expect . len 0\n"
						   "send F.\n" PAGE "close\n",
		.sights = { { TRACE_SERVER, TRACE_NOTE_CLOSE_WAIT, "the server in CLOSE-WAIT" },
			    { TRACE_SERVER, TRACE_NOTE_HALF_CLOSED,
			      "one direction closed, the other open" } },
	},
	{
		.name = "lost-syn",
		.title = "the first segment does not arrive",
		.before =
			"The cable loses our first SYN. Nobody tells us: a network that drops a packet does "
			"so in silence. All that the client can do is to wait, and then to send the same SYN "
			"again, with the same number. It has not measured any round trip yet, so the timeout "
			"(RTO) is the standard's: 1 second, and twice as long after each failure.",
		.after =
			"The same initial number, one second later; the server, which never saw the first "
			"one, noticed nothing. Three things can come of a SYN that does not open: no answer "
			"at all, as here (lost, filtered, or no such host); RST (the host is there, and "
			"nobody listens on that port: lesson rst); an ICMP error of a router on the way. A "
			"first connection that takes a second longer than the others, or three, or seven, "
			"has lost a SYN.",
		.question = "after how many seconds will the SYN be sent again the first time?",
		.answer = "1",
		.why = "nothing was measured yet: RFC 6298 begins with 1 s, and doubles it each time",
		.script = "connect within 20s\n"
			  "close\n",
		.rules = { { LAB_UP, LAB_SYN, 1, LAB_OTHER, LAB_OTHER, LAB_UP } },
		.sights = { { TRACE_CLIENT, TRACE_NOTE_SYN_AGAIN, "the SYN was sent again" } },
	},
	{
		.name = "lost-ack",
		.title = "text arrives, its acknowledgement does not",
		.before =
			"The server's page will arrive, and the cable loses our ACK of it. The server cannot "
			"know which of the two was lost, its text or our ACK: it hears nothing, and must "
			"send again.",
		.after =
			"The same text came twice, with the same numbers, and that is how the client knew: "
			"all of it lies before the number that it expects. It threw the copy away, but it "
			"had to answer, or the server would have gone on for ever. An ACK is not for a "
			"segment but for all bytes before its number, so a later one makes up for a lost "
			"one: had there been more to send, nobody would have noticed. With SACK the answer "
			"also names what came twice (D-SACK, RFC 2883), so the server learns that nothing "
			"but an ACK was lost.",
		.question =
			"the server sends its page again. By how much is the number of the second copy "
			"larger than that of the first?",
		.answer = "0",
		.why = "a number belongs to the byte, not to the segment: the copy has the same one",
		.script = "connect\n" GET("/") PAGE "expect * seq 1 len > 0 within 20s\n"
						    "close\n",
		.rules = { { LAB_UP, LAB_ACK, 1, LAB_TEXT, LAB_OTHER, LAB_UP } },
		.sights = { { TRACE_SERVER, TRACE_NOTE_RETRANSMITTED,
			      "the server's text was sent again" },
			    { TRACE_CLIENT, TRACE_NOTE_SACK,
			      "the client's ACK says what came twice" } },
	},
	{
		.name = "out-of-order",
		.title = "one segment overtakes another",
		.before =
			"Packets of one connection may take different ways, and arrive in another order. "
			"Here the server's answer is several segments long, and the cable holds the second "
			"one back until the third has passed.",
		.after =
			"The third segment left a gap. The client kept it, but its ack stayed where it was, "
			"at the first byte missing; the SACK option named what had come beyond. Then the "
			"second one filled the gap, and one ACK covered both: it is cumulative. The program "
			"that reads has not noticed anything. Had the gap stayed open for longer, the server "
			"would have taken three such ACKs, or a quarter of a round trip, as a sign of loss "
			"and sent the second one again.",
		.question =
			"bytes 1 to 1448 have come, and then 2897 to 4344. Which number does the "
			"client's ack name?",
		.answer = "1449",
		.why = "ack is the first byte missing; what came beyond it is in the SACK option",
		.script = "connect\n" GET("/large") LARGE_PAGE "close\n",
		.rules = { { LAB_DOWN, LAB_TEXT, 2, LAB_OTHER, LAB_TEXT, LAB_DOWN } },
		.sights = { { TRACE_SERVER, TRACE_NOTE_GAP, "a segment with a gap before it" },
			    { TRACE_CLIENT, TRACE_NOTE_SACK, "the client's SACK of it" },
			    { TRACE_SERVER, TRACE_NOTE_OUT_OF_ORDER,
			      "the late one, which filled the gap" } },
	},
	{
		.name = "zero-window",
		.title = "the receiver has no room, and the sender must wait",
		.before =
			"With each ACK goes the window: how many bytes the receiver has room for. When its "
			"program does not read, the room becomes less, and at 0 the sender must stop. Here "
			"we play a receiver with room for 100 bytes, whose program sleeps: its ACKs are made "
			"by hand.",
		.after =
			"The server sent 100 bytes and no more. With the window closed it asked from time to "
			"time, each time after twice as long (a window probe), and each answer said: still "
			"closed. When the program had read, a bare ACK opened the window (a window update), "
			"and the rest came at once. Why the asking? Nobody acknowledges an ACK: were the "
			"window update lost, without the probes both ends would wait for ever.",
		.question =
			"the ACK that opens the window again is lost. What of the sender's saves the "
			"connection: a probe, or a reset?",
		.answer = "probe",
		.why = "its next window probe must be answered, and the answer has the open window",
		.script = "ignore retransmissions\n"
			  "send   S win 100 <mss 1460>\n"
			  "expect S. ack 1 <mss *>\n"
			  "send   . win 100\n"
			  "send   P. win 100 data \"GET / HTTP/1.1\\r\\nHost: h\\r\\nConnection: "
			  "close\\r\\n\\r\\n\"\n"
			  "ignore . seq 1 ack 47 len 0\n"
			  "expect * 1:101(100) ack 47\n"
			  "send   . ack 101 win 0\n"
			  "expect . 100:100(0) ack 47 within 20s\n"
			  "send   . ack 101 win 0\n"
			  "expect . 100:100(0) ack 47 within 20s\n"
			  "send   . ack 101 win 0\n"
			  "ignore . 100:100(0)\n"
			  "sleep  100ms\n"
			  "send   . ack 101 win 1000\n"
			  "expect * seq 101 ack 47 len > 0\n"
			  "read   to end\n"
			  "close\n",
		.sights = { { TRACE_CLIENT, TRACE_NOTE_ZERO_WINDOW, "the window closed" },
			    { TRACE_SERVER, TRACE_NOTE_WINDOW_PROBE, "the server's window probe" },
			    { TRACE_CLIENT, TRACE_NOTE_WINDOW_UPDATE, "the window opened again" } },
	},
	{
		.name = "simultaneous-close",
		.title = "both ends close at once",
		.before =
			"Either end may close first, and nothing keeps both from doing so at the same time. "
			"The request asks the server to close after its answer, and the cable holds the "
			"server's FIN back until ours has gone by: so they cross, and neither end knows of "
			"the other's when it sends its own.",
		.after =
			"A FIN came in FIN-WAIT-1, where an ACK of our own was expected. It does not "
			"acknowledge ours, so the next state was neither FIN-WAIT-2 nor TIME-WAIT but "
			"CLOSING: both are closed, and each waits for the ACK of its FIN. Then both ends "
			"stay in TIME-WAIT, as both closed first. Four segments again, in another order: "
			"FIN, FIN, ACK, ACK.",
		.question =
			"both FINs are on their way and cross. Through which state, which no other close "
			"knows, do both ends go?",
		.answer = "CLOSING",
		.why = "a FIN in FIN-WAIT-1 that does not acknowledge ours leads to CLOSING",
		.script = "connect\n" REQUEST("/", "Connection: close\\r\\n") PAGE "close\n",
		.rules = { { LAB_DOWN, LAB_FIN, 1, LAB_OTHER, LAB_FIN, LAB_UP } },
		.sights = { { TRACE_SERVER, TRACE_NOTE_BOTH_CLOSED, "two FINs that crossed" } },
	},
	{
		.name = "rst",
		.title = "three resets: refused, not believed, thrown away",
		.before =
			"RST says: there is no such connection. Three of them here. First a SYN to a port on "
			"which nobody listens. Then a connection is opened, and we send a RST whose number "
			"lies in the window but is not exactly the next one, as a stranger would who "
			"guesses. At last a server that throws its connection away in place of closing it, "
			"as one does that crashes, or closes with text unread.",
		.after =
			"The first RST means: refused; the host is there. The second one had no effect: the "
			"server asked with a challenge ACK whether it was meant (RFC 5961), and the "
			"connection lived on. The third ended it at once: no FIN, no ACK, no TIME-WAIT, and "
			"what was on its way is lost. A RST takes no number and is never acknowledged. Who "
			"makes segments by hand meets a fourth kind: his own kernel, which does not know of "
			"the connection, resets it when the SYN,ACK comes. tcpshake keeps it from that with "
			"a port guard, and says so where it cannot.",
		.question = "how many sequence numbers does a RST take?",
		.answer = "0",
		.why = "only what must be acknowledged takes numbers: text, SYN, FIN; nobody answers a RST",
		.script = "connection shut \"$host:$closed\"\n"
			  "shut: send   S\n"
			  "shut: expect R. ack 1\n"
			  "connection open\n"
			  "open: connect\n"
			  "open: send   R 1001:1001(0)\n"
			  "open: expect . 1:1(0) ack 1\n"
			  "open: " GET("/abort") "open: ignore . len 0\n"
						 "open: expect any of {\n"
						 "	R\n"
						 "	R.\n"
						 "}\n",
		.sights = { { TRACE_SERVER, TRACE_NOTE_REFUSED, "a SYN that was refused" },
			    { TRACE_CLIENT, TRACE_NOTE_RST_IGNORED, "a RST that had no effect" },
			    { TRACE_SERVER, TRACE_NOTE_RST_IN_FLIGHT,
			      "a RST that ended the connection" } },
	},
	{
		.name = "time-wait",
		.title = "why who closes first has to wait",
		.before =
			"Who closed first stays in TIME-WAIT for twice the longest life of a segment (2 "
			"MSL), though it has said all and heard all. One reason is shown here: the cable "
			"loses the very last ACK. The server, in LAST-ACK, hears nothing and sends its FIN "
			"again. Were the client gone, that would be answered with RST, and a close in order "
			"would look like a failure.",
		.after =
			"The client had nothing more to do, and yet it was there to say its last ACK once "
			"more. The second reason cannot be seen: a copy of an old segment may still be on "
			"its way, and a new connection between the same addresses and ports could take it "
			"for its own; after 2 MSL none is left. Servers that close first collect thousands "
			"of such connections. They cost little memory, but each keeps its four numbers, "
			"addresses and ports, in use. Linux waits 60 s; tcpshake a few round trips, unless "
			"--time-wait says more.",
		.question =
			"the client closes first. Which end is in TIME-WAIT after it: client or server?",
		.answer = "client",
		.why = "TIME-WAIT is for who closed first: its ACK is the last segment, and can be lost",
		.script = "connect\n" GET("/") PAGE "close\n"
						    "expect F. within 20s\n",
		.rules = { { LAB_UP, LAB_ACK, 1, LAB_FIN, LAB_OTHER, LAB_UP } },
		.sights = { { TRACE_CLIENT, TRACE_NOTE_TIME_WAIT, "the client in TIME-WAIT" },
			    { TRACE_SERVER, TRACE_NOTE_ACK_LOST,
			      "the server's FIN was sent again" } },
	},
	{
		.name = "sequence-wrap",
		.title = "numbers pass 2^32 and begin again at 0",
		.before =
			"Why do some tools show 0 and 1, and others numbers of ten digits? On the wire they "
			"are absolute, 32 bits, and begin anywhere: a number that nobody can guess. Shown "
			"relative, each end's count begins at 0. Here both are shown, absolute first, and "
			"the initial number is 4294967290, six below 2^32: the request of 27 bytes crosses "
			"the end.",
		.after =
			"The SYN took 4294967290, the first byte 4294967291; five bytes later the numbers "
			"went on at 0, and the byte behind the request had 22. Relative to the initial "
			"number nothing happened: all sums are made modulo 2^32. So \"before\" and \"after\" "
			"are no plain comparison either: of two numbers the one is before the other when "
			"the distance is less than 2^31. At 1 Gbit/s they go around in 34 seconds, and "
			"timestamps tell old from new (PAWS, RFC 7323).",
		.question =
			"the SYN has 4294967290, and 27 bytes follow. Which absolute number will the "
			"server's ack of them name?",
		.answer = "22",
		.why = "4294967290 + 1 + 27 = 4294967318, less 2^32 (4294967296): 22",
		.script = "set isn 4294967290\n"
			  "connect\n" GET("/") PAGE "close\n",
		.absolute = true,
		.sights = { { TRACE_CLIENT, TRACE_NOTE_WRAP, "a number that passed 2^32" } },
	},
	{
		.name = "keep-alive",
		.title = "are you still there?",
		.before =
			"An idle connection sends nothing at all: an end that has lost its power, or a "
			"middlebox that has forgotten the connection, is not noticed. Who wants to know asks "
			"with an old number: one below the next, which the other end has acknowledged "
			"already. That is not acceptable, so it must be answered. Programs wait two hours "
			"before they ask; here 600 ms.",
		.after =
			"The question carries no text and a number one too low; the answer says where the "
			"other end is: the same ack as before. Nothing moved, and both know that the "
			"connection is alive; to a NAT or firewall on the way it looks used, too, which is "
			"the usual reason to ask. HTTP's \"Connection: keep-alive\" is another thing: it "
			"asks the server not to close after an answer, and is the rule since HTTP/1.1.",
		.question = "how much lower than the next number is that of a keep-alive probe?",
		.answer = "1",
		.why = "SND.NXT - 1: the other end has that already, so it answers with an ACK",
		.script = "set keepalive 600ms\n"
			  "connect\n" GET("/") PAGE "expect . len 0 within 20s\n"
						    "expect . len 0 within 20s\n"
						    "close\n",
		.sights = { { TRACE_CLIENT, TRACE_NOTE_KEEP_ALIVE, "the question" } },
	},
	{
		.name = "offload",
		.title = "frames that no wire would carry, checksums that are not right yet",
		.before =
			"Who captures on the host that sends sees odd things: one segment of thousands of "
			"bytes, where the MTU allows 1500, and checksums that are wrong. Neither is ever on "
			"a wire. The kernel leaves work to the card: cutting text into segments, and adding "
			"up the checksum; the capture looks before that is done. This lesson runs on "
			"loopback, which has no card and so never does it; all others run over a cable "
			"without offload.",
		.after =
			"The answer came as one frame with more text than one packet holds: on a wire that "
			"would have been segments of at most 1448 bytes with IPv4 (1500, less 20 for IP, "
			"less 20 for TCP, less 12 for timestamps). Its checksum was partial: the sum of the "
			"pseudo-header alone, to which the card adds the rest. In your own captures: do not "
			"count segments or hunt wrong checksums on the host that sends them; look at the "
			"other end, or switch it off (ethtool -K eth0 tso off gso off gro off tx off).",
		.question =
			"the MTU is 1500, with headers of 20 and 20 bytes and timestamps of 12. How much "
			"text fits into a segment?",
		.answer = "1448",
		.why = "1500 - 20 (IPv4) - 20 (TCP) - 12 (timestamps, padded) = 1448",
		.script = "connect\n" GET("/large") LARGE_PAGE "close\n",
		.loopback = true,
		.sights = { { TRACE_SERVER, TRACE_NOTE_PARTIAL_CHECKSUM,
			      "a checksum that is not complete" },
			    { TRACE_SERVER, TRACE_NOTE_MERGED_FRAME,
			      "a frame longer than the MTU" } },
	},
};

const size_t lesson_count = ARRAY_LEN(lessons);
