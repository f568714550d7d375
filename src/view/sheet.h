/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h - an exercise on paper: a worksheet for a class, and its key. */
#ifndef TCPSHAKE_VIEW_SHEET_H
#define TCPSHAKE_VIEW_SHEET_H

#include "view/exercise.h"

/* False with @e set (STATUS_USAGE) when the file's ending is neither .html nor .md. */
bool sheet_name_ok(const char *path, struct err *e);

/**
 * sheet_save() - write an exercise, of which blanks or an order were chosen; a file that exists is overwritten
 * @seed:   is written into it, so that its key can be made later
 * @key:    with the answers, and why they are right
 * Return:  false with @e set. */
bool sheet_save(const struct exercise *x, const char *path, uint64_t seed, bool key, struct err *e);

#endif
