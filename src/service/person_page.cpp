#include "service/person_page.h"

#include <string_view>

#include "codec/text.h"

namespace altis::service {
namespace {

using codec::Json;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>What is held about you</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
body{color:#1a1a1a;background:#fff}h1{font-size:1.6rem;margin-bottom:.2rem}
h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #ccc}
table{border-collapse:collapse;width:100%}th{font-weight:600}td{overflow-wrap:anywhere}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #e4e4e4}
td:first-child{width:12rem}pre{margin:0;font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:14rem 1fr;gap:.2rem 1rem}dt,.note{color:#555}
dd{margin:0;overflow-wrap:anywhere}@media(max-width:40rem){dl{grid-template-columns:1fr}}
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}
</style></head><body>
)";

// Text of the data; also keeps its direction from changing that of the page.
std::string text(std::string_view raw) {
    std::string out = "<bdi>";
    codec::append_markup(out, raw, codec::MarkupPlace::kContent);
    return out + "</bdi>";
}

std::string plain(const Json& value) {
    return text(value.is_string() ? value.as_string() : value.to_string());
}

bool is_empty(const Json& value) {
    const bool is_text = value.is_string();
    if (is_text) return value.as_string().empty();
    return value.is_null() || (value.is_object() && value.members().empty()) ||
           (value.is_array() && value.items().empty());
}

// "first_seen" as people write it.
std::string words(std::string_view name) {
    std::string out(name);
    for (char& c : out)
        if (c == '_') c = ' ';
    return text(out);
}

std::string list_of(const Json& object) {
    std::string out = "<dl>";
    for (const auto& [name, value] : object.members()) {
        if (is_empty(value)) continue;
        out += "<dt>" + words(name) + "</dt><dd>";
        if (value.is_object()) {
            for (const auto& [key, each] : value.members())
                out += text(key) + ": " + plain(each) + "<br>";
        } else if (value.is_array()) {
            for (const Json& each : value.items())
                out += plain(each) + "<br>";
        } else {
            out += plain(value);
        }
        out += "</dd>";
    }
    return out + "</dl>";
}

std::string consents(const Json& held) {
    if (held["consents"].items().empty()) return "<p>You have consented to nothing.</p>";
    std::string out = "<table><tr><th>Games</th><th>You allow</th></tr>";
    for (const Json& consent : held["consents"].items()) {
        out += "<tr><td>" + plain(consent["edition"]) + "</td><td>" +
               words(consent["purpose"].as_string()) + "</td></tr>";
    }
    return out + "</table>";
}

std::string segments(const Json& held) {
    std::string rows;
    for (const Json& segment : held["segments"].items()) {
        if (!segment["member"].as_bool()) continue;
        rows += "<tr><td>" + plain(segment["id"]) + "</td><td>" + plain(segment["why"]["rule"]) +
                "</td></tr>";
    }
    if (rows.empty()) return "<p>You are in no group.</p>";
    return "<table><tr><th>Group</th><th>Because</th></tr>" + rows + "</table>";
}

std::string identifiers(const Json& held) {
    std::string out = list_of(held["identity"]["subjects"].items().empty()
                                  ? Json::object({})
                                  : held["identity"]["subjects"].items().front());
    for (const Json& link : held["identity"]["links"].items())
        out += "<pre>" + plain(link) + "</pre>";
    return out;
}

std::string records(const Json& held) {
    std::string out = "<table><tr><th>When</th><th>What</th><th>Content</th></tr>";
    for (const Json& record : held["records"].items()) {
        out += "<tr><td>" + plain(record["time"]) + "</td><td>" + plain(record["type"]) + "<br>" +
               plain(record["edition"]) + "</td><td><pre>" +
               text(record["content"].to_pretty_string()) + "</pre></td></tr>";
    }
    return out + "</table>";
}

std::string section(std::string_view title, const std::string& content) {
    return "<section><h2>" + std::string(title) + "</h2>" + content + "</section>\n";
}

}  // namespace

std::string person_page(const Json& held) {
    std::string page(kHead);
    page += "<h1>What is held about you</h1><p class=\"note\">";
    if (held.contains("user_id")) page += "User id " + plain(held["user_id"]) + ", ";
    page += "made " + plain(held["made_at"]) + "</p>\n";
    page += section("Profile", list_of(held["profile"]));
    page += section("Your consents", consents(held));
    page += section("Groups you are in", segments(held));
    page += section("Identifiers that are you", identifiers(held));
    page += section("Everything that was written down, oldest first", records(held));
    if (held.contains("continue_after")) {
        page += "<p class=\"note\">There is more: ask again with after=" +
                plain(held["continue_after"]) + ".</p>";
    }
    return page + "</body></html>\n";
}

}  // namespace altis::service
