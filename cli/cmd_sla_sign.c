#include "base/date.h"
#include "cli/agreement.h"
#include "cli/cmd.h"
#include "cli/keys.h"
#include "cli/offline.h"
#include "cli/report.h"
#include "cli/sources.h"
#include "sla/agree/keys.h"
#include "sla/agree/sign.h"
#include "sla/read/field_types.h"

static void cleanup_secret(struct ed25519_secret *secret)
{
    crypto_wipe(secret, sizeof(*secret));
}

/* --- what was asked for ---------------------------------------------------------------------- */

/* NULL: it is no key that is trusted, or not of the party that is given. */
static const struct sla_key *find_known(const struct sla_options *options,
                                        const struct ed25519_public *public_key, const char *party)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sha256 id = sla_key_id(public_key);
    struct sla_known_keys known;
    size_t count = 0;

    sla_keys_index(&scratch, options->keys, options->key_count, &known);
    const struct sla_known_key *found = sla_keys_find(&known, &id, &count); /* all of one party */
    return count > 0 && (party == NULL || slice_is(found->key->party, party)) ? found->key : NULL;
}

/* --party, or the one party that the trusted keys name for this key. */
static enum cli_exit find_party(struct cli *cli, const struct sla_options *options,
                                struct sla_signing *signing)
{
    struct ed25519_public public_key = ed25519_public_of(signing->secret);
    const char *given = cli->values[OPTION_PARTY];
    const struct sla_key *known = find_known(options, &public_key, given);

    if (options->keys != NULL && known == NULL) {
        enum cli_exit code = report_error(
            cli, CLI_NO, "the key in `%s` is none that `%s` names%s%s", cli->values[OPTION_KEY],
            cli->values[OPTION_KEYS], given != NULL ? " for " : "", given != NULL ? given : "");
        report_help(cli, "name the file of the right key, or put its public half there");
        return code;
    }
    if (given == NULL && known == NULL) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "for whom is it signed?");
        report_help(cli, "add `--party NAME`, or `--keys` with the public keys of the parties");
        return code;
    }
    signing->party = given != NULL ? slice_from(given) : known->party;
    return CLI_DONE;
}

/* Today, or the day of --at. */
static enum cli_exit read_at(struct cli *cli, int32_t *out)
{
    static const int64_t us_per_day = INT64_C(86400) * 1000 * 1000;
    const char *given = cli->values[OPTION_AT];
    const int32_t today = (int32_t)(cli->now_us / us_per_day);
    int32_t day = today;

    if (given != NULL) {
        enum cli_exit code =
            report_status(cli, status_wrap(date_parse(slice_from(given), &day), "--at"));
        if (code != CLI_DONE) {
            return code;
        }
    }
    if (day > today) {
        enum cli_exit code =
            report_error(cli, CLI_USAGE, "--at: %s is still to come, in UTC", given);
        report_help(cli, "a signature is of the day on which it is made; `valid` says from when on "
                         "the agreement holds");
        return code;
    }
    *out = day;
    return CLI_DONE;
}

static enum cli_exit read_signer(struct cli *cli, struct sla_signing *signing)
{
    const char *by = cli->values[OPTION_BY];

    if (cli->values[OPTION_KEY] == NULL || by == NULL) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "who signs, and with which key?");
        report_help(cli, "add `--by NAME` and `--key FILE`");
        return code;
    }
    if (!sla_is_name(slice_from(by))) {
        return report_error(cli, CLI_USAGE, "--by: `%s` is not a name", by);
    }
    signing->by = slice_from(by);
    return read_at(cli, &signing->at_day);
}

/* --- why not --------------------------------------------------------------------------------- */

static void list_parties(struct cli *cli, const struct sla_agreement *agreement)
{
    const struct slice *names = NULL;
    size_t count = agreement_parties(&cli->arena, agreement, &names);

    report_choices(cli, names, count);
}

static enum cli_exit refuse(struct cli *cli, const struct sla_signing *signing,
                            enum sla_sign_outcome outcome)
{
    const struct sla_agreement *agreement = signing->agreement;
    enum cli_exit code = CLI_NO;

    switch (outcome) {
    case SLA_SIGNED:
    case SLA_SIGNED_ALREADY:
        return CLI_DONE;
    case SLA_SIGN_STATE:
        code = report_error(cli, CLI_NO,
                            "an agreement is signed while it is `negotiated`, and "
                            "this one is `%s`",
                            sla_agreement_state_name(agreement->state));
        report_help(cli, agreement->state == SLA_AGREEMENT_DRAFT
                             ? "write `state: negotiated`; `redan sla fix` fills in digests"
                             : "a change is a new version, which names this one in `replaces`");
        break;
    case SLA_SIGN_PINS:
        code = report_error(cli, CLI_NO, "not everything that it pins is here as its digest says");
        report_help(cli, "add the files with all of it; in a draft `redan sla fix --write` fills "
                         "in the digests");
        break;
    case SLA_SIGN_STRANGER:
        code = report_error(cli, CLI_NO, "no document of `%.*s` is pinned: it has nothing to sign",
                            SLICE_ARG(signing->party));
        list_parties(cli, agreement);
        break;
    case SLA_SIGN_OTHER_KEY:
        code = report_error(cli, CLI_NO, "`%.*s` has signed with another key",
                            SLICE_ARG(signing->party));
        report_help(cli, "a party signs once: take that signature out first, if this one is to "
                         "stand in its place");
        break;
    }
    return code;
}

/* --- the whole command ----------------------------------------------------------------------- */

/* Of the agreement as it would be written. */
static enum cli_exit holds(struct cli *cli, const struct sla_signing *signing)
{
    const struct sla_signature *made = sla_agreement_signature(signing->agreement, signing->party);
    struct diag_edit *edits = NULL;

    if (made != NULL && made->verdict == SLA_SIGNATURE_OTHER_DAY) {
        enum cli_exit code = report_error(cli, CLI_NO, "on that day the key is not `%.*s`'s",
                                          SLICE_ARG(signing->party));
        report_help(cli, "its days stand above it in the file of --keys; --at is the day of the "
                         "signature");
        return code;
    }
    return sla_agreement_sign(&cli->arena, signing, &edits) == SLA_SIGNED_ALREADY
               ? CLI_DONE
               : report_error(cli, CLI_INTERNAL, "the signature does not hold");
}

/* The documents with the signature, compiled once more: it must be there, and hold. */
static enum cli_exit check_signed(struct cli *cli, const struct offline *offline,
                                  const struct sla_signing *signing, struct diag_source *after)
{
    struct offline again = { .sources = { .items = after, .count = offline->sources.count },
                             .options = offline->options };
    struct sla_signing once_more = *signing;

    offline_compile_loaded(cli, &again);
    for (size_t i = 0; again.world != NULL && i < again.world->agreement_count; i++) {
        const struct sla_document *document = again.world->agreements[i]->document;
        if (slice_eq(document->name, signing->agreement->document->name) &&
            slice_eq(document->party, signing->agreement->document->party) &&
            document->version == signing->agreement->document->version) {
            once_more.agreement = again.world->agreements[i];
            return holds(cli, &once_more);
        }
    }
    return report_error(cli, CLI_INTERNAL, "the agreement cannot be read with its signature");
}

static enum cli_exit write_signature(struct cli *cli, const struct offline *offline,
                                     const struct sla_signing *signing,
                                     const struct diag_edit *edits)
{
    const struct sources *sources = &offline->sources;
    struct diag_source *after = ARENA_NEW(&cli->arena, struct diag_source, sources->count + 1);
    bool write = cli_has(cli, OPTION_WRITE) && !cli_has(cli, OPTION_DRY_RUN);
    enum cli_exit code = CLI_DONE;

    for (size_t i = 0; i < sources->count && code == CLI_DONE; i++) {
        after[i] = sources->items[i];
        code = report_status(
            cli, diag_apply_edits(&cli->arena, &sources->items[i], edits, &after[i].text));
    }
    if (code == CLI_DONE) {
        code = check_signed(cli, offline, signing, after);
    }
    if (code == CLI_DONE && write) {
        code = report_ask(cli, "sign this for `%.*s`", SLICE_ARG(signing->party));
    }
    return code == CLI_DONE ? sources_change(cli, sources, after) : code;
}

/* `is_new`: the signature is not in the file yet. */
static void print_words(struct cli *cli, const struct sla_world *world,
                        const struct sla_signing *signing, bool is_new)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct sla_signature own = { .party = signing->party,
                                       .by = signing->by,
                                       .at_day = signing->at_day };

    agreement_print(cli, world, signing->agreement, is_new ? &own : NULL, &out);
    buf_add_char(&out, '\n');
    report_answer(buf_slice(&out));
}

static enum cli_exit sign(struct cli *cli, const struct offline *offline,
                          const struct sla_signing *signing)
{
    struct diag_edit *edits = NULL;
    enum sla_sign_outcome outcome = sla_agreement_sign(&cli->arena, signing, &edits);
    enum cli_exit code = refuse(cli, signing, outcome);

    if (code != CLI_DONE) {
        return code;
    }
    sources_print_warnings(cli, &offline->diags);
    print_words(cli, offline->world, signing, outcome == SLA_SIGNED);
    if (outcome == SLA_SIGNED_ALREADY) {
        report_line(cli, "`%.*s` has signed this already, with this key: nothing to do",
                    SLICE_ARG(signing->party));
        return CLI_DONE;
    }
    return write_signature(cli, offline, signing, edits);
}

enum cli_exit cmd_sla_sign(struct cli *cli)
{
    CLEANUP(cleanup_secret) struct ed25519_secret secret = { 0 };
    struct sla_signing signing = { .secret = &secret };
    struct offline offline;
    enum cli_exit code = read_signer(cli, &signing);

    if (code == CLI_DONE) {
        code = keys_load_secret(cli, cli->values[OPTION_KEY], &secret);
    }
    if (code == CLI_DONE) {
        code =
            offline_load(cli, &cli->args[1], cli->arg_count - 1, OFFLINE_SOME_DOCUMENTS, &offline);
    }
    if (code != CLI_DONE) {
        return code;
    }
    offline.options.signing = true;
    offline_compile_loaded(cli, &offline);
    if (offline.world == NULL) {
        sources_print_findings(cli, &offline.diags);
        return report_error(cli, CLI_NO, "the documents have errors: nothing was signed");
    }
    signing.agreement = agreement_find(cli, offline.world, cli->args[0], &code);
    if (signing.agreement == NULL) {
        return code;
    }
    code = find_party(cli, &offline.options, &signing);
    return code == CLI_DONE ? sign(cli, &offline, &signing) : code;
}
