/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - a loop whose time moves only as told: linked in place of drive/loop.c, so that a test waits
 * through a minute in no time at all, and a busy machine changes nothing. */
#ifndef TCPSHAKE_UNIT_CLOCK_H
#define TCPSHAKE_UNIT_CLOCK_H

#include "drive/loop.h"

/* Call what is ready now, and what becomes ready by that; true when anything was. */
bool clock_turn(struct loop *l);

/* Let time pass, with a halt at every deadline on the way. */
void clock_pass(struct loop *l, int64_t us);

#endif
