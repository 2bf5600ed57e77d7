#include "cli/cmd.h"

#define BIT OPTION_BIT
enum { ANY = CMD_ARGS_ANY };

#define CHANGES (BIT(OPTION_DRY_RUN) | BIT(OPTION_REASON))

static const struct cmd_wording sign_wordings[] = {
    { OPTION_ALL, NULL, "all clauses of a document, not only the first 20" },
    { OPTION_WRITE, NULL, "ask, and add the signature to the file" },
    { OPTION_AT, "DATE", "the day of the signature (today, in UTC)" },
    { OPTION_PARTY, "NAME", "for whom to sign" },
    { .doc = NULL },
};

static const struct cmd rows[] = {
    {
        .noun = "demo",
        .args = "",
        .names = NAMES_NONE,
        .options = BIT(OPTION_KEEP),
        .summary = "stops a real attack on a real server, in private namespaces",
        .doc = "Nothing outside its state folder is changed. Exits 0 when every step passed.",
        .example = "redan demo",
        .run = cmd_demo,
    },
    {
        .noun = "status",
        .args = "",
        .summary = "shows objectives, incidents, loops, nodes and what needs you, on one screen",
        .example = "redan status\nredan status -o json",
        .run = cmd_status,
    },
    {
        .noun = "init",
        .args = "[DIR]",
        .args_max = 1,
        .names = NAMES_FILES,
        .options = BIT(OPTION_DRY_RUN),
        .summary = "writes documents to begin with, and what editors and CI need for them",
        .doc =
            "Into DIR, or this folder: an SLA with comments and a test, the U-Cloud and the\n"
            "offer it speaks of, a JSON Schema, hooks for pre-commit and a workflow for GitHub.\n"
            "What is there already stays as it is; beside other documents no examples are put.",
        .example = "redan init\nredan init my-cloud --dry-run",
        .run = cmd_init,
    },
    {
        .noun = "sla",
        .verb = "check",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_ALL) | BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_KEYS) |
                   BIT(OPTION_STRICT),
        .scans = true,
        .summary = "checks SLA documents and shows each finding with its place",
        .doc =
            "A FILE may be a folder: all *.yaml and *.yml in it, not below; `-` is standard "
            "input.\n"
            "`redan check` is the same.\n"
            "What has a `valid` counts on its days alone, and is listed on others.\n"
            "Works without redand. Exits 1 when there is an error or a conflict; warnings alone\n"
            "exit 0, with --strict 1: a selector that fits nothing, what nobody holds, a name "
            "that\n"
            "nothing has; and always 1 while other readers of YAML would take a value for\n"
            "something else (RDN0901). Names of rules are looked up in --rules, else in those\n"
            "that come with Redan.\n"
            "Signatures are checked against --keys alone: documents do not bring their own.\n"
            "`-o sarif` writes a SARIF 2.1.0 log, `-o github` annotations of a GitHub workflow: "
            "the\n"
            "worst findings first, 5000 at most, files relative to the working folder.",
        .example = "redan sla check sla/\nredan check sla/imaging.yaml providers/dc.yaml -o json\n"
                   "redan sla check sla/ --as-of 2027-01-01\nredan sla check --strict sla/\n"
                   "redan sla check sla/ -o sarif > redan.sarif",
        .run = cmd_sla_check,
    },
    {
        .noun = "sla",
        .verb = "fmt",
        .args = "[PATH...]",
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_ALL) | BIT(OPTION_CHECK),
        .summary = "gives documents the one layout, and changes nothing that they say",
        .doc =
            "A PATH may be a folder: all *.yaml and *.yml in it; without one, this folder.\n"
            "Indents become two blanks a level, with one level for the items of a list; blanks\n"
            "between words become one, empty lines at most one. Lines are neither joined nor\n"
            "broken; comments, quotes and order stay. A file that cannot be read is left as it\n"
            "is, the others are done; the exit is then 1. With `-` alone standard input comes out\n"
            "in the layout, as editors want it. Works without redand.",
        .example = "redan sla fmt sla/\nredan sla fmt --check sla/\nredan sla fmt - <sla/base.yaml",
        .run = cmd_sla_fmt,
    },
    {
        .noun = "sla",
        .verb = "fix",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_WRITE),
        .summary = "mends what has one right answer: misspelt keys, words and names",
        .doc = "Shows the difference, or with --write changes the files. A fix is kept when the\n"
               "documents, compiled with it, lack the finding that it mends and have no error of\n"
               "its making. Exits 1 when errors are left. Works without redand.",
        .example = "redan sla fix sla/\nredan sla fix --write sla/",
        .run = cmd_sla_fix,
    },
    {
        .noun = "sla",
        .verb = "list",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_ALL) | BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_KEYS),
        .summary = "lists documents with their versions, states and digests",
        .doc =
            "The digest is what an Agreement writes to speak of the document: in `documents`, and "
            "of\n"
            "an Agreement in `replaces`. It is of what the document says, not of layout or "
            "comments.\n"
            "`-o json` has the files and who signed. Works without redand.",
        .example = "redan sla list sla/\nredan sla list sla/ --keys keys/ -o json",
        .run = cmd_sla_list,
    },
    {
        .noun = "sla",
        .verb = "sign",
        .args = "NAME FILE...",
        .args_min = 2,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_DRY_RUN) | BIT(OPTION_ALL) | BIT(OPTION_WRITE) | BIT(OPTION_KEYS) |
                   BIT(OPTION_KEY) | BIT(OPTION_PARTY) | BIT(OPTION_BY) | BIT(OPTION_AT),
        .wordings = sign_wordings,
        .summary = "signs an agreement for a party",
        .doc = "NAME is the agreement's, or NAME@VERSION; FILEs hold it and all that it pins. Says "
               "in\n"
               "words what is signed, then shows the difference, or with --write asks and changes "
               "the\n"
               "file. Refuses what is not `negotiated`, and documents that are not what their "
               "digests\n"
               "are of. Signing again with the same key changes nothing. With --keys the party is "
               "the\n"
               "one whose key it is. Works without redand.",
        .example = "redan sla sign imaging-2026 sla/ --key anna.pem --by anna --party hospital-a\n"
                   "redan sla sign imaging-2026 sla/ --key anna.pem --by anna --keys keys/ --write",
        .run = cmd_sla_sign,
    },
    {
        .noun = "sla",
        .verb = "test",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_ALL) | BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_KEYS) |
                   BIT(OPTION_MIN_COVERAGE) | BIT(OPTION_STRICT),
        .summary = "runs the tests in SLA documents, and says which clauses none reaches",
        .doc = "`sla check` and redand run them too; only this tells of coverage. Exits 1 when a\n"
               "test failed, the documents have errors (with --strict warnings), or fewer clauses\n"
               "are covered than --min-coverage asks for. Works without redand.",
        .example = "redan sla test sla/\nredan sla test --min-coverage '90 %' sla/",
        .run = cmd_sla_test,
    },
    {
        .noun = "sla",
        .verb = "show",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_ALL) | BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_CLAUSE) |
                   BIT(OPTION_KEYS) | BIT(OPTION_AGREEMENT),
        .summary = "shows what services get, by which promises and assumptions",
        .doc =
            "One line a requirement on a service: how long it is down in any window, by which\n"
            "formulas, and under whose assumptions; `-o json` has all offers and reactions\n"
            "behind it. With --clause one clause: what it asks and of what, its verdict, how well\n"
            "it is known, its controls and why it is there. With --agreement its digest, what it\n"
            "binds in words, and who has signed, when, and whether the signature holds by --keys.\n"
            "Conflicts do not keep anything from showing. Works without redand.",
        .example = "redan sla show sla/\nredan sla show sla/ --clause four-nines\n"
                   "redan sla show sla/ --agreement store-2026 --keys keys/",
        .run = cmd_sla_show,
    },
    {
        .noun = "sla",
        .verb = "compile",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_ALL) | BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_KEYS) |
                   BIT(OPTION_EMIT) | BIT(OPTION_CLAUSE) | BIT(OPTION_RESOURCE) | BIT(OPTION_PARTY),
        .summary = "compiles SLA documents to policies, objectives and reactions",
        .doc =
            "Works without redand. Exits 1 when there is an error or a conflict. With --emit the\n"
            "answer is what one plane is to be told, each part with the paths of its clauses, "
            "and\n"
            "at the end the clauses that no plane holds; --clause and --resource choose from "
            "the\n"
            "same. What is part of an open conflict is left out, and said to be. Printing "
            "changes\n"
            "nothing.",
        .example = "redan sla compile sla/\nredan sla compile sla/ --emit nft\n"
                   "redan sla compile sla/ --emit policy --clause ward-only",
        .run = cmd_sla_compile,
    },
    {
        .noun = "sla",
        .verb = "diff",
        .args = "A B",
        .args_min = 2,
        .args_max = 2,
        .names = NAMES_FILES,
        .options = BIT(OPTION_EXIT_CODE) | BIT(OPTION_RULES) | BIT(OPTION_AS_OF) | BIT(OPTION_KEYS),
        .annotates = true,
        .summary = "shows what differs between two sets of documents, and what that means",
        .doc =
            "A and B are files or folders. First each change of what the documents say, by\n"
            "document and id: layout, comments, quotes and the order of keys are no change. "
            "Then the\n"
            "effects: what becomes permitted and forbidden, and when; which requirements hold\n"
            "otherwise; what gets dearer; which conflicts and findings come and go; which clauses\n"
            "get tighter and looser; what the planes are to hold. Of each kind all are counted "
            "and\n"
            "50 shown. Days from which on there are other effects are named, of the next 16 on "
            "which\n"
            "something begins or ends; --as-of asks of one. `-o github` writes the effects as "
            "annotations of a workflow. With "
            "--exit-code\n"
            "3 says that something differs. Works without redand.",
        .example = "redan sla diff before/ after/\nredan sla diff sla/ new/ --exit-code -o json\n"
                   "redan sla diff base/ sla/ -o github",
        .run = cmd_sla_diff,
    },
    {
        .noun = "sla",
        .verb = "apply",
        .args = "FILE...",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = CHANGES | BIT(OPTION_ALL) | BIT(OPTION_EXIT_CODE) | BIT(OPTION_RULES) |
                   BIT(OPTION_KEYS),
        .summary = "puts SLA documents in force, in place of those before",
        .doc = "Documents with errors are refused whole; conflicts are opened and listed. A "
               "conflict in\n"
               "which a `should` clause gives way is a warning, like a name of a rule or node that "
               "is\n"
               "not known. What it means in place of what is in force is told before it is asked "
               "for,\n"
               "and by --dry-run, as `sla diff` tells it.",
        .example = "redan sla apply sla/ --dry-run\nredan sla apply sla/ --yes",
        .run = cmd_sla_apply,
    },
    {
        .noun = "explain",
        .args = "[NAME]",
        .args_max = 1,
        .names = NAMES_TOPICS,
        .summary = "explains a term, a word, a member, a kind of document, a country or a finding",
        .doc =
            "Without NAME lists all that it explains. A word is one that documents are written in\n"
            "or that is printed (`to-enforce`, `F1`). A member is named by its path or the end\n"
            "of it, the codes of one family by `RDN05xx`. Works without redand and without a\n"
            "network. Exits 4 when nothing is named so.",
        .example = "redan explain\nredan explain availability\nredan explain to-enforce\n"
                   "redan explain spec.clauses.window\nredan explain ResponsePolicy\n"
                   "redan explain RDN0503",
        .run = cmd_explain,
    },
    {
        .noun = "schema",
        .args = "[sla]",
        .args_max = 1,
        .names = NAMES_SCHEMAS,
        .options = BIT(OPTION_DRY_RUN) | BIT(OPTION_INSTALL),
        .summary = "prints a JSON Schema, with which editors complete and check documents",
        .doc =
            "Draft-07, of every kind of document. --install writes it to\n"
            ".vscode/redan.schema.json in this folder and names it in .vscode/settings.json for\n"
            "the documents in sla/; other settings stay as they are. A settings file that is\n"
            "not plain JSON is left alone. Any editor with a YAML language server follows a\n"
            "first line `# yaml-language-server: $schema=PATH`.",
        .example = "redan schema > redan.schema.json\nredan schema --install",
        .run = cmd_schema,
    },
    {
        .noun = "conflict",
        .verb = "list",
        .args = "[FILE...]",
        .args_max = ANY,
        .names = NAMES_FILES,
        .options = BIT(OPTION_OPEN) | BIT(OPTION_LIMIT) | BIT(OPTION_EXIT_CODE),
        .summary = "lists what parties want that cannot both be had",
        .doc = "With FILEs: those found in the documents, without redand.",
        .example = "redan conflict list --open\nredan conflict list sla/ --exit-code",
        .run = cmd_conflict_list,
    },
    {
        .noun = "conflict",
        .verb = "show",
        .args = "ID [FILE...]",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/conflicts",
        .summary = "shows the clauses, the witness and the repairs of a conflict",
        .example = "redan conflict show cf-5f0c1e sla/",
        .run = cmd_conflict_show,
    },
    {
        .noun = "conflict",
        .verb = "resolve",
        .args = "ID [FILE...]",
        .args_min = 1,
        .args_max = ANY,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/conflicts?open=true",
        .options = CHANGES | BIT(OPTION_CHOOSE) | BIT(OPTION_WRITE),
        .summary = "applies one of a conflict's repairs",
        .doc = "With FILEs: shows the difference, or with --write changes the files in place.\n"
               "Without: redand changes the documents in force and compiles them again.",
        .example = "redan conflict resolve cf-5f0c1e --choose 1\n"
                   "redan conflict resolve cf-5f0c1e --choose 1 --write sla/",
        .run = cmd_conflict_resolve,
    },
    {
        .noun = "alert",
        .verb = "list",
        .args = "",
        .options = BIT(OPTION_INCIDENT) | BIT(OPTION_LIMIT),
        .summary = "lists detections, newest first",
        .example = "redan alert list --limit 20",
        .run = cmd_alert_list,
    },
    {
        .noun = "alert",
        .verb = "show",
        .args = "ID",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/alerts",
        .summary = "shows one detection with its fields",
        .example = "redan alert show 01KAM3ZB3VW5V5Q8J3CJ0EJ6QZ",
        .run = cmd_alert_show,
    },
    {
        .noun = "incident",
        .verb = "list",
        .args = "",
        .options = BIT(OPTION_OPEN) | BIT(OPTION_LIMIT),
        .summary = "lists incidents, newest first",
        .example = "redan incident list --open",
        .run = cmd_incident_list,
    },
    {
        .noun = "incident",
        .verb = "show",
        .args = "ID",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/incidents",
        .summary = "shows one incident: its timeline, alerts and plans",
        .example = "redan incident show 01KAM3ZB3VW5V5Q8J3CJ0EJ6QZ",
        .run = cmd_incident_show,
    },
    {
        .noun = "plan",
        .verb = "list",
        .args = "",
        .options = BIT(OPTION_OPEN) | BIT(OPTION_INCIDENT) | BIT(OPTION_LIMIT),
        .summary = "lists plans, newest first",
        .example = "redan plan list --open",
        .run = cmd_plan_list,
    },
    {
        .noun = "plan",
        .verb = "show",
        .args = "ID",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/plans",
        .summary = "shows a plan: its steps, and what else was weighed and why not",
        .example = "redan plan show 01KAM3ZB3VW5V5Q8J3CJ0EJ6QZ",
        .run = cmd_plan_show,
    },
    {
        .noun = "plan",
        .verb = "approve",
        .args = "ID",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/plans?open=true",
        .options = CHANGES,
        .summary = "approves a plan as it stands now",
        .doc = "The approval binds to what the plan says: exits 7 when it has changed.",
        .example = "redan plan approve 01KAM3ZB3VW5V5Q8J3CJ0EJ6QZ",
        .run = cmd_plan_approve,
    },
    {
        .noun = "plan",
        .verb = "undo",
        .args = "ID",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_OF_LIST,
        .list_path = "/v1/plans",
        .options = CHANGES,
        .summary = "takes a plan's steps back, in reverse order",
        .example = "redan plan undo 01KAM3ZB3VW5V5Q8J3CJ0EJ6QZ --yes --reason 'false alarm'",
        .run = cmd_plan_undo,
    },
    {
        .noun = "node",
        .verb = "list",
        .args = "",
        .options = BIT(OPTION_LIMIT),
        .summary = "lists the known nodes and when they were last heard",
        .example = "redan node list",
        .run = cmd_node_list,
    },
    {
        .noun = "node",
        .verb = "add",
        .args = "NAME",
        .args_min = 1,
        .args_max = 1,
        .options = BIT(OPTION_DRY_RUN) | BIT(OPTION_ROLE) | BIT(OPTION_AGGREGATOR) |
                   BIT(OPTION_SERVICES) | BIT(OPTION_REGISTRY) | BIT(OPTION_OUT),
        .summary = "makes a node's keys and adds it to the registry",
        .doc =
            "The files in --out belong on the node, and nowhere else. A service that enforces "
            "needs\n"
            "the one that monitors the same layer and plane beside it. The orchestrator comes\n"
            "first: `--role orchestrator` begins the registry. An aggregator also needs a copy of\n"
            "registry.yaml, which holds public keys alone.",
        .example = "redan node add redand --role orchestrator --registry reg\n"
                   "redan node add agg-1 --role aggregator --registry reg --out agg-1\n"
                   "redan node add app-1 --aggregator agg-1 --services "
                   "L2.network.monitor,L2.network.enforce --registry reg --out app-1",
        .run = cmd_node_add,
    },
    {
        .noun = "audit",
        .verb = "verify",
        .args = "[FILE]",
        .args_max = 1,
        .names = NAMES_FILES,
        .options = BIT(OPTION_FROM) | BIT(OPTION_HEAD),
        .summary = "checks the journal's hash chain",
        .doc = "With a FILE: checks that knowledge file here, without redand, changing nothing.\n"
               "Exits 1 when the chain is broken. A cut-off end is found only by a --head that\n"
               "somebody else has kept.",
        .example = "redan audit verify\nredan audit verify /var/lib/redan/knowledge.db",
        .run = cmd_audit_verify,
    },
    {
        .noun = "replay",
        .verb = "run",
        .args = "FILE",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_FILES,
        .options = BIT(OPTION_SLA) | BIT(OPTION_RULES) | BIT(OPTION_NODE) |
                   BIT(OPTION_CORROBORATE) | BIT(OPTION_AT) | BIT(OPTION_AS_OF),
        .summary = "replays a recorded log in virtual time, against a plane that is not real",
        .doc = "The same detector and planner as in production, no sleeps; the same bytes every\n"
               "time. SLAs hold as they did on the day of the first line, or of --as-of.\n"
               "`hospital` names the log that comes with Redan. Exits 1 when an objective was\n"
               "missed, or when not one line of the file could be read.",
        .example = "redan replay run hospital\nredan replay run auth.log --sla sla/ -o json",
        .run = cmd_replay_run,
    },
    {
        .noun = "wait",
        .args = "NOUN/ID",
        .args_min = 1,
        .args_max = 1,
        .options = BIT(OPTION_FOR),
        .summary = "waits until an object is in a state",
        .doc = "NOUN is node, incident, plan or conflict. Exits 8 when --timeout runs out first.",
        .example = "redan wait plan/01KAM3ZB3VW5V5Q8J3CJ0EJ6QZ --for done --timeout '30 s'",
        .run = cmd_wait,
    },
    {
        .noun = "completion",
        .args = "SHELL",
        .args_min = 1,
        .args_max = 1,
        .names = NAMES_SHELLS,
        .summary = "prints the completion script for bash, zsh or fish",
        .example = "redan completion bash > /etc/bash_completion.d/redan",
        .run = cmd_completion,
    },
    {
        .noun = "version",
        .args = "",
        .summary = "shows the versions of the program, the API and the SLA language",
        .example = "redan version",
        .run = cmd_version,
    },
};

const struct cmd *cmd_table(size_t *out_count)
{
    *out_count = COUNT_OF(rows);
    return rows;
}

const struct cmd *cmd_find(struct slice noun, struct slice verb)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (slice_is(noun, rows[i].noun) &&
            (verb.ptr == NULL || slice_eq(verb, slice_from(rows[i].verb)))) {
            return &rows[i];
        }
    }
    return NULL;
}

bool cmd_has_noun(struct slice noun)
{
    return cmd_find(noun, (struct slice){ 0 }) != NULL;
}

struct option cmd_option(const struct cmd *command, enum option_id id)
{
    struct option option = *option_at(id);
    const struct cmd_wording *at = command != NULL ? command->wordings : NULL;

    while (at != NULL && at->doc != NULL && at->id != id) {
        at++;
    }
    if (at != NULL && at->doc != NULL) {
        option.value = at->value;
        option.doc = at->doc;
    }
    return option;
}
