#include "report/row.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "codec/json.h"

namespace altis::bench {
namespace {

using codec::Json;

// Four significant digits: more would be noise.
Json number(double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.4g", value);
    const double rounded = std::strtod(text, nullptr);
    if (std::fabs(rounded) >= 1000) return static_cast<std::int64_t>(std::llround(rounded));
    return rounded;
}

double ratio_of(const Row& row) {
    return row.peer.empty() || row.peer_value == 0 ? 0 : row.value / row.peer_value;
}

Json json_of(const Row& row) {
    const bool has_peer = !row.peer.empty();
    return Json::object({{"what", row.what},
                         {"value", number(row.value)},
                         {"unit", row.unit},
                         {"peer", has_peer ? Json(row.peer) : Json()},
                         {"peer_value", has_peer ? number(row.peer_value) : Json()},
                         {"ratio", has_peer ? number(ratio_of(row)) : Json()},
                         {"bar", nullptr},
                         {"met", nullptr}});
}

void print_line(const Json& row) {
    std::printf("%s\n", row.to_string().c_str());
    std::fflush(stdout);
}

}  // namespace

void print(const Row& row) {
    print_line(json_of(row));
}

void print(const Row& row, const Bar& bar) {
    Json json = json_of(row);
    const bool of_ratio = bar.of == Bar::Of::kRatio;
    const double reached = of_ratio ? ratio_of(row) : row.value;
    char text[64];
    std::snprintf(text, sizeof(text), "%s%s %g", of_ratio ? "ratio " : "",
                  bar.better == Better::kHigher ? ">=" : "<=", bar.limit);
    json.set("bar", text);
    json.set("met", bar.better == Better::kHigher ? reached >= bar.limit : reached <= bar.limit);
    print_line(json);
}

void print_missing(const std::string& what, const std::string& why) {
    Json json = json_of({what, 0, why});
    json.set("value", nullptr);
    print_line(json);
}

double quantile(std::vector<double>& values, double share) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
    return values[std::min(at, values.size() - 1)];
}

}  // namespace altis::bench
