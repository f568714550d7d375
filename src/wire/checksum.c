/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum.c - the Internet checksum; see checksum.h. */
#include "wire/checksum.h"

checksum_sum checksum_add(checksum_sum sum, const uint8_t *bytes, size_t len)
{
	for (; len >= 2; bytes += 2, len -= 2)
		sum += (uint32_t)bytes[0] << 8 | bytes[1];
	if (len)
		sum += (uint32_t)bytes[0] << 8;
	return sum;
}

checksum_sum checksum_pseudo(const struct addr *src, const struct addr *dst, uint8_t protocol,
			     size_t len)
{
	checksum_sum sum = checksum_add(0, src->bytes, addr_len(src));

	sum = checksum_add(sum, dst->bytes, addr_len(dst));
	return sum + protocol + (len >> 16) + (len & 0xffff);
}

uint16_t checksum_fold(checksum_sum sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

void checksum_make(struct checksum_made *made, checksum_sum pseudo, const uint8_t *header,
		   size_t header_len, size_t field_at, const uint8_t *data, size_t len)
{
	made->pseudo = pseudo;
	made->field = (uint16_t)(header[field_at] << 8 | header[field_at + 1]);
	made->header = checksum_add(0, header, header_len) - made->field;
	made->data = checksum_add(0, data, len);
	made->total = pseudo + made->header + made->data;
	made->folded = checksum_fold(made->total);
	made->complement = (uint16_t)~made->folded;
	if (checksum_fold(made->total + made->field) == 0xffff)
		made->is = TCP_CHECKSUM_OK;
	else if (made->field == checksum_fold(pseudo))
		made->is = TCP_CHECKSUM_PARTIAL;
	else
		made->is = TCP_CHECKSUM_BAD;
}
