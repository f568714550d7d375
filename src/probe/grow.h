/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grow.h - arrays that get longer. */
#ifndef TCPSHAKE_PROBE_GROW_H
#define TCPSHAKE_PROBE_GROW_H

#include <stddef.h>

/**
 * grow_array() - room for one more element
 * @array:  what is there, or NULL
 * @room:   elements it has room for; changed when that changes
 * @count:  elements in it
 * Return:  the array, or where it is now; NULL when memory is short, and @array is as it was. */
void *grow_array(void *array, size_t *room, size_t count, size_t element_size);

#endif
