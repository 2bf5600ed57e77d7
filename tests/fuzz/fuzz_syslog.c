/* Any bytes as a log line: what is read lies within the line and within its limits, an address is
 * an address, and the event made of it is a good one. */
#include "base/arena.h"
#include "detect/normalise.h"
#include "detect/sshd.h"
#include "model/address.h"
#include "tests/fuzz/fuzz.h"

static bool lies_in(struct slice part, struct slice whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_message(struct slice line, const struct syslog_message *message)
{
    FUZZ_CHECK(lies_in(message->host, line) && message->host.len <= SYSLOG_HOST_MAX);
    FUZZ_CHECK(lies_in(message->app, line));
    FUZZ_CHECK(lies_in(message->procid, line) && message->procid.len <= SYSLOG_PROCID_MAX);
    FUZZ_CHECK(lies_in(message->msgid, line) && message->msgid.len <= SYSLOG_MSGID_MAX);
    FUZZ_CHECK(lies_in(message->details, line));
    FUZZ_CHECK(lies_in(message->text, line));
    FUZZ_CHECK(message->priority >= SYSLOG_PRIORITY_NONE &&
               message->priority <= SYSLOG_PRIORITY_MAX);
}

static void check_sshd(struct slice text)
{
    struct sshd_message read = { 0 };
    struct address address = { 0 };

    if (!sshd_parse(SLICE("sshd"), text, &read)) {
        return;
    }
    FUZZ_CHECK(lies_in(read.user, text));
    FUZZ_CHECK(lies_in(read.method, text) || slice_is(read.method, "pam"));
    FUZZ_CHECK(lies_in(read.src_ip, text) && lies_in(read.src_host, text));
    FUZZ_CHECK(read.repeat >= 1 && read.repeat <= SSHD_REPEAT_MAX);
    if (read.src_ip.len > 0) {
        struct status parsed = address_parse(read.src_ip, &address);
        FUZZ_CHECK(parsed.code == STATUS_OK && address_is_host(&address));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct syslog_reference reference = { INT64_C(1795294538000000), 3600 };
    static const struct normalise_context context = { .node = { "n", 1 },
                                                      .seen_us = INT64_C(1795294538000000) };
    struct slice line = { (const char *)bytes, size };
    struct syslog_message message = { 0 };
    struct normalised event = { 0 };
    CLEANUP(arena_done) struct arena arena = { 0 };

    struct status parsed = syslog_parse(line, &reference, &message);
    if (parsed.code == STATUS_OK) {
        check_message(line, &message);
        check_sshd(message.text);
    }
    check_sshd(line);
    struct status read = normalise_syslog(&arena, line, &context, &event);
    FUZZ_CHECK(read.code == parsed.code);
    if (event.is_event) {
        struct status valid = event_validate(&event.event);
        FUZZ_CHECK(valid.code == STATUS_OK);
        FUZZ_CHECK(event.weight >= 1);
    }
    return 0;
}
