#include "results/live/markup.h"

#include <array>

#include "base/time.h"
#include "codec/text.h"

namespace altis::results::live {
namespace {

using codec::MarkupPlace;

// Cut between characters, with a sign that it is.
std::string cut(std::string_view raw) {
    if (raw.size() <= kMaxLiveTextBytes) return std::string(raw);
    std::size_t end = kMaxLiveTextBytes;
    while (end > 0 && (static_cast<unsigned char>(raw[end]) & 0xC0U) == 0x80U)
        --end;
    return std::string(raw.substr(0, end)) + "\u2026";
}

// For a title, which takes no elements: first strong isolate, pop directional isolate.
std::string isolated(std::string_view raw) {
    return "\u2068" + attribute(raw) + "\u2069";
}

std::string navigation(const Site& site, const Frame& frame) {
    std::string html = "<nav aria-label=\"Games\"><ul>";
    const auto link = [&](const std::string& path, std::string_view name) {
        html += "<li><a href=\"" + path + "\"";
        if (path == frame.path) html += " aria-current=\"page\"";
        html.append(">").append(name).append("</a></li>");
    };
    link(home_path(site), "Schedule");
    if (site.has_medals) link(home_path(site) + "/medals", "Medals");
    return html + "</ul></nav>";
}

}  // namespace

std::string text(std::string_view raw) {
    std::string html = "<bdi>";
    codec::append_markup(html, cut(raw), MarkupPlace::kContent);
    return html + "</bdi>";
}

std::string attribute(std::string_view raw) {
    std::string html;
    codec::append_markup(html, cut(raw), MarkupPlace::kAttribute);
    return html;
}

std::string path_part(std::string_view raw) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char c : raw) {
        const bool is_word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_word || kPlain.find(c) != std::string_view::npos) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
    return out;
}

std::string moment(std::string_view rfc3339) {
    constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::size_t kToMinutes = std::string_view("2026-02-19T20:00").size();
    const auto time = parse_rfc3339(rfc3339);
    if (!time) return "<span class=\"none\">\u2013</span>";
    const std::string utc = format_rfc3339(*time);
    const auto month = static_cast<std::size_t>((utc[5] - '0') * 10 + (utc[6] - '0') - 1);
    std::string html = "<time datetime=\"" + utc + "\">";
    html.append(utc, 8, 2).append(" ").append(kMonths.at(month)).append(" ").append(utc, 0, 4);
    html.append(", ").append(utc, 11, kToMinutes - 11);
    return html + " UTC</time>";
}

std::string status(std::string_view name) {
    std::string words(name);
    for (std::size_t i = 0; i < words.size(); ++i) {
        char& c = words[i];
        if (c == '_') c = ' ';
        if (i > 0 && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (words.empty()) return "Scheduled";
    return words;
}

std::string home_path(const Site& site) {
    return "/live/" + path_part(site.edition);
}
std::string unit_path(const Site& site, std::string_view rsc) {
    return home_path(site) + "/units/" + path_part(rsc);
}
std::string athlete_path(const Site& site, std::string_view code) {
    return home_path(site) + "/athletes/" + path_part(code);
}

std::string framed(const Site& site, const Frame& frame) {
    const std::string json = frame.path + ".json";
    std::string html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
    html += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>";
    html += isolated(frame.title) + " \u00b7 " + isolated(site.name) + "</title>";
    html += "<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"" + site.style;
    html += "\"><script type=\"module\" src=\"" + site.script + "\"></script>";
    html +=
        "<link rel=\"alternate\" type=\"application/json\" href=\"" + json + "\"></head>\n<body>";
    html += "<a class=\"skip\" href=\"#main\">Skip to the content</a><header><p class=\"games\">";
    html += text(site.name) + "</p>" + navigation(site, frame) + "</header>\n";
    html += "<main id=\"main\" tabindex=\"-1\" data-changes=\"" + home_path(site) + "/changes\"";
    if (!frame.unit.empty()) html += " data-unit=\"" + attribute(frame.unit) + "\"";
    html += ">\n" + frame.content + "</main>\n";
    html += "<footer><p id=\"live\" role=\"status\"></p><p><a href=\"" + json + "\">This page as ";
    return html + "JSON</a>. Times are in UTC.</p></footer></body></html>\n";
}

std::string table(std::string_view caption, std::string_view head, std::string_view rows) {
    std::string html = "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"";
    html += attribute(caption) + "\"><table><caption>" + text(caption) + "</caption><thead><tr>";
    html.append(head).append("</tr></thead><tbody>\n").append(rows);
    return html + "</tbody></table></div>\n";
}

std::string left_out(std::size_t rows) {
    if (rows <= kMaxLiveRows) return {};
    return "<p class=\"note\">" + std::to_string(rows - kMaxLiveRows) +
           " more rows are in the JSON.</p>\n";
}

}  // namespace altis::results::live
