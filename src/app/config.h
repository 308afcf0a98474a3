// The configuration: one TOML file, every key optional, an unknown key is an error.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "codec/json.h"

namespace altis::app {

// Keys are named as in the file: [server] address = "127.0.0.1".
struct Config {
    struct Server {
        std::string address = "127.0.0.1";  // what to listen on; 0.0.0.0 for every interface
        std::uint16_t port = 8080;          // 0: any free one, written to <data>/port
        std::uint32_t threads = 2;          // 1 to 64
    } server;
    struct Data {
        std::string directory = "data";
        std::uint64_t journal_segment_mb = 64;             // 64 to 1024
        std::uint64_t snapshot_every_records = 2'000'000;  // 1,000 and more
    } data;
    struct Warehouse {
        std::uint32_t threads = 1;       // of one query; more take cores from ingest; 1 to 64
        std::uint64_t memory_mb = 1024;  // aim, not a hard cap; 256 and more
    } warehouse;
    struct Webhooks {
        bool allow_private = false;           // also into private networks, and http to loopback
        std::uint64_t first_retry_ms = 1000;  // then twice as long each time; 10 to 60,000
    } webhooks;
    struct Channels {
        std::string sender = "Altis";         // who messages come from, as people read it
        std::string public_url;               // where people reach this server
        std::string contact;                  // for push services; empty: no Web Push
        bool allow_private = false;           // also to servers in private networks
        std::uint64_t first_retry_ms = 1000;  // then twice as long each time; 10 to 60,000
    } channels;
    struct Email {
        std::string relay;  // host:port; empty: no e-mail
        bool tls_from_start = false;
        std::string user;
        std::string password_file;
        std::string from;
        std::string dkim_selector;
        std::string dkim_key_file;
    } email;
    struct Apns {
        std::string key_file;  // empty: no APNs
        std::string key_id;
        std::string team;
        std::string bundle;
        std::string url = "https://api.push.apple.com";
    } apns;
    struct Fcm {
        std::string account_file;  // empty: no FCM
        std::string url = "https://fcm.googleapis.com";
    } fcm;
    // A language model for the words of messages; asked only when it has a url.
    struct Model {
        std::string url;       // of chat completions; http to this machine, https to others
        std::string name;      // that the server knows the model by
        std::string key_file;  // holds the server's key on one line; none when empty
    } model;
    struct Replay {
        std::string games;  // the folder that `altis results replay` reads past Games from
    } replay;
};

// Reads TOML text. Fails with "config.malformed" (line and column), "config.unknown_key",
// "config.wrong_type" or "config.out_of_range", each naming the key.
Result<Config> parse_config(std::string_view toml);

// The effective configuration as JSON, for `altis config show`.
codec::Json to_json(const Config& config);

// A file with every key, its default and its meaning.
std::string config_template();

}  // namespace altis::app
