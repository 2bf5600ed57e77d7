#include "sla/agree/agreement.h"

#include "base/date.h"
#include "sla/agree/keys.h"
#include "sla/agree/promise.h"
#include "sla/code.h"
#include "sla/fix.h"
#include "sla/resolve/digest.h"
#include "tests/unit/sla/worlds.h"

#include <string.h>

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* --- documents and signatures ---------------------------------------------------------------- */

enum { SHOP, DC, EVE, SIGNERS };
static const char *const names[SIGNERS] = { "shop", "dc-one", "eve" };
static const struct ed25519_secret secrets[SIGNERS] = { { { 1 } }, { { 2 } }, { { 3 } } };

static const struct yaml_node *root_of(struct slice text)
{
    struct diag_source *source = ARENA_NEW(&bench.arena, struct diag_source, 1);
    struct diag_list diags;

    diag_list_init(&diags, &bench.arena);
    *source = (struct diag_source){ "t.yaml", text };
    const struct yaml_document *document = yaml_read(&bench.arena, source, &diags);
    CU_ASSERT_EQUAL_FATAL(diags.errors, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    return document->root;
}

static struct slice hex_of(const void *bytes, size_t len)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (size_t i = 0; i < len; i++) {
        buf_printf(&out, "%02x", ((const uint8_t *)bytes)[i]);
    }
    return arena_copy(&bench.arena, buf_slice(&out));
}

static struct slice digest_of(struct slice text)
{
    struct sha256 digest = sla_digest_document(root_of(text));

    return hex_of(digest.bytes, sizeof(digest.bytes));
}

static struct slice replaced(struct slice text, const char *word, struct slice by)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice wanted = slice_from(word);

    for (;;) {
        size_t at = slice_find_text(text, wanted);
        buf_add_slice(&out, slice_sub(text, 0, at));
        if (at == text.len) {
            return arena_copy(&bench.arena, buf_slice(&out));
        }
        buf_add_slice(&out, by);
        text = slice_sub(text, at + wanted.len, text.len);
    }
}

static struct slice shop_text(const char *bound)
{
    return text_sla(&bench, "shop",
                    arena_printf(&bench.arena,
                                 "  targets: [{id: all}]\n"
                                 "  clauses: [{id: quick, on: all, term: respond.mttr, op: \"<=\", "
                                 "value: %s}]\n",
                                 bound)
                        .ptr);
}

static struct slice dc_text(void)
{
    return text_offer(&bench, "dc-one",
                      "  targets: [{id: all}]\n"
                      "  clauses: [{id: zone, on: all, stance: offers, term: location, op: in, "
                      "value: [DE]}]\n");
}

static struct slice signed_bytes_of(struct slice text)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    sla_agreement_signed_bytes(&bench.arena, root_of(text), &out);
    return arena_copy(&bench.arena, buf_slice(&out));
}

/* By anna, on that day; `old`: over what is agreed on alone, as the first format had it. */
static struct slice signature_of(int who, struct slice agreed, const char *day, bool old)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    const struct sha256 digest = sha256_of(agreed);
    struct sla_signature record = { .party = slice_from(names[who]), .by = SLICE("anna") };

    ASSERT_OK(date_parse(slice_from(day), &record.at_day));
    sla_signature_bytes(&digest, &record, &bytes);
    struct ed25519_signature signature =
        ed25519_sign(&secrets[who], old ? agreed : buf_slice(&bytes));
    struct ed25519_public key = ed25519_public_of(&secrets[who]);
    struct sha256 id = sla_key_id(&key);

    return arena_printf(&bench.arena,
                        "{party: %s, by: anna, at: %s, key: \"sha256:%.*s\", "
                        "signature: \"%.*s\"}",
                        names[who], day, SLICE_ARG(hex_of(id.bytes, sizeof(id.bytes))),
                        SLICE_ARG(hex_of(signature.bytes, sizeof(signature.bytes))));
}

/* `@sla` and `@offer` stand for digests, `@shop`, `@dc`, `@eve`, `@old` and `@later` for
 * signatures. */
static struct slice agreement_text(unsigned version, const char *spec)
{
    struct slice text = arena_printf(&bench.arena,
                                     "apiVersion: redan/v1\nkind: Agreement\n"
                                     "metadata: {name: deal, party: shop, role: tenant, "
                                     "version: %u}\nspec:\n%s",
                                     version, spec);

    text = replaced(text, "@sla", digest_of(shop_text("30 s")));
    text = replaced(text, "@offer", digest_of(dc_text()));
    struct slice bytes = signed_bytes_of(replaced(text, "@", SLICE("")));
    text = replaced(text, "@shop", signature_of(SHOP, bytes, "2025-12-12", false));
    text = replaced(text, "@eve", signature_of(EVE, bytes, "2025-12-12", false));
    text = replaced(text, "@old", signature_of(SHOP, bytes, "2025-12-12", true));
    text = replaced(text, "@later", signature_of(SHOP, bytes, "2026-02-01", false));
    return replaced(text, "@dc", signature_of(DC, bytes, "2025-12-12", false));
}

#define PIN_SLA "    - {kind: SecuritySLA, party: shop, name: shop, digest: \"sha256:@sla\"}\n"
#define PIN_OFFER                                                                                  \
    "    - {kind: ProviderOffer, party: dc-one, name: dc-one, digest: \"sha256:@offer\"}\n"
#define PINS          "  documents:\n" PIN_SLA PIN_OFFER
#define VALID         "  valid: {from: 2026-01-01, until: 2029-01-01}\n"
#define BOTH          "  signatures: [@shop, @dc]\n"
#define WITH_STRANGER "  signatures: [@shop, @dc, @eve]\n"

enum { DAY = 20454 }; /* 2026-01-01 */

static void add_rest(void)
{
    bench_add(&bench, shop_text("30 s"));
    bench_add(&bench, dc_text());
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web-1, plane: compute, layer: L2, node: n1, "
                                  "provider: dc-one}\n"));
}

static void know_keys(int32_t from_day)
{
    struct sla_key *keys = ARENA_NEW(&bench.arena, struct sla_key, SIGNERS);

    for (int i = 0; i < SIGNERS; i++) {
        keys[i] = (struct sla_key){ slice_from(names[i]), ed25519_public_of(&secrets[i]), from_day,
                                    INT32_MAX };
    }
    bench.options.keys = keys;
    bench.options.key_count = SIGNERS;
}

/* As of a day; 0: of none. */
static const struct sla_world *compile_on(int32_t day, unsigned version, const char *spec)
{
    bench_clear(&bench);
    know_keys(0);
    bench.options.has_day = day != 0;
    bench.options.as_of_day = day;
    bench_add(&bench, agreement_text(version, spec));
    add_rest();
    bench_compile(&bench);
    return bench.world;
}

static const struct sla_world *compile(unsigned version, const char *spec)
{
    return compile_on(0, version, spec);
}

/* Findings of the agreement alone, as "CODE LEVEL: MESSAGE"; the first one. */
static struct slice first_finding(void)
{
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code != SLA_CODE_UNPROVEN && at->code != SLA_CODE_ADVERTISED) {
            return arena_printf(&bench.arena, "%u %s: %.*s", at->code, diag_level_name(at->level),
                                SLICE_ARG(at->message));
        }
    }
    return (struct slice){ 0 };
}

/* --- one world ------------------------------------------------------------------------------- */

static const struct {
    const char *spec, *finding;
} rows[] = {
    { "  state: draft\n  documents: [{kind: SecuritySLA, party: shop, name: shop}]\n", "" },
    { "  state: draft\n  documents: [{kind: SecuritySLA, party: shop, name: shop, digest: "
      "\"sha256:@offer\"}]\n",
      "318 warning: SecuritySLA `shop` is not what this digest is of" },
    { "  state: draft\n  documents: [{kind: SecuritySLA, party: shop, name: shop, version: 2}]\n",
      "312 error: SecuritySLA `shop` of `shop`, version 2, is not among the documents" },
    { "  state: draft\n  documents: [{kind: UCloud, party: shop, name: nothing}]\n",
      "312 error: UCloud `nothing` of `shop`, version 1, is not among the documents" },
    { "  state: draft\n  documents: [{kind: Agreement, party: shop, name: deal}]\n",
      "206 error: `Agreement` is not a kind of document" },
    { "  state: signed\n" PINS, "206 error: `signed` is not a state" },
    { "  state: draft\n" PINS "  ended: {at: 2026-01-01, by: anna, why: moved}\n",
      "317 error: it says when it ended, and has not" },
    { "  state: draft\n" PINS "  valid: {from: 2026-01-01, until: 2026-01-01}\n",
      "220 error: the validity ends before it begins" },
    { "  state: draft\n" PINS "  valid: {from: 2026-02-30}\n", "208 error: a first day is wrong" },
    { "  state: draft\n  documents: [{kind: SecuritySLA, party: shop, name: shop, digest: "
      "\"sha256:ABCD\"}]\n",
      "208 error: a digest is wrong" },
    { "  state: negotiated\n" PINS, "" },
    { "  state: negotiated\n  documents: [{kind: SecuritySLA, party: shop, name: shop}]\n",
      "317 error: `shop` is pinned without its digest" },
    { "  state: negotiated\n  documents: [{kind: SecuritySLA, party: shop, name: shop, digest: "
      "\"sha256:@offer\"}]\n",
      "318 error: SecuritySLA `shop` is not what this digest is of" },
    { "  state: in-force\n" PINS BOTH, "317 error: an agreement in force needs `valid`" },
    { "  state: in-force\n" VALID PINS, "318 error: `shop` has not signed" },
    { "  state: in-force\n" VALID PINS "  signatures: [@shop]\n",
      "318 error: `dc-one` has not signed" },
    { "  state: in-force\n" VALID PINS "  signatures: [@shop, @dc, @shop]\n",
      "318 error: `shop` has signed twice" },
    { "  state: in-force\n" VALID PINS BOTH, "" },
    { "  state: in-force\n" VALID PINS WITH_STRANGER,
      "318 error: `eve` has no document in this agreement" },
    { "  state: negotiated\n" PINS WITH_STRANGER,
      "318 warning: `eve` has no document in this agreement" },
    { "  state: amended\n" VALID PINS BOTH,
      "317 error: no version that came into force replaces this one" },
    { "  state: ended\n" PINS, "317 error: an agreement that has ended says when and why" },
    { "  state: ended\n" PINS "  ended: {at: 2026-01-01, by: anna, why: moved}\n", "" },
};

static void each_state_asks_what_it_says(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)compile(1, rows[i].spec);
        ASSERT_TEXT(first_finding(), rows[i].finding);
    }
}

/* The text of a good one, with a part changed after it was signed. */
static const struct {
    const char *old, *new, *finding;
} changes[] = {
    { "until: 2029", "until: 2039",
      "318 error: the signature of `shop` does not hold: this is not what was signed with the "
      "key" },
    { "at: 2025-12-12", "at: 1969-12-12",
      "318 error: the signature of `shop` does not hold: its key was not this party's on that "
      "day" },
    { "party: shop, by: anna", "party: shop, by: eve",
      "318 error: the signature of `shop` does not hold: this is not what was signed with the "
      "key" },
    { "at: 2025-12-12", "at: 2025-12-11",
      "318 error: the signature of `shop` does not hold: this is not what was signed with the "
      "key" },
    { "signatures: [{party: shop", "signatures: [{party: dc-one",
      "318 error: `shop` has not signed" },
    { "state: in-force", "state: negotiated", "" }, /* states are not signed */
    { "spec:\n", "spec:   # a comment\n", "" },
    { "{from: 2026-01-01, until: 2029-01-01}", "{until: '2029-01-01', from: 2026-01-01}", "" },
};

static void signatures_are_of_what_is_said(void)
{
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        bench_clear(&bench);
        know_keys(0);
        struct slice text = agreement_text(1, "  state: in-force\n" VALID PINS BOTH);
        bench_add(&bench, replaced(text, changes[i].old, slice_from(changes[i].new)));
        add_rest();
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), changes[i].finding);
    }
}

/* A state, and what one says that ended. */
static const struct {
    const char *state, *ended;
    bool in_force;
} lives[] = {
    { "draft", "", false },
    { "negotiated", "", false },
    { "in-force", "", true },
    { "ended", "  ended: {at: 2026-06-01, by: anna, why: moved}\n", false },
};

static struct slice in_state(size_t at, const char *signatures)
{
    return arena_printf(&bench.arena, "  state: %s\n%s" VALID PINS "  signatures: [%s]\n",
                        lives[at].state, lives[at].ended, signatures);
}

/* Whether it is in force or not: an error where it is shown to be false, unless it was taken
 * before or is about to be made anew. */
static void a_false_signature_is_told_in_every_state(void)
{
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        for (unsigned way = 0; way < 3; way++) {
            bool negotiated = strcmp(lives[i].state, "negotiated") == 0;
            bool warns = way == 1 || (way == 2 && negotiated);
            bench_clear(&bench);
            know_keys(0);
            bench.options.stored = way == 1;
            bench.options.signing = way == 2;
            bench_add(&bench, replaced(agreement_text(1, in_state(i, "@shop, @dc").ptr),
                                       "until: 2029", SLICE("until: 2039")));
            add_rest();
            bench_compile(&bench);
            ASSERT_TEXT(first_finding(),
                        arena_printf(&bench.arena,
                                     "318 %s: the signature of `shop` does not hold: this is not "
                                     "what was signed with the key",
                                     warns ? "warning" : "error")
                            .ptr);
        }
    }
}

/* What cannot be told matters where something rests on it. */
static void a_signature_by_an_unknown_key_is_told_in_every_state(void)
{
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        bench_clear(&bench);
        know_keys(0);
        bench.options.key_count = 1; /* the shop's alone */
        bench_add(&bench, agreement_text(1, in_state(i, "@shop, @dc").ptr));
        add_rest();
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), arena_printf(&bench.arena,
                                                  "318 %s: the signature of `dc-one` does not "
                                                  "hold: no such key of this party is known",
                                                  lives[i].in_force ? "error" : "warning")
                                         .ptr);
    }
}

static void who_signs_twice_is_told_in_every_state(void)
{
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        (void)compile(1, in_state(i, "@shop, @dc, @shop").ptr);
        ASSERT_TEXT(first_finding(), arena_printf(&bench.arena, "318 %s: `shop` has signed twice",
                                                  lives[i].in_force ? "error" : "warning")
                                         .ptr);
    }
}

static void a_signature_of_the_first_format_is_named(void)
{
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        (void)compile(1, in_state(i, "@old, @dc").ptr);
        ASSERT_TEXT(first_finding(),
                    arena_printf(&bench.arena,
                                 "318 %s: the signature of `shop` does not hold: it was made in "
                                 "the first format, which signed neither `by` nor `at`",
                                 lives[i].in_force ? "error" : "warning")
                        .ptr);
    }
}

/* 2026-02-01 is the day of one signature. */
static void a_signature_counts_from_its_day_on(void)
{
    enum { FEBRUARY = DAY + 31 };

    for (int32_t day = FEBRUARY - 1; day <= FEBRUARY; day++) {
        (void)compile_on(day, 1, "  state: in-force\n" VALID PINS "  signatures: [@later, @dc]\n");
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->agreements[0]->is_signed, day == FEBRUARY);
        ASSERT_TEXT(first_finding(), day == FEBRUARY
                                         ? ""
                                         : "318 warning: the signature of `shop` does not hold: "
                                           "its day is still to come");
        CU_ASSERT_EQUAL(bench.world->next_change_day == FEBRUARY, day < FEBRUARY);
    }
}

static void without_keys_nothing_counts_as_signed(void)
{
    bench_clear(&bench);
    bench_add(&bench, agreement_text(1, "  state: in-force\n" VALID PINS BOTH));
    add_rest();
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_TEXT(first_finding(), "318 note: signatures not checked");
    CU_ASSERT_FALSE(bench.world->agreements[0]->is_signed);
}

/* The words at the front keep these bytes from being those of anything else that is signed. */
static void signed_bytes_are_these(void)
{
    struct slice text = SLICE("{apiVersion: redan/v1, kind: Agreement, metadata: {name: a}, spec: "
                              "{state: draft, documents: [], signatures: [], ended: {}}}");
    struct slice wanted = SLICE("redan/1 agreement\0"
                                "M4:S10:apiVersionS8:redan/v1S4:kindS9:Agreement"
                                "S8:metadataM1:S4:nameS1:aS4:specM1:S9:documentsL0:");

    CU_ASSERT_TRUE(slice_eq(signed_bytes_of(text), wanted));
}

/* These neither, with a day and a name in them. */
static void a_signature_is_over_these(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct sha256 agreed = { "0123456789abcdef0123456789abcde" };
    const struct sla_signature signature = { .party = SLICE("shop"),
                                             .by = SLICE("anna"),
                                             .at_day = DAY };

    sla_signature_bytes(&agreed, &signature, &out);
    CU_ASSERT_TRUE(slice_eq(buf_slice(&out), SLICE("redan/2 signature\0"
                                                   "0123456789abcdef0123456789abcde\0"
                                                   "S4:shopS4:annaS10:2026-01-01")));
}

/* Each key is hashed once, and looked up: hashing it for each signature took minutes here. */
static void many_keys_and_signatures_are_no_burden(void)
{
    enum { MANY = 20000 };
    CLEANUP(buf_done) struct buf spec = { 0 };
    struct sla_key *keys = ARENA_NEW(&bench.arena, struct sla_key, MANY);

    buf_add_cstr(&spec, "  state: negotiated\n" PINS "  signatures:\n");
    for (int i = 0; i < MANY; i++) {
        struct ed25519_secret unknown = { { 3 } };
        memcpy(&unknown.seed[1], &i, sizeof(i));
        memcpy(keys[i].key.bytes, unknown.seed, sizeof(unknown.seed)); /* of no use for signing */
        keys[i].party = SLICE("shop");
        struct sha256 id =
            sha256_of_parts((struct slice[]){ SLICE("x"), { (const char *)&i, 4 } }, 2);
        buf_printf(&spec,
                   "    - {party: shop, by: anna, at: 2025-12-12, key: \"sha256:%.*s\", signature: "
                   "\"%.*s%.*s\"}\n",
                   SLICE_ARG(hex_of(id.bytes, 32)), SLICE_ARG(hex_of(id.bytes, 32)),
                   SLICE_ARG(hex_of(id.bytes, 32)));
    }
    bench_clear(&bench);
    bench.options.keys = keys;
    bench.options.key_count = MANY;
    bench_add(&bench, agreement_text(1, arena_cstr(&bench.arena, buf_slice(&spec))));
    add_rest();
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->agreements[0]->signatures[MANY - 1].verdict,
                    SLA_SIGNATURE_STRANGER);
}

/* What a pinned document is made of is pinned too. */
static void what_it_rests_on_is_pinned(void)
{
    struct slice base = SLICE("apiVersion: redan/v1\nkind: SecuritySLA\n"
                              "metadata: {name: base, party: shop, role: tenant, template: yes}\n"
                              "spec:\n  targets: [{id: all}]\n"
                              "  clauses: [{id: quick, on: all, term: respond.mttr, op: \"<=\", "
                              "value: 30 s}]\n");
    struct slice policy = SLICE("apiVersion: redan/v1\nkind: ResponsePolicy\n"
                                "metadata: {name: answers, party: shop, role: tenant}\n"
                                "spec:\n  reactions: [{id: stop, when: {rule: ssh-guessed}, "
                                "respond: [compute.suspend], lease: 1h, within: 5 s}]\n");
    struct slice own = SLICE("apiVersion: redan/v1\nkind: SecuritySLA\n"
                             "metadata: {name: own, party: shop, role: tenant, ucloud: store, "
                             "extends: {document: base}}\n"
                             "spec:\n  responses: [{policy: answers, on: all}]\n");
    const char *formats[] = { "%s",
                              "%s    - {kind: SecuritySLA, party: shop, name: base, digest: "
                              "\"sha256:@base\"}\n",
                              "%s    - {kind: SecuritySLA, party: shop, name: base, digest: "
                              "\"sha256:@base\"}\n    - {kind: ResponsePolicy, party: shop, name: "
                              "answers, digest: \"sha256:@answers\"}\n" };
    const char *findings[] = { "319 error: `own` rests on `base`, which is not pinned",
                               "319 error: `own` rests on `answers`, which is not pinned", "" };

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        bench_clear(&bench);
        struct slice first = SLICE("  state: negotiated\n  documents:\n    - {kind: SecuritySLA, "
                                   "party: shop, name: own, digest: \"sha256:@own\"}\n");
        struct slice text = replaced(slice_from(formats[i]), "%s", first);
        text = agreement_text(1, arena_cstr(&bench.arena, text));
        text = replaced(text, "@own", digest_of(own));
        text = replaced(text, "@base", digest_of(base));
        bench_add(&bench, replaced(text, "@answers", digest_of(policy)));
        bench_add(&bench, base);
        bench_add(&bench, policy);
        bench_add(&bench, own);
        add_rest();
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), findings[i]);
    }
}

/* What the lab may hand on stands in the shop's SLA: taken back there, it falls. */
static void what_it_is_granted_by_is_pinned(void)
{
    struct slice grants = text_sla(
        &bench, "shop",
        "  targets: [{id: all}]\n  clauses: [{id: readers, on: all, term: authorization, action: "
        "data.read, op: permit, value: lab, delegate: 2}]\n");
    struct slice granted = replaced(
        text_sla(&bench, "lab",
                 "  targets: [{id: all}]\n  clauses:\n"
                 "    - {id: ann, on: all, term: authorization, action: data.read, op: permit, "
                 "value: user/ann, under: shop/shop/readers}\n"
                 "    - {id: bob, on: all, term: authorization, action: data.read, op: permit, "
                 "value: user/bob, under: shop/shop/readers, delegate: 1}\n"
                 "    - {id: bobs, on: all, term: authorization, action: data.read, op: permit, "
                 "value: user/bob, under: bob}\n"),
        "role: tenant", SLICE("role: user"));
    static const struct {
        const char *also;
        bool stored;
        const char *finding;
    } cases[] = {
        { "", false,
          "319 error: `lab` holds by what `shop` of `shop` grants, which is not pinned" },
        { "", true,
          "319 warning: `lab` holds by what `shop` of `shop` grants, which is not pinned" },
        { "    - {kind: SecuritySLA, party: shop, name: shop, digest: \"sha256:@grants\"}\n", false,
          "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t told = 0;
        bench_clear(&bench);
        bench.options.stored = cases[i].stored;
        struct slice spec = arena_printf(&bench.arena,
                                         "  state: negotiated\n  documents:\n    - {kind: "
                                         "SecuritySLA, party: lab, name: lab, digest: "
                                         "\"sha256:@granted\"}\n%s",
                                         cases[i].also);
        struct slice text = replaced(agreement_text(1, spec.ptr), "@granted", digest_of(granted));
        bench_add(&bench, replaced(text, "@grants", digest_of(grants)));
        bench_add(&bench, grants);
        bench_add(&bench, granted);
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: web-1, plane: data, layer: L2, node: n1, "
                                      "provider: dc-one}\n"));
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), cases[i].finding);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            told += at->code == SLA_CODE_NOT_PINNED ? 1 : 0;
        }
        CU_ASSERT_EQUAL(told, cases[i].finding[0] != '\0' ? 1 : 0);
    }
}

static void sets_of_what_is_pinned_have_a_date(void)
{
    static const struct {
        const char *value, *state, *finding;
    } cases[] = {
        { "EU", "negotiated", "319 error: `own` rests on the newest revision of `EU`" },
        { "near", "negotiated", "319 error: `own` rests on the newest revision of `near`" },
        { "EU", "draft", "902 note: set `EU` is taken as of 2020-02-01, its newest revision" },
        { "[EU@2020-02-01, near@2026-01-01]", "negotiated", "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice own = arena_printf(
            &bench.arena,
            "apiVersion: redan/v1\nkind: SecuritySLA\n"
            "metadata: {name: own, party: shop, role: tenant, ucloud: store}\n"
            "spec:\n  targets: [{id: all}]\n  sets: [{id: near, countries: PT, from: 2020-01-01}, "
            "{id: near, countries: [PT, ES], from: 2025-01-01}]\n"
            "  clauses: [{id: home, on: all, term: location, op: in, value: %s}, {id: far, on: "
            "all, "
            "term: location, op: not in, value: near@2020-02-02, strength: should}]\n",
            cases[i].value);
        struct slice spec =
            arena_printf(&bench.arena,
                         "  state: %s\n  documents:\n    - {kind: SecuritySLA, party: shop, name: "
                         "own, digest: \"sha256:%.*s\"}\n",
                         cases[i].state, SLICE_ARG(digest_of(own)));
        bench_clear(&bench);
        bench_add(&bench, agreement_text(1, spec.ptr));
        bench_add(&bench, own);
        add_rest();
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), cases[i].finding);
    }
}

static void fix_fills_in_digests_until_it_is_in_force(void)
{
    static const char *const states[] = { "negotiated", "in-force" };

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct sla_fix_result result;
        bench_clear(&bench);
        struct slice text = arena_printf(
            &bench.arena,
            "  state: %s\n  documents: [{kind: SecuritySLA, party: shop, name: shop}]\n",
            states[i]);
        bench_add(&bench, agreement_text(1, arena_cstr(&bench.arena, text)));
        add_rest();
        sla_fix(&bench.arena, bench.sources, bench.count, &bench.options, &result);
        CU_ASSERT_EQUAL(result.applied_count, i == 0);
        CU_ASSERT_EQUAL(result.diags.errors == 0, i == 0);
    }
}

/* --- two versions ---------------------------------------------------------------------------- */

#define NEXT_VALID "  valid: {from: 2027-01-01, until: 2029-01-01}\n"

static struct slice replaces(unsigned version, struct slice text)
{
    struct slice bytes = signed_bytes_of(text);
    struct sha256 digest = sha256_of(bytes);

    return arena_printf(&bench.arena, "  replaces: {version: %u, digest: \"sha256:%.*s\"}\n",
                        version, SLICE_ARG(hex_of(digest.bytes, sizeof(digest.bytes))));
}

static void compile_both(const char *first_state, const char *valid, bool named)
{
    bench_clear(&bench);
    know_keys(0);
    struct slice spec = arena_printf(&bench.arena, "  state: %s\n%s", first_state, VALID PINS BOTH);
    struct slice first = agreement_text(1, arena_cstr(&bench.arena, spec));
    spec = arena_printf(&bench.arena, "  state: in-force\n%s%.*s%s", valid,
                        SLICE_ARG(named ? replaces(1, first) : SLICE("")), PINS BOTH);
    bench_add(&bench, agreement_text(2, arena_cstr(&bench.arena, spec)));
    bench_add(&bench, first);
    add_rest();
    bench_compile(&bench);
}

static void versions_follow_each_other(void)
{
    compile_both("in-force", NEXT_VALID, true);
    ASSERT_TEXT(first_finding(), "317 error: two versions are in force at the same time");
    compile_both("in-force", "  valid: {from: 2029-01-01, until: 2030-01-01}\n", true);
    ASSERT_TEXT(first_finding(), "");
    compile_both("amended", NEXT_VALID, true);
    ASSERT_TEXT(first_finding(), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->agreement_count, 2);
    CU_ASSERT_EQUAL(bench.world->agreements[1]->document->version, 2);
    compile_both("amended", NEXT_VALID, false);
    ASSERT_TEXT(first_finding(), "317 error: no version that came into force replaces this one");
}

/* Version 2 beside version 1, which is in force: its state and what it replaces. `@one` stands for
 * the digest of version 1. */
static const struct {
    const char *state, *replaces, *finding;
} replacements[] = {
    { "draft", "{version: 1}", "" },
    { "draft", "{version: 1, digest: \"sha256:@one\"}", "" },
    { "draft", "{version: 1, digest: \"sha256:@sla\"}",
      "318 warning: version 1 is not what this digest is of" },
    { "negotiated", "{version: 1}", "317 error: `replaces` names a version without its digest" },
    { "negotiated", "{version: 1, digest: \"sha256:@one\"}", "" },
    { "negotiated", "{version: 1, digest: \"sha256:@sla\"}",
      "318 error: version 1 is not what this digest is of" },
    { "in-force", "{version: 1, digest: \"sha256:@sla\"}",
      "318 error: version 1 is not what this digest is of" },
    { "ended", "{version: 1, digest: \"sha256:@sla\"}",
      "318 error: version 1 is not what this digest is of" },
    { "ended", "{version: 1, digest: \"sha256:@one\"}", "" },
    { "draft", "{version: 2}", "317 error: a version replaces an earlier one" },
    { "draft", "{version: 3}", "317 error: a version replaces an earlier one" },
};

/* Two texts; what the second replaces is filled in. */
static void add_second(const char *state, const char *what)
{
    struct slice first = agreement_text(1, "  state: in-force\n" VALID PINS BOTH);
    struct sha256 digest = sha256_of(signed_bytes_of(first));
    struct slice line = arena_printf(&bench.arena, "  replaces: %s\n", what);
    bool ended = strcmp(state, "ended") == 0;

    line = replaced(line, "@one", hex_of(digest.bytes, sizeof(digest.bytes)));
    line = arena_printf(&bench.arena,
                        "  state: %s\n  valid: {from: 2029-01-01, until: 2030-01-01}\n%s%.*s%s%s",
                        state, PINS, SLICE_ARG(line),
                        ended ? "  ended: {at: 2026-06-01, by: anna, why: moved}\n" : "",
                        strcmp(state, "in-force") == 0 ? BOTH : "");
    bench_add(&bench, agreement_text(2, arena_cstr(&bench.arena, line)));
    bench_add(&bench, first);
    add_rest();
}

static void what_is_replaced_is_told_before_it_is_signed(void)
{
    for (size_t i = 0; i < COUNT_OF(replacements); i++) {
        bench_clear(&bench);
        know_keys(0);
        add_second(replacements[i].state, replacements[i].replaces);
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), replacements[i].finding);
    }
}

/* The documents are those of the next version already. */
static const struct diag *first_absent(void)
{
    const struct diag *at = bench.diags.first;

    while (at != NULL && at->code != SLA_CODE_NO_DOCUMENT) {
        at = at->next;
    }
    return at;
}

static void a_pin_of_nothing_says_what_was_meant(void)
{
    static const struct {
        const char *documents, *help, *fix;
    } pins[] = {
        { "{kind: SecuritySLA, party: shop, name: shpo}", "did you mean `shop`?", "shop" },
        { "{kind: ProviderOffer, party: shop, name: shop}",
          "pin it by its kind and party, or mend these there, or add the file with this document",
          NULL },
        { "{kind: SecuritySLA, party: shop, name: warehouse}", "add the file with this document",
          NULL },
    };

    for (size_t i = 0; i < COUNT_OF(pins); i++) {
        bench_clear(&bench);
        (void)compile(1,
                      arena_cstr(&bench.arena,
                                 arena_printf(&bench.arena, "  state: draft\n  documents: [%s]\n",
                                              pins[i].documents)));
        const struct diag *absent = first_absent();
        CU_ASSERT_PTR_NOT_NULL_FATAL(absent);
        ASSERT_TEXT(absent->helps->text, pins[i].help);
        CU_ASSERT_EQUAL(absent->fixes != NULL, pins[i].fix != NULL);
        if (absent->fixes != NULL && pins[i].fix != NULL) {
            CU_ASSERT_FALSE(absent->fixes->safe);
            ASSERT_TEXT(absent->fixes->edits->text, pins[i].fix);
        }
    }
}

static void a_pin_of_what_could_not_be_read_is_not_told(void)
{
    static const char *const refused[] = {
        "apiVersion: redan/v1\nkind: [\n",
        "apiVersion: redan/v9\nkind: SecuritySLA\nmetadata: {name: gone}\nspec: {}\n",
        "apiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: gone, party: shop, role: "
        "tenant, assertedBy: {party: shop, how: signed}}\nspec: {targets: [{id: all}], clauses: "
        "[]}\n",
    };

    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        bench_clear(&bench);
        bench_add(&bench, slice_from(refused[i]));
        bench_add(&bench, agreement_text(
                              1, "  state: draft\n  documents: [{kind: SecuritySLA, party: shop, "
                                 "name: gone}]\n"));
        bench_compile(&bench);
        CU_ASSERT_TRUE(bench.diags.errors > 0);
        CU_ASSERT_PTR_NULL(first_absent());
    }
}

static void what_is_over_pins_what_was(void)
{
    static const struct {
        const char *first, *second;
        bool partial;
        const char *finding;
    } cases[] = {
        { "amended", "in-force", false, "" },
        { "amended", "ended", false, "" },
        { "amended", "negotiated", true,
          "317 warning: no version that came into force replaces this one" },
        { "amended", "negotiated", false,
          "317 error: no version that came into force replaces this one" },
        { "ended", "in-force", false, "" },
        { "in-force", "negotiated", false,
          "318 error: SecuritySLA `shop` is not what this digest is of" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice now = shop_text("20 s");
        const char *over[2] = { cases[i].first, cases[i].second };
        struct slice texts[2] = { { 0 }, { 0 } };
        for (size_t j = 0; j < COUNT_OF(over); j++) {
            struct slice what = j == 0 ? SLICE("") : replaces(1, texts[0]);
            struct slice spec = arena_printf(
                &bench.arena, "  state: %s\n%s%.*s%s%s%s", over[j], VALID, SLICE_ARG(what), PINS,
                BOTH,
                strcmp(over[j], "ended") == 0 ? "  ended: {at: 2026-06-01, by: anna, why: moved}\n"
                                              : "");
            spec = j == 0 ? spec : replaced(spec, "@sla", digest_of(now));
            texts[j] = agreement_text((unsigned)j + 1, arena_cstr(&bench.arena, spec));
        }
        bench_clear(&bench);
        know_keys(0);
        bench.options.partial = cases[i].partial;
        bench_add(&bench, texts[0]);
        bench_add(&bench, texts[1]);
        add_rest();
        bench.sources[2].text = now;
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), cases[i].finding);
    }
}

static void the_version_before_may_be_elsewhere(void)
{
    static const char *const states[] = { "draft", "negotiated", "in-force" };

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct slice spec = arena_printf(&bench.arena,
                                         "  state: %s\n" VALID PINS
                                         "  replaces: {version: 1, digest: \"sha256:@sla\"}\n" BOTH,
                                         states[i]);
        (void)compile(2, spec.ptr);
        CU_ASSERT_PTR_NOT_NULL(bench.world);
        ASSERT_TEXT(first_finding(),
                    i < 2 ? "312 warning: Agreement `deal` of `shop`, version 1, is not among the "
                            "documents"
                          : "");
    }
}

static void fix_names_the_version_before(void)
{
    static const struct {
        const char *state, *replaces;
        size_t applied;
    } cases[] = {
        { "draft", "{version: 1, digest: \"sha256:@sla\"}", 1 },
        { "negotiated", "{version: 1}", 1 },
        { "negotiated", "{version: 1, digest: \"sha256:@sla\"}", 0 },
        { "in-force", "{version: 1}", 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sla_fix_result result;
        bench_clear(&bench);
        know_keys(0);
        add_second(cases[i].state, cases[i].replaces);
        sla_fix(&bench.arena, bench.sources, bench.count, &bench.options, &result);
        CU_ASSERT_EQUAL(result.applied_count, cases[i].applied);
        CU_ASSERT_EQUAL(result.diags.errors == 0, cases[i].applied == 1);
    }
}

/* The second amended the first, and was amended itself. */
static void a_third_version_leaves_the_first_amended(void)
{
    bench_clear(&bench);
    know_keys(0);
    struct slice spec = SLICE("  state: amended\n" VALID PINS BOTH);
    struct slice first = agreement_text(1, spec.ptr);
    spec = arena_printf(&bench.arena, "  state: amended\n%s%.*s%s", NEXT_VALID,
                        SLICE_ARG(replaces(1, first)), PINS BOTH);
    struct slice second = agreement_text(2, spec.ptr);
    spec = arena_printf(&bench.arena, "  state: in-force\n%s%.*s%s",
                        "  valid: {from: 2028-01-01, until: 2030-01-01}\n",
                        SLICE_ARG(replaces(2, second)), PINS BOTH);
    bench_add(&bench, agreement_text(3, spec.ptr));
    bench_add(&bench, second);
    bench_add(&bench, first);
    add_rest();
    bench_compile(&bench);
    ASSERT_TEXT(first_finding(), "");
}

/* What is over came into force only if all have signed it. */
static void what_never_came_into_force_replaces_nothing(void)
{
#define NOT_REPLACED "317 error: no version that came into force replaces this one"
    static const struct {
        const char *state, *signatures;
        bool right;
        const char *finding;
    } cases[] = {
        { "in-force", BOTH, true, "" },
        { "ended", BOTH, true, "" },
        { "ended", "", true, NOT_REPLACED },
        { "ended", "  signatures: [@shop]\n", true, NOT_REPLACED },
        { "ended", "", false, NOT_REPLACED },
        { "ended", BOTH, false, NOT_REPLACED },
        { "in-force", BOTH, false, NOT_REPLACED },
    };
#undef NOT_REPLACED

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice first = agreement_text(1, "  state: amended\n" VALID PINS BOTH);
        struct slice what = cases[i].right ? replaces(1, first)
                                           : SLICE("  replaces: {version: 1, digest: "
                                                   "\"sha256:@sla\"}\n");
        struct slice spec = arena_printf(&bench.arena, "  state: %s\n%s%.*s%s%s", cases[i].state,
                                         NEXT_VALID PINS, SLICE_ARG(what), cases[i].signatures,
                                         strcmp(cases[i].state, "ended") == 0
                                             ? "  ended: {at: 2026-06-01, by: anna, why: moved}\n"
                                             : "");
        bench_clear(&bench);
        know_keys(0);
        bench_add(&bench, first); /* its findings come first */
        bench_add(&bench, agreement_text(2, arena_cstr(&bench.arena, spec)));
        add_rest();
        bench_compile(&bench);
        ASSERT_TEXT(first_finding(), cases[i].finding);
    }
}

/* --- two worlds ------------------------------------------------------------------------------ */

enum { DRAFT, NEGOTIATED, IN_FORCE, AMENDED, ENDED, NONE };
static const char *const specs[] = {
    [DRAFT] = "  state: draft\n" VALID PINS BOTH,
    [NEGOTIATED] = "  state: negotiated\n" VALID PINS BOTH,
    [IN_FORCE] = "  state: in-force\n" VALID PINS BOTH,
    [AMENDED] = NULL, /* two of them */
    [ENDED] =
        "  state: ended\n" VALID PINS BOTH "  ended: {at: 2026-06-01, by: anna, why: moved}\n",
    [NONE] = "",
};

static const struct sla_world *world_of(int state)
{
    if (state == NONE) {
        bench_clear(&bench);
        add_rest();
        bench_compile(&bench);
    } else if (state == AMENDED) {
        compile_both("amended", NEXT_VALID, true);
    } else {
        (void)compile(1, specs[state]);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    return bench.world;
}

/* [from][to]: 0, or the code. */
static const unsigned step_codes[6][6] = {
    [DRAFT] = { 0, 0, 317, 317, 317, 0 },    [NEGOTIATED] = { 0, 0, 0, 317, 0, 0 },
    [IN_FORCE] = { 317, 317, 0, 0, 0, 318 }, [ENDED] = { 317, 317, 317, 317, 0, 0 },
    [NONE] = { 0, 0, 0, 0, 0, 0 },
};

static void an_agreement_keeps_to_its_life(void)
{
    for (int from = 0; from <= NONE; from++) {
        for (int to = 0; to <= NONE && from != AMENDED; to++) {
            const struct sla_world *before = world_of(from);
            const struct sla_world *after = world_of(to);
            struct diag_list diags;
            diag_list_init(&diags, &bench.arena);
            CU_ASSERT_EQUAL(sla_agreement_step(before, after, &diags), step_codes[from][to] == 0);
            CU_ASSERT_EQUAL(diags.first != NULL ? diags.first->code : 0, step_codes[from][to]);
        }
    }
    struct diag_list diags;
    diag_list_init(&diags, &bench.arena);
    CU_ASSERT_TRUE(sla_agreement_step(NULL, world_of(IN_FORCE), &diags));
    CU_ASSERT_FALSE(sla_agreement_step(world_of(IN_FORCE), NULL, &diags));
    CU_ASSERT_TRUE(sla_agreement_step(world_of(AMENDED), world_of(AMENDED), &diags));
    CU_ASSERT_FALSE(sla_agreement_step(world_of(AMENDED), world_of(NONE), &diags)); /* the second */
}

static void what_was_signed_stays(void)
{
    struct diag_list diags;
    const struct sla_world *before = world_of(IN_FORCE);
    const struct sla_world *after =
        compile(1, "  state: in-force\n  valid: {from: 2026-01-01, until: 2039-01-01}\n" PINS BOTH);

    diag_list_init(&diags, &bench.arena);
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_FALSE(sla_agreement_step(before, after, &diags));
    ASSERT_TEXT(diags.first->message,
                "what was signed has changed in an agreement that was in-force");
}

/* --- promises -------------------------------------------------------------------------------- */

static const struct sla_document *offer_of(const struct sla_world *world)
{
    for (size_t i = 0; i < world->document_count; i++) {
        if (world->documents[i]->kind == SLA_PROVIDER_OFFER) {
            return world->documents[i];
        }
    }
    return NULL;
}

static bool promises_on(int state, int32_t day, const char *party)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(compile_on(day, 1, specs[state]));
    return sla_document_is_promised(bench.world, offer_of(bench.world), slice_from(party));
}

static void an_offer_is_a_promise_while_its_agreement_holds(void)
{
    CU_ASSERT_TRUE(promises_on(IN_FORCE, DAY, "shop"));
    CU_ASSERT_FALSE(promises_on(IN_FORCE, DAY - 1, "shop"));
    CU_ASSERT_TRUE(promises_on(IN_FORCE, DAY + 3 * 365, "shop")); /* 2028-12-31 */
    CU_ASSERT_FALSE(promises_on(IN_FORCE, DAY + 3 * 365 + 1, "shop"));
    CU_ASSERT_FALSE(promises_on(IN_FORCE, DAY, "other"));
    CU_ASSERT_FALSE(promises_on(NEGOTIATED, DAY, "shop"));
    CU_ASSERT_FALSE(promises_on(ENDED, DAY, "shop"));
    CU_ASSERT_FALSE(sla_document_is_promised(world_of(NONE), offer_of(bench.world), SLICE("shop")));
}

/* --- what rests on it ------------------------------------------------------------------------ */

static struct slice needy_text(const char *party)
{
    return text_sla(&bench, party,
                    "  targets: [{id: all}]\n  clauses:\n"
                    "    - {id: near, on: all, term: location, op: in, value: [DE, FR]}\n"
                    "    - {id: apart, on: all, term: isolation.level, op: \">=\", value: vm}\n"
                    "    - {id: up, on: all, term: availability, op: \">=\", value: 99 %, window: "
                    "30d}\n");
}

static struct slice giving_text(const char *how)
{
    return arena_printf(
        &bench.arena,
        "apiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: dc-one, party: dc-one, role: "
        "provider, assertedBy: {party: dc-one, how: %s}}\nspec:\n  targets: [{id: all}]\n  "
        "clauses:\n"
        "    - {id: near, on: all, stance: offers, term: location, op: in, value: [DE]}\n"
        "    - {id: apart, on: all, stance: offers, term: isolation.level, op: \">=\", value: "
        "host}\n"
        "    - {id: up, on: all, stance: offers, term: availability, op: \">=\", value: 99.9 %%, "
        "window: 30d}\n",
        how);
}

/* The parties require what one offer gives; `spec` is of an agreement about it, or NULL. */
static void add_reliance(const char *spec, const char *party, const char *how)
{
    bench_clear(&bench);
    know_keys(0);
    if (spec != NULL) {
        struct slice pins = replaced(slice_from(spec), "@needs", digest_of(needy_text("shop")));
        pins = replaced(pins, "@gives", digest_of(giving_text(how)));
        bench_add(&bench, agreement_text(1, arena_cstr(&bench.arena, pins)));
    }
    bench_add(&bench, needy_text("shop"));
    if (!slice_is(slice_from(party), "shop")) {
        bench_add(&bench, replaced(needy_text(party), "role: tenant", SLICE("role: operator")));
    }
    bench_add(&bench, giving_text(how));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web-1, plane: compute, layer: L2, node: n1, "
                                  "provider: dc-one}\n"));
}

static void rely(const char *spec, const char *party, const char *how)
{
    add_reliance(spec, party, how);
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

#define NEEDS_AND_GIVES                                                                            \
    "  documents:\n"                                                                               \
    "    - {kind: SecuritySLA, party: shop, name: shop, digest: \"sha256:@needs\"}\n"              \
    "    - {kind: ProviderOffer, party: dc-one, name: dc-one, digest: \"sha256:@gives\"}\n"

static const struct {
    const char *spec, *how;
    enum sla_verdict verdict;
    const char *help, *evidence; /* no help: no note either */
} reliances[] = {
    { NULL, "transcribed", SLA_ADVERTISED, "pin it in an Agreement that `shop` signs too",
      "claimed" },
    { NULL, "signed", SLA_ADVERTISED, "pin it in an Agreement that `shop` signs too", "claimed" },
    { NULL, "measured", SLA_ADVERTISED, "pin it in an Agreement that `shop` signs too",
      "measured" },
    { "  state: negotiated\n" VALID NEEDS_AND_GIVES BOTH, "signed", SLA_ADVERTISED,
      "it is a promise as soon as that is `in-force` and signed", "claimed" },
    { "  state: in-force\n" VALID NEEDS_AND_GIVES BOTH, "signed", SLA_PROVEN, NULL, "attested" },
    { "  state: in-force\n" VALID NEEDS_AND_GIVES BOTH, "transcribed", SLA_PROVEN, NULL,
      "claimed" },
};

static const struct diag *note(void)
{
    const struct diag *at = bench.diags.first;

    while (at != NULL && at->code != SLA_CODE_ADVERTISED) {
        at = at->next;
    }
    return at;
}

static void what_rests_on_an_offer_says_whether_it_is_agreed_on(void)
{
    for (size_t i = 0; i < COUNT_OF(reliances); i++) {
        rely(reliances[i].spec, "shop", reliances[i].how);
        CU_ASSERT_EQUAL(bench.world->summary.verdicts[reliances[i].verdict], 3);
        ASSERT_TEXT(
            slice_from(sla_evidence_name(sla_offer_evidence(bench.world, offer_of(bench.world)))),
            reliances[i].evidence);
        for (size_t j = 0; j < bench.world->clause_count; j++) {
            bool requires = bench.world->clauses[j]->stance == SLA_REQUIRES;
            ASSERT_TEXT(slice_from(sla_evidence_name(bench.world->proofs[j].evidence)),
                        requires ? reliances[i].evidence : "");
        }
        const struct diag *said = note();
        CU_ASSERT_EQUAL_FATAL(said == NULL, reliances[i].help == NULL);
        if (said != NULL) {
            ASSERT_TEXT(said->message,
                        "`shop` relies on offer `dc-one` of `dc-one`, which is no promise to it");
            CU_ASSERT_EQUAL(said->level, DIAG_NOTE);
            ASSERT_TEXT(said->helps->text, reliances[i].help);
            CU_ASSERT_TRUE(said->next == NULL || said->next->code != SLA_CODE_ADVERTISED);
        }
    }
}

/* What is told of the offer itself, with keys or without. */
static const struct diag *told_of_offer(const char *spec, const char *how, bool has_keys)
{
    add_reliance(spec, "shop", how);
    if (!has_keys) {
        bench.options.keys = NULL;
        bench.options.key_count = 0;
    }
    bench_compile(&bench);
    const struct diag *at = bench.diags.first;
    while (at != NULL && !slice_starts(at->message, SLICE("offer "))) {
        at = at->next;
    }
    return at;
}

static void check_unsigned(const struct diag *at, const char *help)
{
    CU_ASSERT_EQUAL(at->code, SLA_CODE_AGREED);
    ASSERT_TEXT(at->message, "offer `dc-one` says that `dc-one` has signed it, and nothing here "
                             "shows that");
    if (help != NULL) {
        ASSERT_TEXT(at->helps->text, help);
    }
}

static void an_offer_that_says_it_is_signed_shows_that(void)
{
    static const struct {
        const char *spec, *how, *help; /* no help: nothing is told */
    } cases[] = {
        { NULL, "transcribed", NULL },
        { NULL, "measured", NULL },
        { NULL, "signed",
          "an Agreement in force that pins it carries the signature of `dc-one`; until there is "
          "one: `how: transcribed`" },
        { "  state: negotiated\n" VALID NEEDS_AND_GIVES BOTH, "signed",
          "it is a promise as soon as that is `in-force` and signed" },
        { "  state: in-force\n" VALID NEEDS_AND_GIVES BOTH, "signed", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (unsigned known = 0; known < 2; known++) {
            const struct diag *at = told_of_offer(cases[i].spec, cases[i].how, known == 1);
            bool checked = known == 1 || cases[i].spec == NULL;
            bool waits = known == 0 || cases[i].spec != NULL;
            CU_ASSERT_EQUAL_FATAL(at != NULL, !checked || cases[i].help != NULL);
            if (at != NULL) {
                CU_ASSERT_EQUAL(at->level, waits ? DIAG_NOTE : DIAG_WARNING);
                check_unsigned(at, checked ? cases[i].help : NULL);
            }
        }
    }
}

static void a_promise_is_made_to_who_signed(void)
{
    rely("  state: in-force\n" VALID NEEDS_AND_GIVES BOTH, "stall", "signed");
    const struct diag *said = note();
    CU_ASSERT_PTR_NOT_NULL_FATAL(said);
    ASSERT_TEXT(said->message,
                "`stall` relies on offer `dc-one` of `dc-one`, which is no promise to it");
    ASSERT_TEXT(said->helps->text, "`stall` is not among those who signed it");
}

/* She signed what others agreed on, with her own key. What is stored stays a world. */
static void a_stranger_signs_nothing_for_herself(void)
{
    add_reliance("  state: in-force\n" VALID NEEDS_AND_GIVES WITH_STRANGER, "eve", "signed");
    bench_compile(&bench);
    CU_ASSERT_PTR_NULL(bench.world);
    bench.options.stored = true;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_FALSE(sla_document_is_promised(bench.world, offer_of(bench.world), SLICE("eve")));
    CU_ASSERT_EQUAL(bench.world->summary.verdicts[SLA_PROVEN], 0);
    CU_ASSERT_FALSE(bench.world->agreements[0]->is_signed);
}

/* What stands in its way, and not what does not. */
static void what_is_stored_and_not_signed_says_what_would_do(void)
{
    static const struct {
        const char *spec;
        size_t keys;
        const char *help;
    } cases[] = {
        { "  state: in-force\n" VALID NEEDS_AND_GIVES WITH_STRANGER, SIGNERS,
          "take the signature of `eve` out of it: no document there is hers, and with it nothing "
          "counts as signed" },
        { "  state: in-force\n" VALID NEEDS_AND_GIVES BOTH, 1,
          "the signature of `dc-one` there does not hold: no such key of this party is known" },
        { "  state: in-force\n" VALID NEEDS_AND_GIVES BOTH, 0,
          "its signatures count once the keys of who signed are known" },
        { "  state: ended\n  ended: {at: 2026-06-01, by: anna, why: moved}\n" NEEDS_AND_GIVES BOTH,
          SIGNERS, "pin it in an Agreement that `shop` signs too" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        add_reliance(cases[i].spec, "shop", "transcribed");
        bench.options.stored = true;
        bench.options.keys = cases[i].keys > 0 ? bench.options.keys : NULL;
        bench.options.key_count = cases[i].keys;
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct diag *said = note();
        CU_ASSERT_PTR_NOT_NULL_FATAL(said);
        ASSERT_TEXT(said->helps->text, cases[i].help);
    }
}

static CU_TestInfo tests[] = {
    { "each state asks what it says", each_state_asks_what_it_says },
    { "signatures are of what is said", signatures_are_of_what_is_said },
    { "without keys nothing counts as signed", without_keys_nothing_counts_as_signed },
    { "signed bytes are these", signed_bytes_are_these },
    { "a signature is over these", a_signature_is_over_these },
    { "a false signature is told in every state", a_false_signature_is_told_in_every_state },
    { "a signature by an unknown key is told in every state",
      a_signature_by_an_unknown_key_is_told_in_every_state },
    { "who signs twice is told in every state", who_signs_twice_is_told_in_every_state },
    { "a signature of the first format is named", a_signature_of_the_first_format_is_named },
    { "a signature counts from its day on", a_signature_counts_from_its_day_on },
    { "many keys and signatures are no burden", many_keys_and_signatures_are_no_burden },
    { "what it rests on is pinned", what_it_rests_on_is_pinned },
    { "what it is granted by is pinned", what_it_is_granted_by_is_pinned },
    { "sets of what is pinned have a date", sets_of_what_is_pinned_have_a_date },
    { "fix fills in digests until it is in force", fix_fills_in_digests_until_it_is_in_force },
    { "a third version leaves the first amended", a_third_version_leaves_the_first_amended },
    { "versions follow each other", versions_follow_each_other },
    { "what is replaced is told before it is signed",
      what_is_replaced_is_told_before_it_is_signed },
    { "a pin of nothing says what was meant", a_pin_of_nothing_says_what_was_meant },
    { "a pin of what could not be read is not told", a_pin_of_what_could_not_be_read_is_not_told },
    { "what is over pins what was", what_is_over_pins_what_was },
    { "what never came into force replaces nothing", what_never_came_into_force_replaces_nothing },
    { "the version before may be elsewhere", the_version_before_may_be_elsewhere },
    { "fix names the version before", fix_names_the_version_before },
    { "an agreement keeps to its life", an_agreement_keeps_to_its_life },
    { "what was signed stays", what_was_signed_stays },
    { "an offer is a promise while its agreement holds",
      an_offer_is_a_promise_while_its_agreement_holds },
    { "what rests on an offer says whether it is agreed on",
      what_rests_on_an_offer_says_whether_it_is_agreed_on },
    { "an offer that says it is signed shows that", an_offer_that_says_it_is_signed_shows_that },
    { "a promise is made to who signed", a_promise_is_made_to_who_signed },
    { "a stranger signs nothing for herself", a_stranger_signs_nothing_for_herself },
    { "what is stored and not signed says what would do",
      what_is_stored_and_not_signed_says_what_would_do },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla/agreement", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
