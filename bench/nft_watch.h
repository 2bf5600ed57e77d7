/* bench/nft_watch.h - a process of its own that hears from the kernel, over netlink, which
 * addresses were committed to the nftables sets, and when. */
#ifndef REDAN_BENCH_NFT_WATCH_H
#define REDAN_BENCH_NFT_WATCH_H

#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

struct nft_watch {
    pid_t pid;
    int fd; /* reads struct nft_seen */
};

struct nft_seen {
    uint8_t address[4];
    int64_t at_us; /* report_now_us of the watcher when the kernel's message came */
};

struct status nft_watch_start(struct nft_watch *out) MUST_USE;
/* The next address; STATUS_TIMEOUT. */
struct status nft_watch_next(struct nft_watch *watch, int timeout_ms,
                             struct nft_seen *out) MUST_USE;
void nft_watch_stop(struct nft_watch *watch);

#endif
