#include "service/postman.h"

#include <algorithm>
#include <utility>

#include "service/unsubscribe_page.h"
#include "service/webhook_signature.h"

namespace altis::service {
namespace {

using channels::Channel;
using channels::OutboundRequest;
using codec::Json;

constexpr int kTooManyRequests = 429;
constexpr int kRequestTimeout = 408;
constexpr int kFirstServerError = 500;
constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;
constexpr int kGone = 410;
constexpr Duration kTokenRest = seconds(10);       // before an access token is asked for again
constexpr std::string_view kWebhookOwner = "fan";  // in the place of an organisation

tl::unexpected<Error> incomplete(std::string_view setting, std::string_view needed_by) {
    return fail(Code::kInvalid, "channels.incomplete",
                std::string(needed_by) + " needs " + std::string(setting) +
                    "; see `altis config template`");
}

// Scheme, host and port.
std::string origin_of(const std::string& url) {
    const auto host = url.find("://");
    return url.substr(0, host == std::string::npos ? host : url.find('/', host + 3));
}

// Whether there is no such address (any more). APNs says in the body of a 400 which token is none;
// 404 is of FCM also for a project that it does not know, and of APNs for a path.
bool says_gone(Channel channel, const server::CourierAnswer& answer) {
    const auto names = [&](std::string_view reason) {
        return answer.body.find(reason) != std::string::npos;
    };
    if (channel == Channel::kFcm) return answer.status == kNotFound && names("UNREGISTERED");
    if (channel == Channel::kApns) {
        return answer.status == kGone ||
               (answer.status == kBadRequest &&
                (names("BadDeviceToken") || names("DeviceTokenNotForTopic")));
    }
    return answer.status == kNotFound || answer.status == kGone;
}

Carried carried_by_http(Channel channel, const server::CourierAnswer& answer) {
    const int status = answer.status;
    if (status >= 200 && status < 300) return {Outcome::kAccepted, {}};
    if (says_gone(channel, answer)) return {Outcome::kGone, {}};
    const bool is_for_now =
        status == kTooManyRequests || status == kRequestTimeout || status >= kFirstServerError;
    if (is_for_now) return {Outcome::kLater, answer.retry_after};
    return {Outcome::kRefused, {}};
}

// RFC 5321, section 4.2.3: of the failures for good, these are about the mailbox.
Carried carried_by_smtp(int status) {
    if (status >= 200 && status < 300) return {Outcome::kAccepted, {}};
    if (status == 550 || status == 551 || status == 553) return {Outcome::kGone, {}};
    return {status < kFirstServerError ? Outcome::kLater : Outcome::kRefused, {}};
}

Carried carried_by_nothing(const Error& error) {
    return {server::is_worth_retrying(error) ? Outcome::kLater : Outcome::kRefused, {}};
}

Result<std::string> read_setting(platform::FileSystem& files, const std::string& path) {
    auto content = platform::read_file(files, path);
    if (content) return *content;
    return fail(Code::kUnavailable, "channels.file", "cannot read " + path);
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

}  // namespace

Postman::Postman(ChannelOptions options, const Secrets& secrets)
    : options_(std::move(options)), secrets_(secrets) {}

Postman::~Postman() {
    stop();
}

Result<std::unique_ptr<Postman>> Postman::open(platform::FileSystem& files,
                                               const ChannelOptions& options,
                                               const Secrets& secrets) {
    std::unique_ptr<Postman> postman(new Postman(options, secrets));
    TRY_VOID(postman->open_channels(files));
    postman->courier_ = std::make_unique<server::Courier>(options.reach);
    postman->makers_ = std::make_unique<Background>();
    return postman;
}

Result<void> Postman::open_channels(platform::FileSystem& files) {
    if (!options_.contact.empty()) {
        TRY(web_push_, channels::WebPush::create(secrets_.web_push, options_.contact));
    }
    if (!options_.email.relay.empty()) TRY_VOID(open_email(files));
    if (!options_.apns.key_file.empty()) TRY_VOID(open_apns(files));
    if (!options_.fcm.account_file.empty()) {
        TRY(const std::string account, read_setting(files, options_.fcm.account_file));
        TRY(fcm_, channels::Fcm::create(account, options_.fcm.url));
    }
    return {};
}

Result<void> Postman::open_email(platform::FileSystem& files) {
    const auto& email = options_.email;
    if (options_.public_url.empty()) return incomplete("[channels] public_url", "[email] relay");
    if (email.from.empty()) return incomplete("[email] from", "[email] relay");
    if (email.dkim_key_file.empty() || email.dkim_selector.empty()) {
        return incomplete("[email] dkim_key_file and dkim_selector", "[email] relay");
    }
    const std::string scheme = email.tls_from_start ? "https://" : "http://";
    TRY(const auto relay, server::parse_outbound_url(scheme + email.relay));
    relay_.host = relay.host;
    relay_.port = relay.port;
    relay_.is_tls_from_start = email.tls_from_start;
    relay_.user = email.user;
    if (!email.password_file.empty()) {
        TRY(const std::string password, read_setting(files, email.password_file));
        relay_.password = trimmed(password);
    }
    channels::EmailSettings settings;
    settings.name = options_.sender;
    settings.address = email.from;
    settings.domain = email.from.substr(email.from.find('@') + 1);
    settings.selector = email.dkim_selector;
    TRY(settings.key, read_setting(files, email.dkim_key_file));
    TRY(email_, channels::Email::create(settings));
    return {};
}

Result<void> Postman::open_apns(platform::FileSystem& files) {
    const auto& apns = options_.apns;
    if (apns.key_id.empty() || apns.team.empty() || apns.bundle.empty()) {
        return incomplete("[apns] key_id, team and bundle", "[apns] key_file");
    }
    channels::ApnsApp app;
    app.team = apns.team;
    app.key_id = apns.key_id;
    app.bundle = apns.bundle;
    app.server = apns.url;
    TRY(app.key, read_setting(files, apns.key_file));
    TRY(apns_, channels::Apns::create(app));
    return {};
}

// What is under way is waited for; what waits for its turn or a token is tried after the start.
void Postman::stop() {
    is_stopping_ = true;
    if (courier_) courier_->stop();
    std::vector<Job> left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(without_token_);
    }
    for (const Job& job : left)
        job.done({});
}

bool Postman::has(Channel channel) const {
    switch (channel) {
        case Channel::kWebPush:
            return web_push_.has_value();
        case Channel::kEmail:
            return email_.has_value();
        case Channel::kApns:
            return apns_.has_value();
        case Channel::kFcm:
            return fcm_.has_value();
        case Channel::kWebhook:
            return true;
    }
    return false;
}

std::string Postman::web_push_key() const {
    return web_push_ ? web_push_->public_key() : std::string();
}

std::string Postman::webhook_secret_of(std::string_view subscription) const {
    return webhook_secret(secrets_.webhooks, kWebhookOwner, subscription, subscription);
}

void Postman::carry(const channels::Subscription& to, const channels::Notice& notice, Time now,
                    Done done) {
    if (is_stopping_) return done({});
    makers_->post(
        [this, job = Job{to, notice, now, std::move(done)}]() mutable { make(std::move(job)); });
}

// ---- made on its own thread ---------------------------------------------------------------------

void Postman::make(Job job) {
    const channels::Address& address = job.to.address;
    switch (address.channel) {
        case Channel::kWebPush: {
            auto request = web_push_->make({address.target, address.p256dh, address.auth},
                                           job.notice, job.now);
            return post(std::move(request), std::move(job));
        }
        case Channel::kApns: {
            auto request = apns_->make(address.target, job.notice, job.now);
            return post(std::move(request), std::move(job));
        }
        case Channel::kWebhook: {
            auto request = webhook_request(job);
            return post(std::move(request), std::move(job));
        }
        case Channel::kFcm:
            return make_fcm(std::move(job));
        case Channel::kEmail:
            return make_email(std::move(job));
    }
}

void Postman::make_email(Job job) {
    const std::string url = options_.public_url + unsubscribe_path(job.to.id, job.notice.language);
    auto message = email_->make(job.to.address.target, job.notice, url, job.now);
    if (!message) return job.done({Outcome::kRefused, {}});
    server::Mail mail{options_.email.from, job.to.address.target, std::move(*message)};
    courier_->mail(
        relay_, std::move(mail),
        [done = std::move(job.done)](const Result<server::CourierAnswer>& answer) {
            done(answer ? carried_by_smtp(answer->status) : carried_by_nothing(answer.error()));
        });
}

// Standard Webhooks. The id of the message is that of every attempt.
Result<OutboundRequest> Postman::webhook_request(const Job& job) const {
    const channels::Notice& notice = job.notice;
    OutboundRequest request;
    request.url = job.to.address.target;
    request.body = Json::object({{"type", "message"},
                                 {"timestamp", format_rfc3339(job.now)},
                                 {"data", Json::object({{"id", notice.id},
                                                        {"topic", notice.topic},
                                                        {"title", notice.title},
                                                        {"text", notice.text},
                                                        {"language", notice.language},
                                                        {"link", notice.link}})}})
                       .to_string();
    const std::string secret = webhook_secret_of(job.to.id);
    for (auto& [name, value] : webhook_headers(secret, notice.id, job.now, request.body))
        request.headers.emplace_back(name, value);
    request.headers.emplace_back("content-type", "application/json");
    return request;
}

void Postman::post(Result<OutboundRequest> request, Job job) {
    if (!request) return job.done({Outcome::kRefused, {}});
    const std::string origin = origin_of(request->url);
    const Duration wait = rest_of(origin, job.now);
    if (wait.us > 0) return job.done({Outcome::kLater, wait});
    server::CourierRequest sent{std::move(request->url), std::move(request->headers),
                                std::move(request->body)};
    const Channel channel = job.to.address.channel;
    courier_->post(
        std::move(sent), [this, origin, channel, now = job.now,
                          done = std::move(job.done)](const Result<server::CourierAnswer>& answer) {
            const Carried carried =
                answer ? carried_by_http(channel, *answer) : carried_by_nothing(answer.error());
            if (carried.wait.us > 0) rest(origin, now + carried.wait);
            done(carried);
        });
}

// A server that says when to come back means everybody.
Duration Postman::rest_of(const std::string& origin, Time now) {
    const std::lock_guard lock(mutex_);
    const auto found = resting_.find(origin);
    if (found == resting_.end()) return {};
    if (now < found->second) return found->second - now;
    resting_.erase(found);
    return {};
}

void Postman::rest(const std::string& origin, Time until) {
    const std::lock_guard lock(mutex_);
    Time& known = resting_[origin];
    known = std::max(known, until);
}

// ---- FCM: a token first -------------------------------------------------------------------------

void Postman::make_fcm(Job job) {
    if (!fcm_->needs_token(job.now)) {
        auto request = fcm_->make(job.to.address.target, job.notice, job.now);
        return post(std::move(request), std::move(job));
    }
    const Time now = job.now;
    {
        const std::lock_guard lock(mutex_);
        without_token_.push_back(std::move(job));
        if (is_asking_token_) return;
        is_asking_token_ = true;
    }
    ask_fcm_token(now);
}

// Whoever waits goes on when it is there, or is told to come later.
void Postman::ask_fcm_token(Time now) {
    auto asked = fcm_->token_request(now);
    courier_->post({std::move(asked.url), std::move(asked.headers), std::move(asked.body)},
                   [this, now](const Result<server::CourierAnswer>& answer) {
                       const bool is_given =
                           answer && answer->status == 200 && fcm_->accept_token(answer->body, now);
                       std::vector<Job> jobs;
                       {
                           const std::lock_guard lock(mutex_);
                           is_asking_token_ = false;
                           jobs.swap(without_token_);
                       }
                       for (Job& job : jobs) {
                           if (!is_given) {
                               job.done({Outcome::kLater, kTokenRest});
                               continue;
                           }
                           auto request = fcm_->make(job.to.address.target, job.notice, job.now);
                           post(std::move(request), std::move(job));
                       }
                   });
}

}  // namespace altis::service
