// Pieces of the pages: escaped texts, times, the frame around a page.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "results/live/pages.h"

namespace altis::results::live {

// A text of the data: escaped, cut at kMaxLiveTextBytes, and isolated in its direction.
std::string text(std::string_view raw);
// The same for the value of an attribute, without quotes and without isolation.
std::string attribute(std::string_view raw);
// A part of a path or query.
std::string path_part(std::string_view raw);
// RFC 3339 in UTC, as people write it; a dash when there is none.
std::string moment(std::string_view rfc3339);
// "START_LIST" as people write it.
std::string status(std::string_view name);

// What a page says about itself.
struct Frame {
    std::string title;    // raw text
    std::string path;     // of the page; its JSON is there with ".json"
    std::string unit;     // the unit that changes it; empty: any
    std::string content;  // HTML of <main>
};
std::string framed(const Site& site, const Frame& frame);

std::string unit_path(const Site& site, std::string_view rsc);
std::string athlete_path(const Site& site, std::string_view code);
std::string home_path(const Site& site);

// A table in a region that scrolls by itself; `caption` is raw text, the others HTML.
std::string table(std::string_view caption, std::string_view head, std::string_view rows);
// Says that rows were left out, when they were.
std::string left_out(std::size_t rows);

}  // namespace altis::results::live
