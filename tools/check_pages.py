#!/usr/bin/python3
"""Checks web/pages, web/letters, web/static, web/locale and the tables of words by the house's rules; part of `make lint`.

    tools/check_pages.py            prints one line per fault, exit status 1 when there is one

Each page is put together with its parts and with every section kept once, then read as HTML5.
check_html() does the same for a page as it was served; the browser tests call it."""
import pathlib
import re
import subprocess
import sys

import html5lib

TOP = pathlib.Path(__file__).resolve().parent.parent
WEB, CORE = TOP / "web", TOP / "core"
TAG = re.compile(r"{{([!#^/>]?)\s*(.*?)\s*}}", re.S)
SAID = re.compile(r"{{#_}}(.*?){{/_}}", re.S)
LONE_TAG = re.compile(r"^[ \t]*({{[!#^/>](?:(?!{{).)*?}})[ \t]*\n", re.M | re.S)
SLOT = re.compile(r"{.*?}")
PART = re.compile(r"{>([a-z]+)}")
QUOTED = r'".*"(?:\n".*")*'
PARTS_DEEP = 8
CONTROLS = {"input", "select", "textarea"}
REFERENCES = {"for", "aria-describedby", "aria-labelledby", "data-confirm"}
ADDRESSES = {"href", "src", "action", "formaction", "poster", "srcset"}
NO_CSRF = ("public_", "sign_in")  # nobody is signed in there


def read_page(name):
    return (WEB / "pages" / f"{name}.mustache").read_text(encoding="utf-8")


def expand(text, depth=0):
    """The template with its parts in place, comments gone."""
    if depth > PARTS_DEEP:
        raise RecursionError("parts in a circle")

    def put(tag):
        kind, name = tag.groups()
        if kind == "!":
            return ""
        return expand(read_page(name), depth + 1) if kind == ">" else tag.group(0)

    return TAG.sub(put, LONE_TAG.sub(r"\1", text))


def flatten(text):
    """Expanded template to HTML: what is said in English, values as a word, sections kept once."""
    return TAG.sub(lambda tag: "" if tag.group(1) else "value", SAID.sub(r"\1", text))


def check_html(text):
    """Faults of one whole HTML page, as sentences."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    faults = [f"line {at[0]}: {code} {data or ''}".strip() for at, code, data in parser.errors]
    nodes = [node for node in tree.iter() if isinstance(node.tag, str)]
    ids = [node.get("id") for node in nodes if node.get("id")]
    faults += [f"id {name} stands twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    labelled = {node.get("for") for node in nodes if node.tag == "label"}
    for node in nodes:
        faults += check_policy(node) + check_references(node, ids) + check_names(node, labelled)
    return faults + check_outline(nodes)


def check_policy(node):
    """What the content security policy refuses: anything inline, anything from elsewhere."""
    faults = []
    for name, value in node.items():
        if name == "style" or name.startswith("on"):
            faults.append(f"<{node.tag} {name}>: inline style or script")
        if name in ADDRESSES and re.match(r"(?i)\s*([a-z][a-z0-9+.-]*:|//)", value):
            faults.append(f"<{node.tag} {name}={value}>: from elsewhere")
    if node.tag == "style" or (node.tag == "script" and (node.text or "").strip()):
        faults.append(f"<{node.tag}>: inline style or script")
    return faults


def check_references(node, ids):
    return [f"<{node.tag} {name}>: no id {word}"
            for name, value in node.items() if name in REFERENCES
            for word in value.split() if word not in ids]


def check_names(node, labelled):
    """What a screen reader would find nameless."""
    hidden = node.tag == "input" and node.get("type") in ("hidden", "submit")
    if node.tag in CONTROLS and not hidden:
        if node.get("id") not in labelled and not node.get("aria-label"):
            return [f"<{node.tag} name={node.get('name')}> has no label"]
    if node.tag == "img" and node.get("alt") is None:
        return ["<img> without alt"]
    if node.tag == "fieldset" and (len(node) == 0 or node[0].tag != "legend"):
        return ["<fieldset> does not begin with its <legend>"]
    return []


def check_outline(nodes):
    """One <h1>, no level skipped, one <main>, a title and a language."""
    faults = []
    levels = [int(node.tag[1]) for node in nodes if re.fullmatch("h[1-6]", node.tag)]
    if levels.count(1) != 1:
        faults.append(f"{levels.count(1)} <h1> instead of one")
    faults += [f"<h{b}> after <h{a}>" for a, b in zip(levels, levels[1:]) if b > a + 1]
    if sum(node.tag == "main" for node in nodes) != 1:
        faults.append("not exactly one <main>")
    if not any(node.tag == "title" and (node.text or "").strip() for node in nodes):
        faults.append("no <title>")
    if not nodes[0].get("lang"):
        faults.append("<html> without lang")
    return faults


def check_template(name, text, texts):
    faults = []
    if "{{{" in text or re.search(r"{{\s*&", text):
        faults.append("an unescaped value")
    for msgid in SAID.findall(text):
        if not texts.get(msgid):
            faults.append(f"no Japanese for: {msgid}")
    for form in re.findall(r"<form\b.*?</form>", text, re.S):
        if 'method="post"' in form and not name.startswith(NO_CSRF) and "{{>parts/csrf}}" not in form:
            faults.append("a POST form without parts/csrf")
    return faults


def check_page(name, texts):
    text = read_page(name)
    faults = check_template(name, text, texts)
    if "/" in name:
        return faults
    try:
        return faults + check_html(flatten(expand(text)))
    except FileNotFoundError as missing:
        return faults + [f"no part {pathlib.Path(missing.filename).stem}"]
    except RecursionError as circle:
        return faults + [str(circle)]


def check_styles():
    """Every custom property that is used is defined, and the other way round; nothing from elsewhere."""
    styles = {path: path.read_text(encoding="utf-8") for path in sorted((WEB / "static").glob("*.css"))}
    every = "".join(styles.values())
    used = set(re.findall(r"var\((--[\w-]+)", every))
    defined = set(re.findall(r"(--[\w-]+)\s*:", every))
    faults = [f"static: {name} is used and not defined" for name in sorted(used - defined)]
    faults += [f"static: {name} is defined and not used" for name in sorted(defined - used)]
    faults += [f"static/{path.name}: @import or an address" for path, text in styles.items()
               if re.search(r"@import|url\(", text)]
    return faults


def read_letter(path):
    """Subject and body of a letter, or one part as it is."""
    text = path.read_text(encoding="utf-8")
    return [text] if path.parent.name == "parts" else text.split("\n\n", 1)


def check_letter(path, texts):
    """Each piece is in the catalogue, with the same in braces in both languages."""
    faults = []
    for english in read_letter(path):
        japanese = texts.get(english)
        if not japanese:
            faults.append(f"no Japanese for: {english}")
        elif sorted(set(SLOT.findall(english))) != sorted(set(SLOT.findall(japanese))):
            faults.append(f"other braces in Japanese than in: {english}")
    return faults


def check_letters(texts):
    """A text for each row of the table of letters, no other; parts that are there and in use."""
    root = WEB / "letters"
    table = (WEB.parent / "core" / "letters" / "letter_kind.c").read_text(encoding="utf-8")
    wanted = {f"{name}.txt" for name in re.findall(r'^    {"([a-z-]+)", LETTER_', table, re.M)}
    paths = {str(path.relative_to(root)): path for path in sorted(root.rglob("*.txt"))}
    for path in paths.values():
        wanted |= {f"parts/{name}.txt" for name in PART.findall(path.read_text(encoding="utf-8"))}
    faults = [f"letters/{name}: not there" for name in sorted(wanted - paths.keys())]
    faults += [f"letters/{name}: no letter uses it" for name in paths if name not in wanted]
    return faults + [f"letters/{name}: {fault}" for name, path in paths.items() for fault in check_letter(path, texts)]


def check_tables(texts):
    """The words of what is said once (tools/vocabgen.awk): the last column, but for sets and limits."""
    return [f"{path.relative_to(CORE)}: no Japanese for: {word}" for path in sorted(CORE.glob("*/*.txt"))
            for word in re.findall(r"^(?!set |limit )[a-z_]+  +.*  (\S.*)$", path.read_text(encoding="utf-8"), re.M)
            if path.parent.name != "words" and not texts.get(word)]


def read_texts():
    """msgid to Japanese, as msgfmt reads the catalogue."""
    lines = subprocess.run(["msgcat", "--no-wrap", WEB / "locale" / "ja.po"], check=True,
                           capture_output=True, text=True).stdout
    pairs = re.findall(rf"^msgid ({QUOTED})\nmsgstr ({QUOTED})$", lines, re.M)
    return {unquote(key): unquote(text) for key, text in pairs}


def unquote(quoted):
    """The text of a catalogue's string, whose pieces may stand on lines of their own."""
    text = "".join(re.findall(r'"(.*)"$', quoted, re.M))
    return re.sub(r"\\(.)", lambda escape: "\n" if escape.group(1) == "n" else escape.group(1), text)


def main():
    texts = read_texts()
    root = WEB / "pages"
    names = [str(path.relative_to(root).with_suffix("")) for path in sorted(root.rglob("*.mustache"))]
    faults = [f"{name}: {fault}" for name in names for fault in check_page(name, texts)]
    called = {name for page in names for kind, name in TAG.findall(read_page(page)) if kind == ">"}
    faults += [f"{name}: no page uses it" for name in names if "/" in name and name not in called]
    faults += check_letters(texts) + check_styles() + check_tables(texts)
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
