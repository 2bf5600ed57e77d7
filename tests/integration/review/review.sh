#!/usr/bin/env bash
# review.sh: the commands that contrib/github/redan-check.yml runs for a push and for a pull request, taken out of that file and
# run on a throwaway repository, as GitHub does: with `bash -e`, in the checkout. Likewise the hooks of contrib/pre-commit, by
# commits.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../.."

root=$PWD
bin=${REDAN_BIN:-$root/build/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/redan-review-XXXXXX")
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# The last `run: |` of the file: its lines are ten deep.
sed -n '/^  review:/,$p' contrib/github/redan-check.yml | sed -n 's/^ \{10\}//p' | grep -v '^ *with:' >"$work/job.sh"

hold() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        printf 'not so: %s\n' "$what"
        cat "$work/out"
        failed=$((failed + 1))
    fi
}

repository() {
    git -c init.defaultBranch=main -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false \
        -C "$work/repository" "$@"
}

# The merge of a branch that changes the documents of main with COMMAND, checked out.
merge() { # COMMAND
    rm -rf "$work/repository"
    mkdir -p "$work/repository"
    repository init -q
    cp -r tests/integration/cli/files/hospital "$work/repository/sla"
    [ "${without_base:-no}" = no ] || mv "$work/repository/sla" "$work/sla"
    touch "$work/repository/readme"
    repository add -A
    repository commit -q -m base
    repository checkout -q -b change
    [ "${without_base:-no}" = no ] || mv "$work/sla" "$work/repository/sla"
    (cd "$work/repository/sla" && eval "$1")
    repository add -A
    repository commit -q -m change
    repository checkout -q main
    repository merge -q --no-ff -m merge change
}

# A repository with the documents of `redan init`.
begin() {
    rm -rf "$work/repository"
    mkdir -p "$work/repository"
    repository init -q
    (cd "$work/repository" && REDAN_DATA=$root "$bin/redan" init -q >/dev/null)
    repository add -A
    repository commit -q -m base
}

# SCRIPT as a step of the check job; what it leaves for later steps is in $work/outputs.
run_step() { # SCRIPT
    local code=0
    : >"$work/outputs"
    (cd "$work/repository" && env -i PATH="$bin:/usr/bin:/bin" HOME="$work" TZ=UTC REDAN_DATA="$root" STRICT="$strict" \
        GITHUB_OUTPUT="$work/outputs" bash -e "$1") >"$work/out" 2>&1 || code=$?
    return "$code"
}

commit_all() {
    local code=0
    PATH="$bin:$PATH" REDAN_DATA=$root repository commit -q -a -m next >"$work/out" 2>&1 || code=$?
    return "$code"
}

refuses() {
    if "$@"; then
        return 1
    fi
}

run_job() {
    local code=0
    rm -rf "$work/runner"
    mkdir "$work/runner"
    : >"$work/summary"
    (cd "$work/repository" && env -i PATH="$bin:/usr/bin:/bin" HOME="$work" TZ=UTC REDAN_DATA="$root" \
        RUNNER_TEMP="$work/runner" GITHUB_STEP_SUMMARY="$work/summary" bash -e "$work/job.sh") >"$work/out" 2>&1 ||
        code=$?
    return "$code"
}

hold "the job is a script" grep -q 'redan sla diff' "$work/job.sh"

merge 'sed -i "s/op: only, value: tenant/op: only, value: operator/" imaging-archive.yaml'
hold "a change passes" run_job
# shellcheck disable=SC2016 # a name in backticks
hold "what it forbids is a warning" grep -q '^::warning title=newly forbidden (1)::`hospital-a` may not' "$work/out"
hold "the summary has the change" grep -q '^      ~  spec.clauses\[no-suspend\].value  tenant -> operator' "$work/summary"
hold "the summary has the effect" grep -q '^    newly forbidden: 1' "$work/summary"

merge 'printf "\n# a comment\n" >>imaging-archive.yaml'
hold "a comment passes" run_job
hold "it is no change" grep -q '^::notice title=redan::0 changes in 0 documents' "$work/out"
hold "and warns of nothing" bash -c "! grep -q '^::warning' '$work/out'"

merge 'sed -i "s/term: authority/term: autority/" imaging-archive.yaml'
if run_job; then hold "an error fails the job" false; else hold "an error fails the job" true; fi

without_base=yes merge true
hold "the first documents pass" run_job
hold "which is said" grep -q '^::notice title=redan::these are the first documents' "$work/out"

# The check job: its steps, and what its `env` says.
sed -n '/^  check:/,/^  review:/p' contrib/github/redan-check.yml >"$work/check.yml"
sed -n 's/^ \{10\}//p' "$work/check.yml" >"$work/check.sh"
sed -n 's/^ \{8\}run: \(redan .*\)/\1/p' "$work/check.yml" >"$work/annotate.sh"
strict=$(sed -n 's/^ *STRICT: \(--[a-z]*\).*/\1/p' "$work/check.yml")
hold "the check job is a script" grep -q 'redan sla check .* -o sarif' "$work/check.sh"
hold "and has annotations" grep -q 'redan sla check .* -o github' "$work/annotate.sh"

begin
hold "first documents pass" run_step "$work/check.sh"
hold "they have no findings to fail for" grep -qx 'code=0' "$work/outputs"
sed -i 's/\[DE, FR, PT\]/[DE, FRA]/' "$work/repository/sla/shop.yaml"
hold "findings are uploaded first" run_step "$work/check.sh"
hold "and told to the end of the job" grep -qx 'code=1' "$work/outputs"
hold "the log has them" grep -q '"ruleId": "RDN0207"' "$work/repository/redan.sarif"
hold "the end of the job fails" refuses run_step "$work/annotate.sh"
hold "with an annotation at the place" grep -q '^::error file=sla/shop.yaml,line=' "$work/out"
mv "$work/repository/sla" "$work/repository/away"
hold "no documents are no findings" refuses run_step "$work/check.sh"

# Hooks: the plain one by commits, that of the framework by its command.
begin
cp contrib/pre-commit/pre-commit "$work/repository/.git/hooks/pre-commit"
chmod +x "$work/repository/.git/hooks/pre-commit"
echo "# a comment" >>"$work/repository/sla/shop.yaml"
hold "a good document is committed" commit_all
sed -i 's/\[DE, FR, PT\]/[DE, FRA]/' "$work/repository/sla/shop.yaml"
hold "a bad one is not" refuses commit_all
hold "for what is wrong with it" grep -q '^error\[RDN0207\]' "$work/out"
sed -n 's/^ *entry: //p' "$work/repository/.pre-commit-config.yaml" >"$work/entry.sh"
hold "the framework's hook is a command" grep -q '^redan sla check' "$work/entry.sh"
hold "it refuses that, too" refuses run_step "$work/entry.sh"
repository checkout -q sla
hold "and takes what is committed" run_step "$work/entry.sh"
echo changed >"$work/repository/readme"
repository add readme
hold "what is no document is not looked at" commit_all

printf 'review: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
