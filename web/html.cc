/* The template engine: kainjow mustache, made strict, behind the C functions of html.h. */
#include "html.h"

#include <dirent.h>
#include <kainjow/mustache.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

namespace mustache = kainjow::mustache;
using std::string;
using say_fn = const char *(*)(const char *msgid);

struct html {
    std::map<string, mustache::mustache> pages;
};

namespace {

using texts = std::map<string, string>; /* name to template source */

const string ending = ".mustache";
const int parts_deep = 8; /* parts within parts; more is a circle */

/* What is wrong with a template; caught in the C functions. */
struct wrong {
    string text;
};

string escape(const string &text) {
    string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;"; /* old phones do not know &apos; */
            break;
        default:
            out += c;
        }
    }
    return out;
}

string read_file(const string &path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) {
        throw wrong{path + " cannot be read"};
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool ends_with(const string &s, const string &tail) {
    return s.size() > tail.size() && s.compare(s.size() - tail.size(), tail.size(), tail) == 0;
}

/* What is said to page makers is not sent to readers, nor the line it stands on. */
string without_comments(const string &name, const string &source) {
    string out;
    size_t at = 0;
    for (;;) {
        const size_t open = source.find("{{!", at);
        if (open == string::npos) {
            return out + source.substr(at);
        }
        const size_t close = source.find("}}", open);
        if (close == string::npos) {
            throw wrong{name + ": a comment is not closed"};
        }
        out += source.substr(at, open - at);
        at = close + 2;
        if (at < source.size() && source[at] == '\n' && (out.empty() || out.back() == '\n')) {
            at++;
        }
    }
}

/* Every NAME.mustache of dir as prefix + NAME. */
void read_dir(const string &dir, const string &prefix, texts &out) {
    const std::unique_ptr<DIR, int (*)(DIR *)> handle{opendir(dir.c_str()), closedir};
    if (!handle) {
        throw wrong{dir + " cannot be read"};
    }
    while (const dirent *entry = readdir(handle.get())) {
        const string file = entry->d_name;
        if (file[0] != '.' && ends_with(file, ending)) {
            const string name = prefix + file.substr(0, file.size() - ending.size());
            out[name] = without_comments(name, read_file(dir + "/" + file));
        }
    }
}

/* Escaping is not a page's choice: what would print raw, or change the delimiters, is refused. */
void check_raw(const string &name, const string &source) {
    for (const char *raw : {"{{{", "{{&", "{{ &", "{{="}) {
        if (source.find(raw) != string::npos) {
            throw wrong{name + ": " + raw + " is not allowed"};
        }
    }
}

string trimmed(const string &s) {
    const auto begin = s.find_first_not_of(" \t\r\n");
    return begin == string::npos ? "" : s.substr(begin, s.find_last_not_of(" \t\r\n") - begin + 1);
}

/* Parts are set in when pages are loaded, so a part inside a row loop is not parsed anew for each
 * row, its name cannot be hidden by a datum, and a missing one is found at start. */
string expand(const string &name, const string &source, const texts &parts, int deep) {
    if (deep > parts_deep) {
        throw wrong{name + ": its parts hold themselves"};
    }
    string out;
    size_t at = 0;
    for (;;) {
        const size_t open = source.find("{{>", at);
        if (open == string::npos) {
            return out + source.substr(at);
        }
        const size_t close = source.find("}}", open);
        if (close == string::npos) {
            throw wrong{name + ": a tag is not closed"};
        }
        const string part = trimmed(source.substr(open + 3, close - open - 3));
        const auto found = parts.find(part);
        if (found == parts.end()) {
            throw wrong{name + ": there is no part " + part};
        }
        string text = expand(part, found->second, parts, deep + 1);
        if (!text.empty() && text.back() == '\n') {
            text.pop_back(); /* the line the tag stands on has its own end */
        }
        out += source.substr(at, open - at) + text;
        at = close + 2;
    }
}

void load(const string &dir, struct html &h) {
    texts pages;
    texts parts;
    read_dir(dir, "", pages);
    read_dir(dir + "/parts", "parts/", parts);
    for (const auto &part : parts) {
        check_raw(part.first, part.second);
    }
    for (const auto &page : pages) {
        check_raw(page.first, page.second);
        mustache::mustache parsed{expand(page.first, page.second, parts, 0)};
        if (!parsed.is_valid()) {
            throw wrong{page.first + ": " + parsed.error_message()};
        }
        parsed.set_custom_escape(escape);
        h.pages.emplace(page.first, std::move(parsed));
    }
}

/* A section over an empty text or null shows nothing; a number, 0 too, is a text. */
mustache::data from_json(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT: {
        mustache::data object{mustache::data::type::object};
        const char *key;
        json_t *item;
        json_object_foreach(const_cast<json_t *>(value), key, item) {
            object.set(key, from_json(item));
        }
        return object;
    }
    case JSON_ARRAY: {
        mustache::list list;
        list.reserve(json_array_size(value));
        for (size_t i = 0; i < json_array_size(value); i++) {
            list.push_back(from_json(json_array_get(value, i)));
        }
        return list;
    }
    case JSON_STRING:
        if (json_string_length(value) == 0) {
            return false;
        }
        return string{json_string_value(value), json_string_length(value)};
    case JSON_INTEGER:
        return std::to_string(json_integer_value(value));
    case JSON_REAL: {
        char text[32];
        snprintf(text, sizeof text, "%.10g", json_real_value(value));
        return text;
    }
    case JSON_TRUE:
        return true;
    default:
        return false;
    }
}

/* Looks names up as the library does, but remembers the first one that nothing has. */
class strict_context : public mustache::context<string> {
  public:
    using mustache::context<string>::context;

    const mustache::data *get(const string &name) const override {
        const mustache::data *found = mustache::context<string>::get(name);
        if (!found && missing.empty()) {
            missing = name.empty() ? "(empty)" : name;
        }
        return found;
    }

    mutable string missing;
};

/* A sentence may be wrapped over lines in a page; its msgid has single spaces. */
string to_msgid(const string &text) {
    string out;
    for (const char c : trimmed(text)) {
        const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!space) {
            out += c;
        } else if (out.back() != ' ') {
            out += ' ';
        }
    }
    return out;
}

/* Sentences are plain text, escaped like data; {{names}} inside them are filled in. */
mustache::data translator(say_fn say) {
    return mustache::lambda2{[say](const string &text, const mustache::renderer &render) {
        const string said = escape(say(to_msgid(text).c_str()));
        return said.find("{{") == string::npos ? said : render(said);
    }};
}

string render(struct html &h, const string &name, const json_t *tree, say_fn say) {
    const auto page = h.pages.find(name);
    if (page == h.pages.end()) {
        throw wrong{"there is no page " + name};
    }
    mustache::data data = from_json(tree);
    data.set("_", translator(say));
    strict_context context{&data};
    const string text = page->second.render(context);
    if (!context.missing.empty()) {
        throw wrong{name + ": the tree lacks " + context.missing};
    }
    if (!page->second.is_valid()) {
        throw wrong{name + ": " + page->second.error_message()};
    }
    return text;
}

} // namespace

bool html_open(const char *dir, struct html **out, char *error, size_t error_b) {
    *out = new struct html;
    try {
        load(dir, **out);
        return true;
    } catch (const wrong &what) {
        snprintf(error, error_b, "%s", what.text.c_str());
        html_close(out);
        return false;
    }
}

void html_close(struct html **h) {
    delete *h;
    *h = nullptr;
}

bool html_render(struct html *h, const char *page, const json_t *tree,
                 const char *(*say)(const char *msgid), char **text, size_t *text_b, char *error,
                 size_t error_b) {
    try {
        const string done = render(*h, page, tree, say);
        *text = static_cast<char *>(malloc(done.size() + 1));
        if (!*text) {
            abort();
        }
        memcpy(*text, done.c_str(), done.size() + 1);
        *text_b = done.size();
        return true;
    } catch (const wrong &what) {
        snprintf(error, error_b, "%s", what.text.c_str());
        return false;
    }
}
