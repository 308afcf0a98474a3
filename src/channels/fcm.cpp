#include "channels/fcm.h"

#include <algorithm>
#include <mutex>

#include "channels/characters.h"
#include "channels/https_url.h"
#include "channels/token.h"
#include "codec/json.h"
#include "crypto/private_key.h"

namespace altis::channels {
namespace {

using codec::Json;

constexpr char kScope[] = "https://www.googleapis.com/auth/firebase.messaging";
constexpr std::int64_t kAssertionSeconds = 3'600;  // Google takes no more
constexpr std::int64_t kMaxTokenSeconds = 86'400;
constexpr std::size_t kMaxProjectBytes = 64;

// Goes into the path of a URL.
bool is_project(std::string_view text) {
    return text.size() <= kMaxProjectBytes && consists_of(text, "-");
}

// Goes into a header: the characters of RFC 6750, section 2.1.
bool is_access_token(std::string_view text) {
    return text.size() <= kMaxFcmTokenBytes && consists_of(text, "-._~+/=");
}

struct Account {
    std::string project;
    std::string key_id;
    std::string email;
    std::string token_uri;
    crypto::PrivateKey key;
};

tl::unexpected<Error> wrong_account(std::string_view what) {
    return fail(
        Code::kInvalid, "fcm.account",
        "The service account file " + std::string(what) + "; give it as Google's console made it.");
}

Result<Account> read_account(std::string_view text) {
    if (text.size() > kMaxFcmAccountBytes)
        return wrong_account("has more than " + std::to_string(kMaxFcmAccountBytes) + " bytes");
    const auto read = codec::parse_json(text);
    if (!read) return wrong_account("is no JSON");
    const auto member = [&](std::string_view name) {
        return std::string((*read)[name].as_string());
    };
    if (!is_project(member("project_id"))) return wrong_account("has no project_id");
    if (member("private_key_id").empty()) return wrong_account("has no private_key_id");
    if (member("client_email").empty()) return wrong_account("has no client_email");
    if (!read_https_url(member("token_uri"))) return wrong_account("has no https token_uri");
    TRY(auto key, crypto::PrivateKey::from_pem(member("private_key")));
    if (key.kind() != crypto::KeyKind::kRsa)
        return fail(Code::kInvalid, "key.unsupported",
                    "Google's push service wants an RSA key of a service account.");
    return Account{member("project_id"), member("private_key_id"), member("client_email"),
                   member("token_uri"), std::move(key)};
}

struct AccessToken {
    std::string text;
    Time ends;
};

std::string payload_of(std::string_view device_token, const Notice& notice) {
    Json shown = Json::object();
    if (!notice.title.empty()) shown.set("title", notice.title);
    shown.set("body", notice.text);
    const bool is_urgent = notice.urgency == Urgency::kHigh;
    Json android = Json::object({{"collapse_key", notice.topic},
                                 {"priority", is_urgent ? "HIGH" : "NORMAL"},
                                 {"ttl", std::to_string(lifetime_seconds(notice)) + "s"},
                                 {"notification", Json::object({{"tag", notice.topic}})}});
    Json data = Json::object({{"id", notice.id},
                              {"topic", notice.topic},
                              {"lang", notice.language},
                              {"link", notice.link}});
    Json message = Json::object({{"token", device_token},
                                 {"notification", std::move(shown)},
                                 {"data", std::move(data)},
                                 {"android", std::move(android)}});
    return Json::object({{"message", std::move(message)}}).to_string();
}

}  // namespace

struct Fcm::Parts {
    Parts(Account read, std::string origin) : account(std::move(read)), server(std::move(origin)) {}

    Account account;
    std::string server;
    mutable std::mutex mutex;
    AccessToken token;
};

Fcm::Fcm(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Fcm::~Fcm() = default;
Fcm::Fcm(Fcm&&) noexcept = default;
Fcm& Fcm::operator=(Fcm&&) noexcept = default;

Result<Fcm> Fcm::create(std::string_view account, std::string server) {
    const auto url = read_https_url(server);
    if (!url || url->origin != server)
        return fail(Code::kInvalid, "fcm.server",
                    "The server is an https origin, as " + std::string(kFcmServer) + ".");
    TRY(Account read, read_account(account));
    return Fcm(std::make_unique<Parts>(std::move(read), std::move(server)));
}

bool Fcm::needs_token(Time now) const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->token.text.empty() || now + kFcmTokenReserve >= parts_->token.ends;
}

OutboundRequest Fcm::token_request(Time now) const {
    const Account& account = parts_->account;
    const std::int64_t issued = now.us / seconds(1).us;
    const Json claims = Json::object({{"iss", account.email},
                                      {"scope", kScope},
                                      {"aud", account.token_uri},
                                      {"iat", issued},
                                      {"exp", issued + kAssertionSeconds}});
    const Json header = Json::object({{"typ", "JWT"}, {"kid", account.key_id}});
    return {account.token_uri,
            {{"content-type", "application/x-www-form-urlencoded"}},
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
                sign_token(account.key, header, claims)};
}

Result<void> Fcm::accept_token(std::string_view body, Time now) {
    const auto answer = codec::parse_json(body.substr(0, 2 * kMaxFcmTokenBytes));
    const auto text = answer ? (*answer)["access_token"].as_string() : std::string_view();
    const std::int64_t lasts = answer ? (*answer)["expires_in"].as_int() : 0;
    if (!is_access_token(text) || lasts <= 0)
        return fail(Code::kUnavailable, "fcm.token",
                    "Google's answer holds no access token; ask again later.");
    const std::lock_guard lock(parts_->mutex);
    parts_->token = {std::string(text), now + seconds(std::min(lasts, kMaxTokenSeconds))};
    return {};
}

Result<OutboundRequest> Fcm::make(std::string_view device_token, const Notice& notice,
                                  Time now) const {
    TRY_VOID(check(notice));
    if (device_token.size() > kMaxFcmDeviceTokenBytes || !consists_of(device_token, "-_:"))
        return fail(Code::kInvalid, "fcm.device_token",
                    "A registration token is 1 to " + std::to_string(kMaxFcmDeviceTokenBytes) +
                        " letters, digits and the characters - _ :");
    AccessToken token;
    {
        const std::lock_guard lock(parts_->mutex);
        token = parts_->token;
    }
    if (token.text.empty() || now >= token.ends)
        return fail(Code::kUnavailable, "fcm.no_token",
                    "There is no access token for Google's push service; ask for one.");
    std::string payload = payload_of(device_token, notice);
    if (payload.size() > kMaxFcmPayloadBytes)
        return fail(Code::kTooLarge, "fcm.too_long",
                    "The notice has more than " + std::to_string(kMaxFcmPayloadBytes) +
                        " bytes as JSON; shorten its text.");
    return OutboundRequest{
        parts_->server + "/v1/projects/" + parts_->account.project + "/messages:send",
        {{"authorization", "Bearer " + token.text}, {"content-type", "application/json"}},
        std::move(payload)};
}

}  // namespace altis::channels
