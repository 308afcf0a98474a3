#include "fans/letter_names.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/assert.h"
#include "codec/json_scan.h"
#include "fans/dialects/members.h"

namespace altis::fans {
namespace {

using codec::JsonScanner;
using codec::ScanKind;
using codec::ScanValue;

constexpr int kMaxNesting = 3;  // JSON within texts within JSON

// Members in which the dialects keep identifiers.
constexpr std::array<std::string_view, 17> kIdentifierKeys = {
    "userId",      "user_id",  "anonymousId",       "anonymous_id",   "previousId", "previous_id",
    "distinct_id", "$user_id", "$anon_distinct_id", "$device_id",     "alias",      "uid",
    "duid",        "nuid",     "domain_userid",     "network_userid", "device_id"};
// Members of Snowplow that hold JSON in base64.
constexpr std::array<std::string_view, 2> kPackedKeys = {"cx", "ue_px"};

bool is_one_of(std::string_view key, std::span<const std::string_view> keys) {
    return std::ranges::find(keys, key) != keys.end();
}

class NameFinder {
  public:
    explicit NameFinder(const IngestKeys& keys) : keys_(keys) {}

    // Goes over the tokens, whatever stands between them: a text before a colon is the key of the
    // text or number behind it.
    void read(std::string_view text, int nesting) {
        std::string key;
        std::size_t at = 0;
        while (at < text.size()) {
            const ScanValue token = token_at(text.substr(at));
            if (!token.present()) {
                if (text[at] == ',' || text[at] == '{') key.clear();
                ++at;
                continue;
            }
            at += token.text.size();
            const std::string value = plain(token);
            if (token.is_string() && is_key(text.substr(at))) {
                key = value;
            } else {
                take(key, value, token.kind, nesting);
            }
        }
    }

    std::vector<crypto::Fingerprint> names() { return std::move(names_); }

  private:
    // The text or number that begins here; absent when none does. Texts may have bad escapes.
    static ScanValue token_at(std::string_view text) {
        const char first = text.front();
        if (first == '"') return quoted_at(text);
        if (first != '-' && (first < '0' || first > '9')) return {};
        JsonScanner scanner(text);
        ScanValue token;
        return scanner.read(token) ? token : ScanValue{};
    }

    // To the next quote that is not escaped, whatever is; absent when there is none.
    static ScanValue quoted_at(std::string_view text) {
        std::size_t end = 1;
        while (end < text.size() && text[end] != '"')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.size()) return {};
        return {ScanKind::kString, text.substr(0, end + 1)};
    }

    static bool is_key(std::string_view behind) {
        const std::size_t next = behind.find_first_not_of(" \t\r\n");
        return next != std::string_view::npos && behind[next] == ':';
    }

    static std::string plain(const ScanValue& token) {
        if (!token.is_string()) return std::string(token.text);
        JsonScanner scanner(token.text);
        ScanValue whole;
        std::string decoded;
        if (scanner.read(whole)) return std::string(codec::string_of(whole, decoded).value_or(""));
        return std::string(token.text.substr(1, token.text.size() - 2));
    }

    void take(std::string_view key, const std::string& value, ScanKind kind, int nesting) {
        if (value.empty()) return;
        if (is_one_of(key, kIdentifierKeys) && value.size() <= kMaxIdentifierBytes) {
            add(user_fingerprint(keys_, value));
            add(anonymous_fingerprint(keys_, value));
        }
        if (kind != ScanKind::kString) return;
        if (value.find('@') != std::string::npos) {
            const std::string tag = email_tag(keys_.email, value);
            if (!tag.empty()) add(email_name(tag));
        }
        if (nesting == kMaxNesting) return;
        if (value.front() == '{' || value.front() == '[') read(value, nesting + 1);
        if (!is_one_of(key, kPackedKeys)) return;
        if (const auto unpacked = decode_base64(value)) read(*unpacked, nesting + 1);
    }

    void add(const crypto::Fingerprint& name) {
        const bool is_known = std::ranges::find(names_, name) != names_.end();
        if (!is_known && names_.size() < kMaxLetterNames) names_.push_back(name);
    }

    const IngestKeys& keys_;
    std::vector<crypto::Fingerprint> names_;
};

}  // namespace

std::vector<crypto::Fingerprint> names_in(std::string_view text, const IngestKeys& keys) {
    NameFinder finder(keys);
    finder.read(text, 0);
    return finder.names();
}

std::vector<crypto::Fingerprint> names_of(const IncomingEvent& event) {
    std::vector<crypto::Fingerprint> names;
    for (const auto& name :
         {event.head.user, event.head.anonymous, event.previous_user, event.previous_anonymous}) {
        if (!(name == crypto::Fingerprint{})) names.push_back(name);
    }
    for (const Signal& signal : event.signals) {
        if (signal.kind == SignalKind::kEmail) names.push_back(email_name(signal.name));
    }
    return names;
}

crypto::Fingerprint email_name(std::string_view tag) {
    ALTIS_ASSERT(tag.size() == kEmailTagBytes);
    crypto::Fingerprint name;
    std::memcpy(&name.low, tag.data(), sizeof(name.low));
    std::memcpy(&name.high, tag.data() + sizeof(name.low), sizeof(name.high));
    return name;
}

}  // namespace altis::fans
