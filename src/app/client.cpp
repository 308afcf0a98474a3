#include "app/client.h"

#include <utility>

#include "codec/compress.h"

namespace altis::app {
namespace {

constexpr int kFirstErrorStatus = 400;

Code code_of_status(int status) {
    switch (status) {
        case 401:
            return Code::kUnauthenticated;
        case 403:
            return Code::kDenied;
        case 404:
            return Code::kNotFound;
        case 409:
            return Code::kConflict;
        case 413:
            return Code::kTooLarge;
        case 429:
            return Code::kOverloaded;
        default:
            return status >= 500 ? Code::kUnavailable : Code::kInvalid;
    }
}

// The error that a problem document describes.
Error problem_of(const server::ClientResponse& response) {
    const auto json = codec::parse_json(response.body);
    const codec::Json problem = json ? *json : codec::Json::object();
    return {code_of_status(response.status), std::string(problem["code"].as_string("http.error")),
            std::string(problem["detail"].as_string("the server gave no reason"))};
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

Client::Client(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

Result<server::ClientResponse> Client::exchange(server::Method method, std::string_view path,
                                                std::string_view content_type,
                                                std::string_view body) {
    if (!http_) {
        TRY(auto connected, server::HttpClient::create(endpoint_.host, endpoint_.port));
        http_.emplace(std::move(connected));
    }
    server::Fields headers;
    if (!endpoint_.key.empty()) headers.emplace_back("Authorization", "Bearer " + endpoint_.key);
    if (!content_type.empty()) headers.emplace_back("Content-Type", content_type);
    if (codec::looks_like_gzip(body)) headers.emplace_back("Content-Encoding", "gzip");
    auto response = http_->send(method, path, headers, body);
    if (!response) {
        http_.reset();
        return tl::unexpected<Error>(std::move(response.error()));
    }
    if (response->status >= kFirstErrorStatus) return tl::unexpected<Error>(problem_of(*response));
    return response;
}

Result<codec::Json> Client::send(server::Method method, std::string_view path,
                                 std::string_view content_type, std::string_view body) {
    TRY(const auto response, exchange(method, path, content_type, body));
    return codec::parse_json(response.body);
}

Result<codec::Json> Client::get(std::string_view path) {
    return send(server::Method::kGet, path, {}, {});
}

Result<codec::Json> Client::post(std::string_view path, const codec::Json& body) {
    return send(server::Method::kPost, path, "application/json", body.to_string());
}

Result<codec::Json> Client::put(std::string_view path, const codec::Json& body) {
    return send(server::Method::kPut, path, "application/json", body.to_string());
}

Result<codec::Json> Client::remove(std::string_view path) {
    return send(server::Method::kDelete, path, {}, {});
}

Result<server::ClientResponse> Client::fetch(std::string_view path) {
    return exchange(server::Method::kGet, path, {}, {});
}

Result<std::string> Client::get_text(std::string_view path) {
    TRY(auto response, exchange(server::Method::kGet, path, {}, {}));
    return std::move(response.body);
}

std::string path_segment(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
            continue;
        }
        out.push_back('%');
        out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
        out.push_back(kHex[static_cast<unsigned char>(c) & 0x0F]);
    }
    return out;
}

}  // namespace altis::app
