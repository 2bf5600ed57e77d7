#include "wire/command_guard.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/bytes_priv.h"
#include "wire/record.h"
#include "wire/signed.h"

/* The file `commands.log` holds three kinds of records:
 * ACCEPT: kind u8 | seq u64 | fencing epoch u64 | id (26 characters) [| verb u8 | action id (26)]
 * RESULT: kind u8 | a CommandResult
 * FLOOR:  kind u8 | seq u64 | fencing epoch u64: numbers up to seq of that epoch are forgotten
 * Earlier versions wrote ACCEPT without what is in brackets, and no FLOOR. */
enum {
    RECORD_ACCEPT = 1,
    RECORD_RESULT = 2,
    RECORD_FLOOR = 3,
    AT_KIND = 0,
    AT_SEQ = 1,
    AT_EPOCH = 9,
    FLOOR_BYTES = 17,
    AT_ID = 17,
    AT_VERB = AT_ID + ULID_TEXT_LEN,
    SHORT_ACCEPT_BYTES = AT_VERB,
    AT_ACTION = AT_VERB + 1,
    ACCEPT_BYTES = AT_ACTION + ULID_TEXT_LEN,
    LOG_MODE = 0600,
    FOLDER_MODE = 0700,
    LOG_BYTES_MAX = 4 * 1024 * 1024, /* refused above: no log of ours */
    LOG_COMPACT_BYTES = 512 * 1024   /* rewritten above: 1,024 commands take at most 400 KiB */
};

struct memory {
    struct ulid id; /* text "": nothing */
    uint64_t seq;
    uint64_t fencing_epoch;
    enum command_verb verb;
    struct ulid action; /* text "": not known, of an earlier version */
    bool has_result;
    struct command_result result;
};

struct command_guard {
    char folder[1024];
    char node[NODE_NAME_MAX];
    int fd;
    size_t log_bytes;
    uint64_t fencing_epoch;
    uint64_t last_seq;  /* highest of that epoch */
    uint64_t floor_seq; /* of that epoch: up to here nobody knows any more what was used */
    struct memory memory[COMMAND_MEMORY]; /* a ring, oldest overwritten */
    size_t next;
};

uint64_t command_last_seq(const struct command_guard *guard)
{
    return guard->last_seq;
}

uint64_t command_fencing_epoch(const struct command_guard *guard)
{
    return guard->fencing_epoch;
}

/* Its place in the ring; COMMAND_MEMORY: not remembered. */
static size_t place_of(const struct command_guard *guard, const struct ulid *id)
{
    size_t i = 0;

    while (i < COMMAND_MEMORY && strcmp(guard->memory[i].id.text, id->text) != 0) {
        i++;
    }
    return i;
}

/* Has another command of this epoch had the number, or may have? */
static bool number_is_used(const struct command_guard *guard, const struct command *command)
{
    if (command->fencing_epoch > guard->fencing_epoch) {
        return false; /* a new leader counts anew */
    }
    if (command->seq <= guard->floor_seq) {
        return true;
    }
    for (size_t i = 0; i < COMMAND_MEMORY; i++) {
        const struct memory *known = &guard->memory[i];
        if (known->id.text[0] != '\0' && known->seq == command->seq &&
            known->fencing_epoch == command->fencing_epoch) {
            return true;
        }
    }
    return false;
}

/* Its undo has come before it, or before it could be carried out. One that is forgotten had a
 * higher number than this, so the floor refuses this as well. */
static bool was_undone(const struct command_guard *guard, const struct ulid *action)
{
    for (size_t i = 0; i < COMMAND_MEMORY; i++) {
        const struct memory *known = &guard->memory[i];
        if (known->verb == COMMAND_UNDO && known->id.text[0] != '\0' &&
            strcmp(known->action.text, action->text) == 0) {
            return true;
        }
    }
    return false;
}

/* --- the judgement ---------------------------------------------------------------------- */

static struct command_judgement refuse(enum command_outcome outcome, const char *detail)
{
    struct command_judgement judgement = { .verdict = COMMAND_REFUSE, .outcome = outcome };

    slice_to_cstr(slice_from(detail), judgement.detail, sizeof(judgement.detail));
    return judgement;
}

static struct command_judgement judge_time(const struct command *command, int64_t now_ms)
{
    if (command->expires_ms < command->issued_ms ||
        command->expires_ms - command->issued_ms > COMMAND_LIFE_MAX_MS) {
        return refuse(COMMAND_REFUSED, "its life is longer than a command may have");
    }
    if (now_ms > command->expires_ms + COMMAND_SKEW_MS) {
        return refuse(COMMAND_EXPIRED, "came after its expiry");
    }
    if (command->issued_ms > now_ms + COMMAND_SKEW_MS) {
        return refuse(COMMAND_REFUSED, "issued in the future: the clocks disagree");
    }
    return (struct command_judgement){ .verdict = COMMAND_ACCEPT };
}

static struct command_judgement judge_opened(const struct command_guard *guard,
                                             const struct command *command, int64_t now_ms)
{
    assert(guard != NULL);
    size_t place = place_of(guard, &command->id);
    const struct memory *known = place < COMMAND_MEMORY ? &guard->memory[place] : NULL;

    if (!slice_is(slice_from(command->action.node), guard->node)) {
        return refuse(COMMAND_REFUSED, "meant for another node");
    }
    if (known != NULL && known->has_result) {
        return (struct command_judgement){ .verdict = COMMAND_ANSWER, .result = &known->result };
    }
    bool is_replaced = command->fencing_epoch < guard->fencing_epoch;
    if (is_replaced && known == NULL) {
        return refuse(COMMAND_REFUSED, "from a leader that has been replaced");
    }
    if (known == NULL && number_is_used(guard, command)) {
        return refuse(COMMAND_REFUSED, "its number has been used: a replay");
    }
    if (command->verb == COMMAND_DO && was_undone(guard, &command->action.id)) {
        return refuse(COMMAND_REFUSED, "its action has been undone: it is not done again");
    }
    struct command_judgement judgement = judge_time(command, now_ms);
    if (known != NULL && judgement.outcome == COMMAND_EXPIRED && command->verb == COMMAND_DO) {
        judgement.verdict = COMMAND_LOOK; /* whoever gave it up, and asks now what became of it */
    } else if (is_replaced) {
        return refuse(COMMAND_REFUSED, "from a leader that has been replaced");
    } else if (known != NULL && judgement.verdict == COMMAND_ACCEPT) {
        judgement.verdict = COMMAND_AGAIN; /* accepted before: who kept a copy cannot wait */
    }
    return judgement;
}

struct command_judgement command_judge(const struct command_guard *guard, struct arena *arena,
                                       const struct signed_list *sealed, const struct trust *trust,
                                       int64_t now_ms, struct command *out_command)
{
    struct command command;
    struct status opened = command_open(arena, sealed, trust, &command);

    if (!status_ok(&opened)) {
        struct command_judgement judgement = { .verdict = COMMAND_IGNORE };
        slice_to_cstr(slice_from(opened.msg), judgement.detail, sizeof(judgement.detail));
        return judgement;
    }
    *out_command = command;
    return judge_opened(guard, &command, now_ms);
}

/* --- memory ----------------------------------------------------------------------------- */

/* A new leader's numbers say nothing about its predecessor's, whose commands are refused by their
 * epoch. */
static void raise_epoch(struct command_guard *guard, uint64_t epoch)
{
    if (epoch > guard->fencing_epoch) {
        guard->fencing_epoch = epoch;
        guard->last_seq = 0;
        guard->floor_seq = 0;
    }
}

static void raise_floor(struct command_guard *guard, uint64_t epoch, uint64_t seq)
{
    if (epoch == guard->fencing_epoch && seq > guard->floor_seq) {
        guard->floor_seq = seq;
    }
}

/* One that is known takes the epoch it came with now: it was sealed anew. */
static void remember_accept(struct command_guard *guard, const struct memory *accepted)
{
    size_t place = place_of(guard, &accepted->id);

    raise_epoch(guard, accepted->fencing_epoch);
    if (place < COMMAND_MEMORY) {
        guard->memory[place].fencing_epoch = accepted->fencing_epoch;
    } else {
        struct memory *oldest = &guard->memory[guard->next];
        raise_floor(guard, oldest->fencing_epoch, oldest->seq);
        *oldest = *accepted;
        guard->next = (guard->next + 1) % COMMAND_MEMORY;
    }
    if (accepted->fencing_epoch == guard->fencing_epoch && accepted->seq > guard->last_seq) {
        guard->last_seq = accepted->seq;
    }
}

static void remember_result(struct command_guard *guard, const struct command_result *result)
{
    size_t place = place_of(guard, &result->id);

    if (place < COMMAND_MEMORY) {
        guard->memory[place].has_result = true;
        guard->memory[place].result = *result;
    }
}

static void write_accept(const struct memory *accepted, struct buf *out)
{
    char payload[ACCEPT_BYTES] = { 0 };

    payload[AT_KIND] = RECORD_ACCEPT;
    bytes_put_u64(payload + AT_SEQ, accepted->seq);
    bytes_put_u64(payload + AT_EPOCH, accepted->fencing_epoch);
    memcpy(payload + AT_ID, accepted->id.text, ULID_TEXT_LEN);
    payload[AT_VERB] = (char)accepted->verb;
    memcpy(payload + AT_ACTION, accepted->action.text, ULID_TEXT_LEN);
    bool whole = accepted->action.text[0] != '\0';
    record_add(out, (struct slice){ payload, whole ? ACCEPT_BYTES : SHORT_ACCEPT_BYTES });
}

static void write_floor(const struct command_guard *guard, struct buf *out)
{
    char payload[FLOOR_BYTES];

    payload[AT_KIND] = RECORD_FLOOR;
    bytes_put_u64(payload + AT_SEQ, guard->floor_seq);
    bytes_put_u64(payload + AT_EPOCH, guard->fencing_epoch);
    record_add(out, (struct slice){ payload, sizeof(payload) });
}

static void write_result(const struct command_result *result, struct buf *out)
{
    CLEANUP(buf_done) struct buf payload = { 0 };

    buf_add_char(&payload, RECORD_RESULT);
    result_encode(result, &payload);
    record_add(out, buf_slice(&payload));
}

static const char *log_path(struct arena *arena, const struct command_guard *guard)
{
    return file_path(arena, guard->folder, "commands.log");
}

static struct status open_log(struct command_guard *guard)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *path = log_path(&arena, guard);

    cleanup_close(&guard->fd);
    guard->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, LOG_MODE);
    if (guard->fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

/* The log anew, with only what is remembered. */
static struct status compact(struct command_guard *guard)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };

    write_floor(guard, &text);
    for (size_t i = 0; i < COMMAND_MEMORY; i++) {
        const struct memory *known = &guard->memory[(guard->next + i) % COMMAND_MEMORY];
        if (known->id.text[0] == '\0') {
            continue;
        }
        write_accept(known, &text);
        if (known->has_result) {
            write_result(&known->result, &text);
        }
    }
    TRY(file_store(log_path(&arena, guard), buf_slice(&text), LOG_MODE));
    guard->log_bytes = text.len;
    return open_log(guard);
}

static struct status append(struct command_guard *guard, const struct buf *record)
{
    if (guard->log_bytes > LOG_COMPACT_BYTES) {
        TRY(compact(guard));
    }
    struct status written = file_write_all(guard->fd, record->ptr, record->len);
    if (status_ok(&written) && fdatasync(guard->fd) != 0) {
        written = status_error(STATUS_UNAVAILABLE, "%s: %s", guard->folder, strerrordesc_np(errno));
    }
    if (!status_ok(&written)) {
        /* If even this fails the next start cuts the tail off. */
        int cut = ftruncate(guard->fd, (off_t)guard->log_bytes);
        (void)cut;
        return written;
    }
    guard->log_bytes += record->len;
    return STATUS_SUCCESS;
}

struct status command_store_accept(struct command_guard *guard, const struct command *command)
{
    CLEANUP(buf_done) struct buf record = { 0 };
    const struct memory accepted = { .id = command->id,
                                     .seq = command->seq,
                                     .fencing_epoch = command->fencing_epoch,
                                     .verb = command->verb,
                                     .action = command->action.id };

    write_accept(&accepted, &record);
    TRY(append(guard, &record));
    remember_accept(guard, &accepted);
    return STATUS_SUCCESS;
}

struct status command_store_result(struct command_guard *guard, const struct command_result *result)
{
    CLEANUP(buf_done) struct buf record = { 0 };

    write_result(result, &record);
    TRY(append(guard, &record));
    remember_result(guard, result);
    return STATUS_SUCCESS;
}

/* --- opening ---------------------------------------------------------------------------- */

static void take_accept(struct command_guard *guard, struct slice payload)
{
    struct memory accepted = { .seq = bytes_u64(payload.ptr + AT_SEQ),
                               .fencing_epoch = bytes_u64(payload.ptr + AT_EPOCH) };
    struct status read = ulid_parse(slice_sub(payload, AT_ID, AT_VERB), &accepted.id);

    if (status_ok(&read) && payload.len == ACCEPT_BYTES) {
        accepted.verb = payload.ptr[AT_VERB] == COMMAND_UNDO ? COMMAND_UNDO : COMMAND_DO;
        read = ulid_parse(slice_sub(payload, AT_ACTION, ACCEPT_BYTES), &accepted.action);
    }
    if (status_ok(&read)) {
        remember_accept(guard, &accepted);
    }
}

static void take_record(struct command_guard *guard, struct arena *arena, struct slice payload)
{
    struct command_result result;
    char kind = payload.ptr[AT_KIND];

    if (kind == RECORD_RESULT) {
        struct status read = result_decode(arena, slice_sub(payload, 1, payload.len), &result);
        if (status_ok(&read)) {
            remember_result(guard, &result);
        }
    } else if (kind == RECORD_ACCEPT &&
               (payload.len == ACCEPT_BYTES || payload.len == SHORT_ACCEPT_BYTES)) {
        take_accept(guard, payload);
    } else if (kind == RECORD_FLOOR && payload.len == FLOOR_BYTES) {
        raise_epoch(guard, bytes_u64(payload.ptr + AT_EPOCH));
        raise_floor(guard, bytes_u64(payload.ptr + AT_EPOCH), bytes_u64(payload.ptr + AT_SEQ));
    }
}

static struct status load_log(struct command_guard *guard)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct slice file = { 0 };
    struct slice payload;
    size_t offset = 0;

    TRY(file_load(&arena, log_path(&arena, guard), LOG_BYTES_MAX, &file));
    while (record_next(file, &offset, &payload)) {
        take_record(guard, &scratch, payload);
        arena_reset(&scratch);
    }
    if (offset < file.len && ftruncate(guard->fd, (off_t)offset) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", guard->folder, strerrordesc_np(errno));
    }
    guard->log_bytes = offset;
    return STATUS_SUCCESS;
}

struct status command_guard_open(const char *folder, struct slice node, struct command_guard **out)
{
    CLEANUP(command_guard_close) struct command_guard *guard = calloc(1, sizeof(*guard));

    if (guard == NULL) {
        abort();
    }
    guard->fd = -1;
    slice_to_cstr(slice_from(folder), guard->folder, sizeof(guard->folder));
    slice_to_cstr(node, guard->node, sizeof(guard->node));
    TRY(file_make_folder(folder, FOLDER_MODE));
    TRY(open_log(guard));
    TRY(load_log(guard));
    *out = TAKE(guard);
    return STATUS_SUCCESS;
}

void command_guard_close(struct command_guard **guard)
{
    struct command_guard *self = TAKE(*guard);

    if (self != NULL) {
        cleanup_close(&self->fd);
        free(self);
    }
}
