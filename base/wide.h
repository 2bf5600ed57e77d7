/* base/wide.h - 128-bit integers, for exact products of 64-bit ones. No ISO C type: its one home.
 */
#ifndef REDAN_BASE_WIDE_H
#define REDAN_BASE_WIDE_H

__extension__ typedef unsigned __int128 wide_t;

#endif
