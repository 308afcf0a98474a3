#include "server/http.h"

#include <algorithm>
#include <array>

namespace altis::server {

namespace {

constexpr std::array<std::string_view, 8> kMethodNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                          "PATCH", "DELETE", "OPTIONS", "OTHER"};

constexpr std::pair<int, std::string_view> kPhrases[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int status_of(const Error& error) {
    switch (error.code) {
        case Code::kInvalid:
            return 400;
        case Code::kUnauthenticated:
            return 401;
        case Code::kDenied:
        case Code::kExhausted:
            return 403;
        case Code::kNotFound:
            return 404;
        case Code::kConflict:
            return 409;
        case Code::kTooLarge:
            return 413;
        case Code::kOverloaded:
            return 429;
        case Code::kUnavailable:
            return error.reason.ends_with("disk_full") ? 507 : 500;
        case Code::kCorrupt:
            return 500;
    }
    return 500;
}

std::string_view find_field(const Fields& fields, std::string_view name,
                            std::string_view fallback) {
    for (const auto& [key, value] : fields) {
        if (key == name) return value;
    }
    return fallback;
}

}  // namespace

std::string_view to_string(Method method) {
    return kMethodNames[static_cast<std::size_t>(method)];
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view take_item(std::string_view& list, char separator) {
    std::string_view item = list.substr(0, list.find(separator));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t'))
        item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t'))
        item.remove_suffix(1);
    return item;
}

namespace {

// The weight of an item: "gzip;q=0" has none.
bool has_weight(std::string_view parameters) {
    while (!parameters.empty()) {
        std::string_view parameter = take_item(parameters, ';');
        if (!equal_ignoring_case(take_item(parameter, '='), "q")) continue;
        return take_item(parameter, ';').find_first_not_of("0.") != std::string_view::npos;
    }
    return true;
}

}  // namespace

bool accepts_gzip(const Request& request) {
    std::string_view codings = request.header("Accept-Encoding");
    bool takes_any = false;
    while (!codings.empty()) {
        std::string_view item = take_item(codings, ',');
        const std::string_view coding = take_item(item, ';');
        if (equal_ignoring_case(coding, "gzip")) return has_weight(item);
        takes_any = takes_any || (coding == "*" && has_weight(item));
    }
    return takes_any;
}

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) return value;
    }
    return {};
}

std::string_view Request::query_value(std::string_view name, std::string_view fallback) const {
    return find_field(query, name, fallback);
}

std::string_view Request::parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view{} : found->second;
}

Response json_response(int status, const codec::Json& body) {
    return {status, "application/json", body.to_string()};
}

Response text_response(int status, std::string content_type, std::string body) {
    return {status, std::move(content_type), std::move(body)};
}

Response empty_response(int status) {
    return {status, {}, {}};
}

Response event_stream(std::string stream, std::shared_ptr<const std::atomic<bool>> pass) {
    Response response{200, "text/event-stream", {}};
    response.stream = std::move(stream);
    response.stream_pass = std::move(pass);
    return response;
}

Response problem(int status, std::string_view reason, std::string_view detail) {
    const auto body = codec::Json::object({{"type", "/problems/" + std::string(reason)},
                                           {"title", status_phrase(status)},
                                           {"status", status},
                                           {"code", reason},
                                           {"detail", detail}});
    return {status, "application/problem+json", body.to_string()};
}

Response problem(const Error& error) {
    const int status = status_of(error);
    Response response = problem(status, error.reason, error.message);
    if (status == 429) response.headers.emplace_back("Retry-After", "1");
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

std::string_view status_phrase(int status) {
    for (const auto& [number, phrase] : kPhrases) {
        if (number == status) return phrase;
    }
    return "Unknown";
}

}  // namespace altis::server
