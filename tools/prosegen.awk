# Makes the tables of the text rules from their one source: for core (want=c), for the page
# (want=js), for the database (want=sql, the whole of migrations/0002_prose.sql).
# Usage: LC_ALL=C awk -v want=c -f prosegen.awk core/words/prose.txt core/words/jisx0208.txt core/words/cures.txt
# Bytes, not characters, are awk's letters here: that is what LC_ALL=C is for.

function fail(why) {
    print FILENAME ":" FNR ": " why > "/dev/stderr"
    failed = 1
    exit 1
}

function hex(digits,    i, n) {
    for (i = 1; i <= length(digits); i++)
        n = n * 16 + index("0123456789ABCDEF", substr(digits, i, 1)) - 1
    return n
}

# UTF-8 of a code point.
function utf8(cp) {
    if (cp < 128) return sprintf("%c", cp)
    if (cp < 2048) return sprintf("%c%c", 192 + int(cp / 64), 128 + cp % 64)
    if (cp < 65536)
        return sprintf("%c%c%c", 224 + int(cp / 4096), 128 + int(cp / 64) % 64, 128 + cp % 64)
    return sprintf("%c%c%c%c", 240 + int(cp / 262144), 128 + int(cp / 4096) % 64,
                   128 + int(cp / 64) % 64, 128 + cp % 64)
}

# Splits UTF-8 text into code points cps[1..]; returns their number. U+XXXX stands for one.
function decode(text, cps,    i, b, n, more) {
    if (text ~ /^U\+[0-9A-F]+$/) {
        cps[1] = hex(substr(text, 3))
        return 1
    }
    for (i = 1; i <= length(text); i++) {
        b = byte[substr(text, i, 1)]
        if (b >= 128 && b < 192) {
            cps[n] = cps[n] * 64 + b - 128
            continue
        }
        cps[++n] = b < 128 ? b : b < 224 ? b - 192 : b < 240 ? b - 224 : b - 240
    }
    return n
}

# A code point for a string literal of the three languages.
function c_char(cp) {
    if (cp == 10) return "\\n"
    if (cp == 34 || cp == 92) return "\\" utf8(cp)
    return utf8(cp)
}
function js_char(cp) {
    return cp < 32 || cp > 126 && cp < 161 || (cp >= 8192 && cp < 8208) || cp == 8232 ||
           cp == 8233 || cp == 8288 || cp == 65279 ? sprintf("\\u%04X", cp) : c_char(cp)
}
function sql_char(cp) {
    return cp > 65535 ? sprintf("\\U%08X", cp) : sprintf("\\u%04X", cp)
}

BEGIN {
    for (i = 1; i < 256; i++) byte[sprintf("%c", i)] = i
    last = hex("2FFFF") # no cure's key lies above
    gaiji = hex("FF9E") # half-width voice marks, the second of a pair: this and the next
}

/^#/ || /^$/ { next }

FILENAME ~ /prose\.txt$/ {
    if ($1 == "drop") drops[++drop_count] = hex($3)
    else if ($1 == "fold") {
        fold_lang[++fold_count] = $2
        fold_from[fold_count] = hex($3)
        fold_to[fold_count] = hex($4)
    } else if ($1 == "allow" || $1 == "deny") {
        range_lang[++range_count] = $2
        range_first[range_count] = hex($3)
        range_last[range_count] = hex($4)
    } else fail("no such rule: " $1)
    next
}

FILENAME ~ /jisx0208\.txt$/ {
    n = decode(substr($0, 4), cps)
    row_number[++row_count] = substr($0, 1, 2)
    for (i = 1; i <= n; i++) {
        if (cps[i] == 46) continue
        if (cps[i] in jis) fail("twice: " utf8(cps[i]))
        jis[cps[i]] = 1
        row[row_count] = row[row_count] utf8(cps[i])
        jis_count++
    }
    next
}

{
    split($0, part, "\t")
    if (decode(part[1], cps) == 2) pair[cps[1], cps[2]] = part[2]
    else cure[cps[1]] = part[2]
    cures++
}

# ---------------------------------------------------------------- for core

function c_ranges(lang,    i) {
    print "\nconst struct prose_range prose_" lang "[] = {"
    for (i = 1; i <= range_count; i++)
        if (range_lang[i] == lang)
            printf "    {0x%04X, 0x%04X},\n", range_first[i], range_last[i]
    print "    {0, 0},\n};"
}

function c_cure(first, second, text,    cps, n, i, out) {
    n = decode(text, cps)
    for (i = 1; i <= n; i++) out = out c_char(cps[i])
    printf "    {0x%04X, 0x%04X, \"%s\"},\n", first, second, out
}

function c_bitmap(    word, bit, bits) {
    print "const uint32_t prose_jis[2048] = {"
    for (word = 0; word < 2048; word++) {
        bits = 0
        for (bit = 31; bit >= 0; bit--) bits = bits * 2 + ((word * 32 + bit) in jis)
        # In halves: some awks' %X ends at 31 bits.
        printf "%s0x%04X%04X,%s", word % 6 ? " " : "    ", int(bits / 65536), bits % 65536,
               word % 6 == 5 || word == 2047 ? "\n" : ""
    }
    print "};"
}

function c_table(    i, cp, mark) {
    print "/* The text rules' tables; made by tools/prosegen.awk. */\n#include \"words/prose_table.h\"\n"
    c_bitmap()
    print "\nconst int32_t prose_drops[] = {"
    for (i = 1; i <= drop_count; i++) printf "    0x%04X,\n", drops[i]
    print "    0,\n};\n\nconst struct prose_fold prose_folds[] = {"
    for (i = 1; i <= fold_count; i++)
        printf "    {0x%04X, 0x%04X, %s},\n", fold_from[i], fold_to[i],
               fold_lang[i] == "ja" ? "true" : "false"
    print "    {0, 0, false},\n};"
    c_ranges("ja")
    c_ranges("en")
    c_ranges("other")
    print "\nconst struct prose_cure prose_cures[] = {"
    for (cp = 0; cp <= last; cp++) {
        for (mark = gaiji; mark <= gaiji + 1; mark++)
            if ((cp, mark) in pair) c_cure(cp, mark, pair[cp, mark])
        if (cp in cure) c_cure(cp, 0, cure[cp])
    }
    print "};\n\nconst size_t prose_cure_count = sizeof prose_cures / sizeof *prose_cures;"
}

# ---------------------------------------------------------------- for the page

function js_text(text,    cps, n, i, out) {
    n = decode(text, cps)
    for (i = 1; i <= n; i++) out = out js_char(cps[i])
    return "\"" out "\""
}

function js_ranges(lang,    i, out) {
    for (i = 1; i <= range_count; i++)
        if (range_lang[i] == lang)
            out = out sprintf("%s[0x%X, 0x%X]", out ? ", " : "", range_first[i], range_last[i])
    return "  " lang ": [" out "],"
}

function js_table(    i, cp, mark, c) {
    print "// The text rules' tables for prose.js; made by tools/prosegen.awk (make prose)."
    print "\nexport const jis ="
    for (i = 1; i <= row_count; i++) {
        gsub(/[\\"]/, "\\\\&", row[i])
        print "  \"" row[i] "\"" (i < row_count ? " +" : ";")
    }
    printf "\nexport const drops = ["
    for (i = 1; i <= drop_count; i++) printf "%s0x%X", (i > 1 ? ", " : ""), drops[i]
    print "];\n\n// [from, to, in Japanese texts only]\nexport const folds = ["
    for (i = 1; i <= fold_count; i++)
        printf "  [0x%X, 0x%X, %s],\n", fold_from[i], fold_to[i],
               fold_lang[i] == "ja" ? "true" : "false"
    print "];\n\n// allowed besides jis; for other: not allowed\nexport const ranges = {"
    print js_ranges("ja") "\n" js_ranges("en") "\n" js_ranges("other")
    print "};\n\nexport const cures = new Map(["
    for (cp = 0; cp <= last; cp++) {
        for (mark = gaiji; mark <= gaiji + 1; mark++)
            if ((cp, mark) in pair)
                print "  [\"" js_char(cp) js_char(mark) "\", " js_text(pair[cp, mark]) "],"
        if (cp in cure) print "  [\"" js_char(cp) "\", " js_text(cure[cp]) "],"
    }
    print "]);"
}

# ---------------------------------------------------------------- for the database

# The characters of a language's ranges as the inside of a bracket expression. NUL is in no text,
# and PostgreSQL refuses its escape.
function sql_class(lang,    i, first, lines, out) {
    for (i = 1; i <= range_count; i++) {
        if (range_lang[i] != lang) continue
        first = range_first[i] ? range_first[i] : 1
        out = out sql_char(first)
        if (range_last[i] > first) out = out "-" sql_char(range_last[i])
        if (length(out) > 75 * ++lines) out = out "'\n                '"
    }
    return "E'" out "'"
}

function sql_translate(lang, text,    i, from, to) {
    for (i = 1; i <= fold_count; i++) {
        if (fold_lang[i] != lang) continue
        from = from sql_char(fold_from[i])
        to = to sql_char(fold_to[i])
    }
    return "translate(" text ",\n            E'" from "',\n            E'" to "')"
}

function sql_function(name, result, why) {
    gsub(/\n/, "\n-- ", why)
    print "\n-- " why
    print "CREATE FUNCTION " name " RETURNS " result
    print "LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN"
}

function sql_table(    i, out) {
    print "-- The text rules in the database (004 section 13-2(2), (3)): the same verdicts as core/prose.c"
    print "-- and web/static/prose.js. Made by tools/prosegen.awk from core/jisx0208.txt and"
    print "-- core/prose.txt. Bodies are bound when created, so no search_path is asked at run time, and"
    print "-- they are inlined, so that the classes become constants of the plan."

    sql_function("prose_jis()", "text", "The 6,879 characters of JIS X 0208.")
    for (i = 1; i <= row_count; i++)
        print "    '" row[i] "'" (i == row_count ? ";" : "")

    sql_function("prose_plain(t text)", "text", \
        "What is silently the same in every language: line breaks, blanks, nothing invisible, NFC.")
    for (i = 1; i <= drop_count; i++) out = out sql_char(drops[i])
    out = "normalize(translate(replace(t, E'\\r\\n', E'\\n'), E'" out "', ''), NFC)"
    print "    " sql_translate("all", out) ";"

    sql_function("prose_normal(t text, lang text DEFAULT 'ja')", "text", \
        "The normal form of a text: what is counted, judged and stored.")
    print "    CASE WHEN lang IN ('ja', 'easy') THEN\n        " sql_translate("ja", "prose_plain(t)")
    print "    ELSE prose_plain(t) END;"

    sql_function("prose_allowed(t text, lang text)", "boolean", \
        "Whether every character is allowed in the language (a line feed is).")
    print "    CASE WHEN lang IN ('ja', 'easy') THEN"
    print "        t !~ ('[^' || " sql_class("ja") " || prose_jis() || ']')"
    print "    WHEN lang = 'en' THEN"
    print "        t !~ ('[^' || " sql_class("en") " || prose_jis() || ']')"
    print "    ELSE"
    print "        t !~ ('[' || " sql_class("other") " || ']')"
    print "    END;"

    sql_function("prose_body_ok(t text, lang text, stamp text DEFAULT '')", "boolean", \
        "Whether t may be stored as an alert's body: in normal form, not only blanks, allowed\n" \
        "characters, at most 200 together with the stamp the system puts before it.")
    print "    t = prose_normal(t, lang) AND t ~ E'[^ \\u3000\\n]' AND prose_allowed(t, lang)"
    print "    AND char_length(stamp) + char_length(t) <= 200;"

    sql_function("prose_title_ok(t text, lang text, stamp text DEFAULT '')", "boolean", \
        "As prose_body_ok for a title: one line, at most 40.")
    print "    t = prose_normal(t, lang) AND t ~ E'[^ \\u3000]' AND t !~ E'\\n'"
    print "    AND prose_allowed(t, lang) AND char_length(stamp) + char_length(t) <= 40;"

    print "\nGRANT EXECUTE ON FUNCTION prose_jis(), prose_plain(text), prose_normal(text, text),"
    print "    prose_allowed(text, text), prose_body_ok(text, text, text), prose_title_ok(text, text, text)"
    print "    TO kairan_public, kairan_staff, kairan_sender, kairan_house;"
}

END {
    if (failed) exit 1
    if (jis_count != 6879) fail("JIS X 0208 has 6879 characters, not " jis_count)
    if (want == "c") c_table()
    else if (want == "js") js_table()
    else if (want == "sql") sql_table()
    else fail("want is c, js or sql")
}
