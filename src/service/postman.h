// The carrier of an installation: makes what its channels want to have, and takes it there.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "channels/apns.h"
#include "channels/email.h"
#include "channels/fcm.h"
#include "channels/web_push.h"
#include "platform/file.h"
#include "server/courier.h"
#include "service/background.h"
#include "service/carrier.h"
#include "service/channel_options.h"
#include "service/secrets.h"

namespace altis::service {

// Thread-safe. Encrypting and signing happen on a thread of its own.
class Postman final : public Carrier {
  public:
    // Reads the files that the options name. Fails with "channels.incomplete" (a setting that
    // another one needs), "channels.file" or the channel's own reasons; nothing of a secret is in a
    // message.
    static Result<std::unique_ptr<Postman>> open(platform::FileSystem& files,
                                                 const ChannelOptions& options,
                                                 const Secrets& secrets);
    ~Postman() override;
    Postman(const Postman&) = delete;
    Postman& operator=(const Postman&) = delete;

    bool has(channels::Channel channel) const override;
    void carry(const channels::Subscription& to, const channels::Notice& notice, Time now,
               Done done) override;
    void stop() override;

    // For applicationServerKey of browsers; empty without Web Push.
    std::string web_push_key() const;
    // Of a webhook's subscription.
    std::string webhook_secret_of(std::string_view subscription) const;
    server::Reach reach() const { return options_.reach; }
    // Where people reach this server; empty when nobody said.
    const std::string& public_url() const { return options_.public_url; }

  private:
    Postman(ChannelOptions options, const Secrets& secrets);
    struct Job {
        channels::Subscription to;
        channels::Notice notice;
        Time now;
        Done done;
    };

    Result<void> open_channels(platform::FileSystem& files);
    Result<void> open_email(platform::FileSystem& files);
    Result<void> open_apns(platform::FileSystem& files);
    void make(Job job);
    void make_email(Job job);
    void make_fcm(Job job);
    void ask_fcm_token(Time now);
    void post(Result<channels::OutboundRequest> request, Job job);
    Result<channels::OutboundRequest> webhook_request(const Job& job) const;
    Duration rest_of(const std::string& origin, Time now);
    void rest(const std::string& origin, Time until);

    const ChannelOptions options_;
    const Secrets& secrets_;
    std::optional<channels::WebPush> web_push_;
    std::optional<channels::Apns> apns_;
    std::optional<channels::Fcm> fcm_;
    std::optional<channels::Email> email_;
    server::MailRelay relay_;

    std::mutex mutex_;
    std::map<std::string, Time> resting_;  // servers that asked not to be asked, until when
    std::vector<Job> without_token_;       // wait for an access token of FCM
    bool is_asking_token_ = false;

    std::atomic<bool> is_stopping_ = false;
    std::unique_ptr<server::Courier> courier_;
    std::unique_ptr<Background> makers_;
};

}  // namespace altis::service
