#!/bin/bash
# Names and habits this code does without. Prints each place; exit status 1 when there is one.
# A comment `banned-ok: why` on the line lets it stand.
set -u
cd "$(dirname "$0")/.." || exit
found=0

# look WHY REGEX FILE…: every line of the files that matches is a fault.
look() {
    local why=$1 regex=$2 places
    shift 2
    [ $# -gt 0 ] || return
    places=$(grep -nHP -- "$regex" "$@" | grep -v 'banned-ok: ')
    [ -n "$places" ] || return
    found=1
    printf '%s\n' "$places" | sed "s|$| <- $why|"
}

files() {
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r f; do
        [ ! -f "$f" ] || printf '%s\n' "$f"
    done
}

mapfile -t code < <(files '*.c' '*.h' '*.cc')
mapfile -t sources < <(files '*.c' '*.h' '*.cc' '*.sql' '*.awk' '*.py' '*.sh' '*.js' '*.css' Makefile)
mapfile -t pages < <(files 'web/*.mustache')

look 'no bound: buf, arena_printf or snprintf' '\b(strcpy|stpcpy|strcat|v?sprintf|gets)\(' "${code[@]}"
look 'guesses: text_int' '\b(atoi|atol|atoll|atof|strtoll?|strtoull?|strtol)\(' "${code[@]}"
look 'hidden state: text_split, strchr' '\bstrtok(_r)?\(' "${code[@]}"
look 'hidden state: the _r twin' '\b(gmtime|localtime|ctime|asctime|strerror_l)\(' "${code[@]}"
look 'a shell: fork and exec' '(?<![\w.])(system|popen)\(' "${code[@]}"
look 'a thread' '\b(pthread_create|thrd_create)\(' "${code[@]}"
look 'round the include law' '#\s*include\s+"\.\./' "${code[@]}"
look 'not done yet' '\b(TO[D]O|FIX[M]E|XX[X])\b' "${sources[@]}"
look 'not escaped' '\{\{\{|\{\{\s*&' "${pages[@]}"

for f in "${code[@]}"; do
    [ "$(head -c 2 "$f")" = '/*' ] || { found=1; echo "$f:1: the first line says what the file is for"; }
    lines=$(wc -l <"$f")
    [ "$lines" -le 400 ] || echo "$f: note: $lines lines, more than 400"
done
exit $found
