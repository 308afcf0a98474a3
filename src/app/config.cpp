#include "app/config.h"

#include <fmt/format.h>
#include <functional>
#include <toml++/toml.h>
#include <variant>
#include <vector>

namespace altis::app {
namespace {

// One key of the file: where it lives, what it may be, and what it means.
struct Key {
    std::string_view section;
    std::string_view name;
    std::variant<std::string*, bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*> target;
    std::int64_t lowest;
    std::int64_t highest;
    std::string_view meaning;
};

std::vector<Key> keys_of(Config& config) {
    constexpr std::int64_t kNoLimit = 1'000'000'000'000;
    return {
        {"server", "address", &config.server.address, 0, 0,
         "interface to listen on; 0.0.0.0 for all"},
        {"server", "port", &config.server.port, 0, 65'535, "0 picks a free one"},
        {"server", "threads", &config.server.threads, 1, 64, "HTTP threads"},
        {"data", "directory", &config.data.directory, 0, 0, "the data folder"},
        {"data", "journal_segment_mb", &config.data.journal_segment_mb, 64, 1'024,
         "size of a journal segment, MiB"},
        {"data", "snapshot_every_records", &config.data.snapshot_every_records, 1'000, kNoLimit,
         "records between snapshots of the books, at least; more where their state is large"},
        {"warehouse", "threads", &config.warehouse.threads, 1, 64, "threads of one query"},
        {"warehouse", "memory_mb", &config.warehouse.memory_mb, 256, kNoLimit,
         "memory that queries aim for, MiB"},
        {"webhooks", "allow_private", &config.webhooks.allow_private, 0, 0,
         "also deliver into private networks, and by http to this machine"},
        {"webhooks", "first_retry_ms", &config.webhooks.first_retry_ms, 10, 60'000,
         "before a failed delivery is tried again, ms; then twice as long each time"},
        {"channels", "sender", &config.channels.sender, 0, 0,
         "who messages come from, as people read it"},
        {"channels", "public_url", &config.channels.public_url, 0, 0,
         "where people reach this server, for links to unsubscribe: https://..."},
        {"channels", "contact", &config.channels.contact, 0, 0,
         "mailto: or https: address for push services; empty: no Web Push"},
        {"channels", "allow_private", &config.channels.allow_private, 0, 0,
         "also deliver to servers in private networks"},
        {"channels", "first_retry_ms", &config.channels.first_retry_ms, 10, 60'000,
         "before a message is tried again, ms; then twice as long each time"},
        {"email", "relay", &config.email.relay, 0, 0,
         "mail relay, host:port; STARTTLS unless it is this machine; empty: no e-mail"},
        {"email", "tls_from_start", &config.email.tls_from_start, 0, 0,
         "TLS without STARTTLS, as on port 465"},
        {"email", "user", &config.email.user, 0, 0, "login at the relay; empty: none"},
        {"email", "password_file", &config.email.password_file, 0, 0,
         "file with the password of the login"},
        {"email", "from", &config.email.from, 0, 0, "address that e-mail comes from"},
        {"email", "dkim_selector", &config.email.dkim_selector, 0, 0,
         "DKIM selector: SELECTOR._domainkey.DOMAIN publishes the key"},
        {"email", "dkim_key_file", &config.email.dkim_key_file, 0, 0,
         "DKIM key in PEM, RSA or Ed25519"},
        {"apns", "key_file", &config.apns.key_file, 0, 0,
         "Apple's signing key (.p8); empty: no APNs"},
        {"apns", "key_id", &config.apns.key_id, 0, 0, "id of the key"},
        {"apns", "team", &config.apns.team, 0, 0, "id of the team"},
        {"apns", "bundle", &config.apns.bundle, 0, 0, "bundle id of the app"},
        {"apns", "url", &config.apns.url, 0, 0, "or https://api.sandbox.push.apple.com"},
        {"fcm", "account_file", &config.fcm.account_file, 0, 0,
         "key of a service account (JSON); empty: no FCM"},
        {"fcm", "url", &config.fcm.url, 0, 0, "FCM's server"},
        {"messages.model", "url", &config.model.url, 0, 0,
         "language model for the words of messages: http://127.0.0.1:8000/v1/chat/completions; "
         "empty: none is asked"},
        {"messages.model", "name", &config.model.name, 0, 0, "what its server calls the model"},
        {"messages.model", "key_file", &config.model.key_file, 0, 0,
         "file with the server's key on one line; empty: no key is sent"},
        {"replay", "games", &config.replay.games, 0, 0,
         "folder of the files of past Games, for `altis results replay`"},
    };
}

std::string full_name(const Key& key) {
    return fmt::format("[{}] {}", key.section, key.name);
}

tl::unexpected<Error> wrong_type(const Key& key, std::string_view wanted) {
    return fail(Code::kInvalid, "config.wrong_type",
                fmt::format("{} must be {}", full_name(key), wanted));
}

Result<void> assign(const Key& key, const toml::node& node) {
    if (auto* const* text = std::get_if<std::string*>(&key.target)) {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong_type(key, "a text in quotes");
        **text = *value;
        return {};
    }
    if (auto* const* truth = std::get_if<bool*>(&key.target)) {
        const auto value = node.value_exact<bool>();
        if (!value) return wrong_type(key, "true or false");
        **truth = *value;
        return {};
    }
    const auto value = node.value_exact<std::int64_t>();
    if (!value) return wrong_type(key, "an integer");
    if (*value < key.lowest || *value > key.highest) {
        return fail(Code::kInvalid, "config.out_of_range",
                    fmt::format("{} must be {} to {}, not {}", full_name(key), key.lowest,
                                key.highest, *value));
    }
    std::visit(
        [&value](auto* target) {
            using Target = std::remove_pointer_t<decltype(target)>;
            if constexpr (!std::is_same_v<Target, std::string>) {
                *target = static_cast<Target>(*value);
            }
        },
        key.target);
    return {};
}

Result<void> assign_section(const std::vector<Key>& keys, const std::string& section,
                            const toml::table& table) {
    for (const auto& [name, node] : table) {
        if (node.is_table()) {  // [messages.model]
            TRY_VOID(
                assign_section(keys, fmt::format("{}.{}", section, name.str()), *node.as_table()));
            continue;
        }
        const auto matches = [&, wanted = name.str()](const Key& key) {
            return key.section == section && key.name == wanted;
        };
        const auto key = std::find_if(keys.begin(), keys.end(), matches);
        if (key == keys.end()) {
            return fail(Code::kInvalid, "config.unknown_key",
                        fmt::format("there is no key [{}] {}; `altis config template` lists all",
                                    section, name.str()));
        }
        TRY_VOID(assign(*key, node));
    }
    return {};
}

std::string default_text(const Key& key) {
    return std::visit(
        [](const auto* target) {
            if constexpr (std::is_same_v<decltype(target), const std::string*>) {
                return fmt::format("\"{}\"", *target);
            } else {
                return fmt::format("{}", *target);
            }
        },
        key.target);
}

}  // namespace

Result<Config> parse_config(std::string_view text) {
    Config config;
    const auto keys = keys_of(config);
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return fail(Code::kInvalid, "config.malformed",
                    fmt::format("line {}, column {}: {}", error.source().begin.line,
                                error.source().begin.column, error.description()));
    }
    for (const auto& [section, node] : root) {
        if (!node.is_table()) {
            return fail(Code::kInvalid, "config.unknown_key",
                        fmt::format("'{}' must be a section like [server]", section.str()));
        }
        TRY_VOID(assign_section(keys, std::string(section.str()), *node.as_table()));
    }
    return config;
}

codec::Json to_json(const Config& config) {
    Config copy = config;
    codec::Json json = codec::Json::object();
    for (const Key& key : keys_of(copy)) {
        codec::Json section = json[key.section];
        std::visit([&](const auto* target) { section.set(key.name, codec::Json(*target)); },
                   key.target);
        json.set(key.section, section);
    }
    return json;
}

std::string config_template() {
    Config defaults;
    std::string out;
    std::string_view section;
    for (const Key& key : keys_of(defaults)) {
        if (key.section != section)
            out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", key.section);
        section = key.section;
        out += fmt::format("# {}\n{} = {}\n", key.meaning, key.name, default_text(key));
    }
    return out;
}

}  // namespace altis::app
