# Makes what is said once, in the tables beside the code, into C (want=h a header, want=c its table of words) and SQL
# (want=act, the whole of core/office/who_may.law.sql; want=limit, that of core/settings/limit.law.sql).
# Usage: awk -v want=h -f vocabgen.awk core/office/role.txt core/office/who_may.txt …
#
# Columns are parted by two blanks or more; `#` begins a comment. Lines by their first column:
#   role  CODE  WORD             a role of posts: one bit
#   set   CODE  ROLE …           roles named together; may name earlier sets; in SQL roles_CODE()
#   act   CODE  WEIGHT  WHO  WORD   MAY_CODE is who may; none where WHO is `-`, so that no route can name it
#   limit CODE  NUMBER  WHAT     LIMIT_CODE, in SQL limit_code()
#   …     CODE  WORD             any other: an enum of that name, as alert_state, with ALERT_CODE
# Roles come first. Words are msgids: their Japanese stands in the catalogue.

BEGIN { FS = "  +" }

function fail(why) {
    print FILENAME ":" FNR ": " why > "/dev/stderr"
    failed = 1
    exit 1
}

# "alert.stop" as "ALERT_STOP".
function upper(code) {
    gsub(/[.-]/, "_", code)
    return toupper(code)
}

# A list of SQL texts with one more, in lines of some 100 characters.
function listed(list, code,    last) {
    last = list
    sub(/.*\n/, "", last)
    return list (list == "" ? "" : length(last) > 80 ? ",\n            " : ", ") "'" code "'"
}

# The C expression of roles and sets.
function roles(who,    part, n, i, out) {
    if (who == "anybody") return "ROLE_NOBODY"
    if (who == "signed-in") return "ROLE_SIGNED_IN"
    n = split(who, part, " ")
    for (i = 1; i <= n; i++) {
        if (!(("role", part[i]) in seen || ("set", part[i]) in seen)) fail("no such role: " part[i])
        out = out (i > 1 ? " | " : "") "ROLE_" upper(part[i])
    }
    return out
}

# The roles that WHO names, as an array of SQL; "" where no post is asked for.
function members(who,    part, n, i, out) {
    n = split(who, part, " ")
    for (i = 1; i <= n; i++) {
        if (part[i] in member) out = out "," member[part[i]]
        else if (("role", part[i]) in seen) out = out "," part[i]
    }
    return substr(out, 2)
}

/^#/ || /^$/ { next }

{
    if (NF != ($1 == "act" ? 5 : $1 == "limit" ? 4 : 3)) fail("a column too few or too many")
    if ($2 !~ /^[a-z][a-z0-9._-]*$/ || seen[$1, $2]++) fail("no code, or the second one: " $2)
}

$1 == "limit" {
    if ($3 !~ /^[0-9]+$/) fail("no number: " $3)
    limits = limits "\n#define LIMIT_" upper($2) " " $3 " /* " $4 " */"
    limit_functions = limit_functions "\n\n-- " $4 "\nCREATE FUNCTION limit_" $2 \
        "() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT " $3 " $$;"
    next
}

$1 == "set" {
    sets = sets "\n    ROLE_" upper($2) " = " roles($3) ","
    member[$2] = members($3)
    set_code[++set_count] = $2
    next
}

{
    if (!($1 in count)) kinds[++kind_count] = $1
    n = ++count[$1]
    code[$1, n] = $2
    word[$1, n] = $NF
}

$1 == "act" {
    if ($3 !~ /^(look|light|grave)$/) fail("no such weight: " $3)
    if ($4 != "-") may = may "\n    MAY_" upper($2) " = " roles($4) ","
    if ($3 == "grave") grave = listed(grave, $2)
    posts = members($4)
    if (posts == "") {
        open_acts = listed(open_acts, $2)
        next
    }
    if (!(posts in acts)) whose[++whose_count] = posts
    acts[posts] = listed(acts[posts], $2)
}

function print_roles(    i) {
    print "\n/* One bit a role, and sets of them. */\nenum role {\n    ROLE_NOBODY = 0,"
    for (i = 1; i <= count["role"]; i++)
        print "    ROLE_" upper(code["role", i]) " = " 2 ^ (i - 1) ","
    print "    ROLE_SIGNED_IN = " 2 ^ (i - 1) ", /* a person, whether a post is chosen or not */" sets "\n};"
}

function print_enum(kind,    i, first) {
    first = toupper(kind)
    sub(/_.*/, "", first)
    print "\nenum " kind " {\n    " toupper(kind) "_NONE,"
    for (i = 1; i <= count[kind]; i++) print "    " first "_" upper(code[kind, i]) ","
    print "    " toupper(kind) "_LAST\n};"
}

function print_header(    k) {
    print "/* Words that are said once; made by tools/vocabgen.awk from the tables beside the code. */"
    print "#ifndef VOCABULARY_H\n#define VOCABULARY_H"
    print "\n/* Rules that no setting goes beyond. */" limits
    print "\n/* As the database and addresses have it, and for people (a msgid). */"
    print "struct word {\n    const char *code, *said;\n};"
    for (k = 1; k <= kind_count; k++)
        if (kinds[k] == "role") print_roles()
        else print_enum(kinds[k])
    print "\n/* Whose posts may do an act; ROLE_NOBODY where none is asked for. */\nenum may {" may "\n};"
    print "\n/* By the enum of their name (roles: 1 is the first); {\"\", \"\"} for none, {0} after the last. */"
    for (k = 1; k <= kind_count; k++) print "extern const struct word " kinds[k] "_words[];"
    print "\n#endif"
}

function print_table(    k, i) {
    print "/* Made by tools/vocabgen.awk. */\n#include \"vocabulary.h\""
    for (k = 1; k <= kind_count; k++) {
        print "\nconst struct word " kinds[k] "_words[] = {\n    {\"\", \"\"},"
        for (i = 1; i <= count[kinds[k]]; i++)
            print "    {\"" code[kinds[k], i] "\", \"" word[kinds[k], i] "\"},"
        print "    {0},\n};"
    }
}

function print_limits() {
    print "-- The limits of core/settings/limit.txt for the law. Made by tools/vocabgen.awk (make vocabulary)." limit_functions
}

function print_acts(    i) {
    print "-- Who may do an act and what it weighs: core/office/who_may.txt for the database. Made by tools/vocabgen.awk (make vocabulary)."
    print "\n-- The roles whose posts may do it; NULL where no post is asked for or no route leads to it. An act that is not in the" \
        "\n-- table is nobody's."
    print "CREATE FUNCTION act_roles(act text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$\n    SELECT (CASE"
    for (i = 1; i <= whose_count; i++)
        print "        WHEN act IN (" acts[whose[i]] ")\n        THEN '{" whose[i] "}'"
    print "        WHEN act IN (" open_acts ")\n        THEN NULL\n        ELSE '{}'"
    print "    END)::text[]\n$$;"
    for (i = 1; i <= set_count; i++)
        print "\n-- The set `" set_code[i] "` of core/office/role.txt." \
            "\nCREATE FUNCTION roles_" set_code[i] "() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$" \
            "\n    SELECT '{" member[set_code[i]] "}'::text[]\n$$;"
    print "\n-- Whether it asks for a fresh proof of the second factor (security D25)."
    print "CREATE FUNCTION act_is_grave(act text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$"
    print "    SELECT act IN (" grave ")\n$$;"
}

END {
    if (failed) exit 1
    if (want == "h") print_header()
    else if (want == "c") print_table()
    else if (want == "act") print_acts()
    else if (want == "limit") print_limits()
    else fail("want is h, c, act or limit")
}
