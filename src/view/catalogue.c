/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalogue.c - what to say at a note of the tracker.
 *
 * The questions are those of courses and of question-and-answer sites; each is answered at the step where
 * it arises, in two lines of the narration. A new note is a row here; a test walks the enum. */
#include "view/catalogue.h"

#include "base/err.h"

enum { LESSON = false, PROBLEM = true };

static const struct catalogue_entry entries[TRACE_NOTE_COUNT] = {
	[TRACE_NOTE_BAD_CHECKSUM] = { PROBLEM, "wrong checksum",
				      "damaged on its way. A receiver drops it without a word and the sender sends it "
				      "again; it changes nothing here either." },
	[TRACE_NOTE_KERNEL_RST] = { PROBLEM, "reset by our own kernel",
				    "tcpshake did not send this. The kernel of this host does not know the connection "
				    "and tells the server so: the port guard did not hold, and the connection is lost." },
	[TRACE_NOTE_REFUSED] = { PROBLEM, "refused",
				 "the host answers, but no program listens on this port, or a firewall says so in "
				 "its name. With no answer at all the SYN was lost or filtered." },
	[TRACE_NOTE_RST_IN_FLIGHT] = { PROBLEM, "reset",
				       "the connection is thrown away in the middle: a program crashed, or closed with "
				       "data unread, or something on the path forged this. RST takes no number and gets no "
				       "ACK." },
	[TRACE_NOTE_RST_IGNORED] = { PROBLEM, "a reset that does not count",
				     "only the exact next number is valid; otherwise a stranger could cut connections by "
				     "guessing (RFC 5961)." },
	[TRACE_NOTE_SYN_AGAIN] = { PROBLEM, "no answer, the SYN is sent again",
				   "neither SYN,ACK nor RST came: lost, filtered, or no such host. The timeout (RTO) "
				   "begins at 1 s and doubles: again after 1, 3, 7, 15 s." },
	[TRACE_NOTE_RETRANSMITTED] = { PROBLEM, "sent again",
				       "it was not acknowledged within the timeout (RTO, from measured round trips, "
				       "doubled at each failure), or duplicate ACKs told of a loss. The numbers stay the "
				       "same." },
	[TRACE_NOTE_SPURIOUS] = { PROBLEM, "sent again without need",
				  "all of it was acknowledged already; that ACK came late or was lost." },
	[TRACE_NOTE_ACK_LOST] = { PROBLEM, "the ACK never arrived",
				  "this end sends again what was acknowledged, so it is still in its former state. "
				  "For this somebody stays in TIME-WAIT: to say the last ACK once more." },
	[TRACE_NOTE_OUT_OF_ORDER] = { PROBLEM, "out of order",
				      "it fills a gap before bytes seen earlier: overtaken on the way, or lost before "
				      "this capture and sent again. TCP sorts by number, the application never notices." },
	[TRACE_NOTE_GAP] = { PROBLEM, "a gap before it",
			     "bytes before these were not seen: lost, still to come, or missed by the capture. "
			     "The receiver keeps what came, and its ACK goes on naming the first byte missing." },
	[TRACE_NOTE_ZERO_WINDOW] = { PROBLEM, "window closed",
				     "the receiver has no room, its program does not read. The sender must stop, and ask "
				     "from time to time whether there is room again." },
	[TRACE_NOTE_WINDOW_EXCEEDED] = { PROBLEM, "more than the window allows",
					 "the last bytes lie beyond what the other end offered to take; it may drop them." },
	[TRACE_NOTE_OUT_OF_WINDOW] = { PROBLEM, "outside the window",
				       "no segment of this connection can have this number: a stray from an older "
				       "connection, or forged. It changes nothing." },
	[TRACE_NOTE_ACK_UNSENT] = { PROBLEM, "acknowledges what was never sent",
				    "nobody was seen to send these numbers. The ACK is broken or forged, or the capture "
				    "missed segments; a SYN,ACK like this is answered with RST." },
	[TRACE_NOTE_DATA_AFTER_FIN] = { PROBLEM, "data after FIN",
					"FIN said that this end sends no more; these bytes break that word." },
	[TRACE_NOTE_CUT] = { PROBLEM, "not captured whole",
			     "the capture kept only the beginning of this frame: its numbers are right, text and "
			     "checksum cannot be checked." },
	[TRACE_NOTE_SENSELESS] = { PROBLEM, "flags that make no sense together",
				   "no TCP sends this, port scanners do. It changes nothing." },
	[TRACE_NOTE_NEW_CONNECTION] = { PROBLEM, "a new connection on the same ports",
					"a SYN with another initial number: the old connection is over, counting starts "
					"again." },

	[TRACE_NOTE_SYN_TAKES_ONE] = { LESSON, "why SYN takes a number",
				       "Why does SYN take a number? So that it can be acknowledged: otherwise an ACK of "
				       "the SYN and an ACK of nothing would be the same number." },
	[TRACE_NOTE_RELATIVE_NUMBERS] = { LESSON, "relative numbers",
					  "Why 0? Relative to the initial number, which is random: hard to guess, and old "
					  "segments do not fit. Each end counts from its own." },
	[TRACE_NOTE_SYN_ACK_CHECKED] = { LESSON, "what the client checks",
					 "The client goes on only if ACK is set and ack is its own initial number + 1. The "
					 "server has set buffers aside. Handshake segments carry no data." },
	[TRACE_NOTE_THIRD_SEQ] = { LESSON, "the third segment",
				   "Its seq is the client's initial number + 1, not the server's; that stands in ack. "
				   "With three segments both ends know that both can send and receive." },
	[TRACE_NOTE_SIMULTANEOUS_OPEN] = { LESSON, "simultaneous open",
					   "Both ends call each other and the SYNs cross: one connection comes out of it, not "
					   "two." },
	[TRACE_NOTE_ACK_TAKES_NONE] = { LESSON, "an ACK takes no number",
					"The same seq as the ACK before it: the SYN moved the number, an ACK takes none "
					"itself." },
	[TRACE_NOTE_TEXT_IS_CARRIED] = { LESSON, "TCP carries, the application packages",
					 "TCP (transport layer) carries these bytes in order and does not read them; what "
					 "they mean is the application layer's affair, HTTP's for instance." },
	[TRACE_NOTE_TLS] = { LESSON, "TLS inside",
			     "A TLS record: encryption comes between TCP and the application. Handshake and "
			     "close of TCP around it stay the same." },
	[TRACE_NOTE_DATA_ACK] = { LESSON, "ack of data",
				  "For data ack = seq + length: the number of the byte expected next. The + 1 is for "
				  "SYN and FIN only." },
	[TRACE_NOTE_PIPELINE] = { LESSON, "several segments in flight",
				  "The next one follows before the last was acknowledged, as far as the window allows "
				  "(continuous ARQ). Stop-and-wait would send one each round trip." },
	[TRACE_NOTE_CUMULATIVE_ACK] = { LESSON, "one ACK for several segments",
					"An ACK is cumulative: everything before this number has arrived, whichever "
					"segments it came in." },
	[TRACE_NOTE_MERGED_FRAME] = { LESSON, "larger than a packet may be",
				      "More text than one packet holds? Card or kernel merged segments, or had not cut "
				      "them yet, where the capture looks (offload). On the wire none does." },
	[TRACE_NOTE_SECOND_EXCHANGE] = { LESSON, "the same connection again",
					 "HTTP/1.1 asks again on the open connection, even before the last answer came "
					 "(pipelining). HTTP/1.0 takes a new connection for each request." },
	[TRACE_NOTE_WRAP] = { LESSON, "past 2^32",
			      "The absolute number passes 2^32 and goes on at 0: all arithmetic is modulo 2^32, "
			      "nothing else changes." },
	[TRACE_NOTE_DUPLICATE_ACK] = { LESSON, "duplicate ACK",
				       "Something arrived, but not the byte that is due. Three in a row mean a loss, and "
				       "the sender need not wait for its timeout (fast retransmit, RFC 5681)." },
	[TRACE_NOTE_SACK] = { LESSON, "SACK",
			      "Selective acknowledgement: ack names the first byte missing, the blocks what "
			      "arrived beyond it, so that only the gap is sent again." },
	[TRACE_NOTE_WINDOW_UPDATE] = { LESSON, "window update",
				       "It acknowledges nothing new, it only tells for how many bytes the receiver has "
				       "room now." },
	[TRACE_NOTE_WINDOW_PROBE] = { LESSON, "window probe",
				      "Is there room again? The window update that would tell might be lost, and nothing "
				      "else would end the silence." },
	[TRACE_NOTE_KEEP_ALIVE] = { LESSON, "keep-alive",
				    "An old number, which must be answered: is the other end still there? Middleboxes "
				    "drop connections that are idle; this keeps them remembered." },
	[TRACE_NOTE_PARTIAL_CHECKSUM] = { LESSON, "partial checksum",
					  "Is the checksum wrong? Half done: the pseudo-header's sum, the card adds the rest "
					  "(offload). On a link inside one host nobody does." },
	[TRACE_NOTE_MIDDLE] = { LESSON, "the beginning was not seen",
				"Initial numbers, window scale and options are not known: the first number seen of "
				"each end counts as 1." },
	[TRACE_NOTE_EVERY_SEGMENT_ACKS] = { LESSON, "why FIN carries ACK",
					    "Why \"FIN,ACK\"? After the first SYN every segment acknowledges, at no cost. This "
					    "ACK is for what came before, it is no part of the close." },
	[TRACE_NOTE_FIN_TAKES_ONE] = { LESSON, "why FIN takes a number",
				       "FIN takes a number, as SYN does, so that it can be acknowledged. It says: I send "
				       "no more. This end still receives and acknowledges." },
	[TRACE_NOTE_SERVER_CLOSES_FIRST] = { LESSON, "the server closes first",
					     "Either end may close first. With HTTP/1.0 it is the server: the end of the "
					     "connection is the end of the answer. So TIME-WAIT will be the server's." },
	[TRACE_NOTE_HALF_CLOSED] = { LESSON, "half closed",
				     "One direction is closed, the other open (half-close): this end may still send, and "
				     "the other must receive and acknowledge." },
	[TRACE_NOTE_CLOSE_WAIT] = { LESSON, "CLOSE-WAIT",
				    "CLOSE-WAIT: this end was closed upon and waits for its own program to close too. "
				    "TIME-WAIT is for who closed first, at the very end." },
	[TRACE_NOTE_FOUR_SEGMENTS] = { LESSON, "why four",
				       "Why four segments to close, three to open? Two directions close one by one, a FIN "
				       "and an ACK each; at the opening the server's ACK and SYN are one." },
	[TRACE_NOTE_THREE_SEGMENTS] = { LESSON, "why three",
					"A close takes four segments; here ACK and FIN came as one, as this end had no more "
					"to say when the other's FIN arrived. Nothing is missing." },
	[TRACE_NOTE_BOTH_CLOSED] = { LESSON, "simultaneous close",
				     "The FINs crossed: each end closed before it heard of the other's close. Both go "
				     "through CLOSING, and both wait in TIME-WAIT." },
	[TRACE_NOTE_TIME_WAIT] = { LESSON, "TIME-WAIT",
				   "Who closed first waits 2 MSL: should the last ACK be lost, the FIN comes again and "
				   "needs an answer; and old duplicates must die out first." },
};

const struct catalogue_entry *catalogue_entry(enum trace_note note)
{
	static const struct catalogue_entry unknown = { LESSON, "?", "?" };

	return (size_t)note < ARRAY_LEN(entries) && entries[note].text ? &entries[note] : &unknown;
}
