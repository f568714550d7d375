/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grow.c - arrays that get longer; see grow.h. */
#include "probe/grow.h"

#include <stdlib.h>

void *grow_array(void *array, size_t *room, size_t count, size_t element_size)
{
	size_t more = *room ? 2 * *room : 16;

	if (count < *room)
		return array;
	array = reallocarray(array, more, element_size);
	if (array)
		*room = more;
	return array;
}
