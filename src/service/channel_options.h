// Which channels an installation delivers on itself, and as whom. All off by default.
#pragma once

#include <string>

#include "base/time.h"
#include "server/outbound.h"

namespace altis::service {

// Files hold secrets: they are named, never written into the configuration.
struct ChannelOptions {
    std::string sender = "Altis";  // who messages come from, as a person reads it
    std::string public_url;        // where people reach this server; needed by e-mail
    std::string contact;           // mailto: or https:, for push services; empty: no Web Push

    struct Email {
        std::string relay;  // "host:port"; empty: no e-mail
        bool tls_from_start = false;
        std::string user;  // empty: no login
        std::string password_file;
        std::string from;  // address that mail comes from
        std::string dkim_selector;
        std::string dkim_key_file;  // PEM, RSA or Ed25519
    } email;

    struct Apns {
        std::string key_file;  // PEM, P-256; empty: no APNs
        std::string key_id;
        std::string team;
        std::string bundle;
        std::string url = "https://api.push.apple.com";
    } apns;

    struct Fcm {
        std::string account_file;  // of a service account, JSON; empty: no FCM
        std::string url = "https://fcm.googleapis.com";
    } fcm;

    server::Reach reach = server::Reach::kPublic;
    Duration first_retry = milliseconds(1'000);  // then twice as long each time
};

}  // namespace altis::service
