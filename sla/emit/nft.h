/* sla/emit/nft.h - how many connections may begin towards a host, for nft: buckets of tokens, in
 * chains of their own. For sla/emit/nft*.c only. */
#ifndef REDAN_SLA_EMIT_NFT_H
#define REDAN_SLA_EMIT_NFT_H

#include "sla/emit/priv.h"

/* Chains and sets of one box, and the lines that send what begins there. A rate that no bucket
 * keeps fails. */
void emit_nft_limits(struct emit *emit, const struct desired_box *box);
void emit_nft_limit_jumps(struct emit *emit, const struct desired_box *box);

#endif
