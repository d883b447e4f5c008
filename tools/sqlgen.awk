# Makes queries.h (enum sql) and queries.c (the statements' texts) from the SQL files beside the C.
# Usage: awk -v header=queries.h -v table=queries.c -f sqlgen.awk core/*/*.sql cli/*.sql
#
# A statement begins at `-- name: staff_sign_in` and ends at the next name or the file's end.
# Other comment lines are for people and are left out. Anything else is an error with its place.

function fail(why) {
    print FILENAME ":" FNR ": " why > "/dev/stderr"
    failed = 1
    exit 1
}

# The highest N of the $N in a line, or `most` when that is higher.
function highest(line, most,    number) {
    while (match(line, /\$[0-9]+/)) {
        number = substr(line, RSTART + 1, RLENGTH - 1) + 0
        if (number > most) most = number
        line = substr(line, RSTART + RLENGTH)
    }
    return most
}

# The line as a piece of a C string.
function quoted(line) {
    gsub(/[\\"]/, "\\\\&", line)
    return "\"" line "\\n\""
}

FNR == 1 {
    if (FILENAME ~ /\.law\.sql$/) nextfile # functions of the database, no statements
    set = FILENAME
    sub(/^.*\//, "", set)
    sub(/\.sql$/, "", set)
    open = 0
}

/^-- name: / {
    if ($3 !~ /^[a-z][a-z0-9_]*$/ || NF != 3) fail("bad statement name")
    if ($3 in seen) fail("second statement named " $3)
    seen[$3] = 1
    open = 1
    name[++count] = $3
    sets[count] = set
    file_of[count] = FILENAME
    line_of[count] = FNR
    params[count] = 0
    next
}

/^[ \t]*(--.*)?$/ { next }

!open { fail("text before the first `-- name:`") }

{
    params[count] = highest($0, params[count])
    text[count] = text[count] "\n     " quoted($0)
}

END {
    if (failed) exit 1
    print "/* Every statement of the SQL files beside the C, by name; made by tools/sqlgen.awk. */" > header
    print "#ifndef QUERIES_H\n#define QUERIES_H\n\nenum sql {" > header
    for (i = 1; i <= count; i++) print "    SQL_" toupper(name[i]) "," > header
    print "    SQL_LAST\n};\n" > header
    print "/* Set (the file's name without ending), file, line there, name, number of parameters, text. */" > header
    print "struct sql_text {\n    const char *set, *file;\n    int line;\n    const char *name;" > header
    print "    int params;\n    const char *text;\n};" > header
    print "extern const struct sql_text sql_texts[]; /* by enum sql; an empty row ends it */" > header
    print "\n#endif" > header

    print "/* Made by tools/sqlgen.awk from the SQL files beside the C. */\n#include \"queries.h\"\n" > table
    print "const struct sql_text sql_texts[] = {" > table
    for (i = 1; i <= count; i++)
        print "    {\"" sets[i] "\", \"" file_of[i] "\", " line_of[i] ", \"" name[i] "\", " params[i] "," \
            (text[i] == "" ? " \"\"" : text[i]) "}," > table
    print "    {\"\", \"\", 0, \"\", 0, \"\"},\n};" > table
}
