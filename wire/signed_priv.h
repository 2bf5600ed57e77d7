/* wire/signed_priv.h - what the kinds of signed bytes share. For this folder and its tests. */
#ifndef REDAN_WIRE_SIGNED_PRIV_H
#define REDAN_WIRE_SIGNED_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/address.h"
#include "wire/keys.h"
#include "wire/message.h"
#include "wire/pb_priv.h"

/* What a signature covers: the context, a NUL, the bytes. */
struct slice signed_text(struct arena *arena, const char *context, struct slice bytes);
struct ed25519_signature signed_make(struct arena *arena, const char *context, struct slice bytes,
                                     const struct ed25519_secret *key);

/* A list with one signature. */
void signed_seal_list(struct arena *arena, const char *context, const ProtobufCMessage *body,
                      struct slice replica, const struct ed25519_secret *key,
                      struct signed_list *out);
/* Enough good signatures, then unpacked. Errors: STATUS_DENIED, STATUS_CORRUPT. */
struct status signed_open_list(struct arena *arena, const char *context,
                               const struct signed_list *sealed, const struct trust *trust,
                               const ProtobufCMessageDescriptor *descriptor, void **out) MUST_USE;
/* What was signed names the membership that this node knows. Errors: STATUS_DENIED. */
struct status signed_check_membership(uint64_t epoch, uint32_t threshold,
                                      const struct trust *trust) MUST_USE;

Redan__Wire__Address signed_fill_address(const struct address *address);
/* NULL or no bytes: ADDRESS_NONE. The text form is the judge, so one network has one spelling. */
bool signed_read_address(const Redan__Wire__Address *body, struct address *out);

#endif
