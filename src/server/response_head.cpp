#include "server/response_head.h"

#include <algorithm>
#include <ctime>

namespace altis::server {

namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    const std::size_t start = out.size();
    out.append(value);
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    out.append("\r\n");
}

}  // namespace

bool has_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

namespace {

constexpr std::size_t kMaxOriginBytes = 512;

// A page that sends "with credentials", as Snowplow's does, may read the answer only when it names
// the page. That gives nobody anything: no cookie means anything here.
void append_cross_origin(std::string& out, std::string_view origin) {
    out.append("Access-Control-Expose-Headers: Retry-After, X-Request-Id\r\n");
    if (origin.empty() || origin.size() > kMaxOriginBytes) {
        out.append("Access-Control-Allow-Origin: *\r\n");
        return;
    }
    append_field(out, "Access-Control-Allow-Origin", origin);
    out.append("Access-Control-Allow-Credentials: true\r\nVary: Origin\r\n");
}

}  // namespace

void append_head(std::string& out, const Response& response, const HeadFrame& frame) {
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    out.append(status_phrase(response.status)).append("\r\n");
    append_field(out, "Date", frame.date);
    append_field(out, "Connection", frame.keep_alive == KeepAlive::kYes ? "keep-alive" : "close");
    if (!frame.request_id.empty()) append_field(out, "X-Request-Id", frame.request_id);
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    if (!response.stream.empty()) {
        out.append("Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n");
    } else if (has_body(response.status)) {
        append_field(out, "Content-Length", std::to_string(response.body.size()));
    }
    if (frame.cross_origin == CrossOrigin::kYes) append_cross_origin(out, frame.origin);
    for (const auto& [name, value] : response.headers)
        append_field(out, name, value);
    out.append("\r\n");
}

std::string imf_date(Time time) {
    const std::time_t second = time.us / 1'000'000;
    std::tm parts{};
    gmtime_r(&second, &parts);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, size};
}

}  // namespace altis::server
