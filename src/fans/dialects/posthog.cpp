#include "fans/dialects/posthog.h"

#include <array>
#include <utility>

#include "codec/compress.h"
#include "codec/json_scan.h"
#include "codec/text.h"
#include "fans/dialects/members.h"
#include "fans/event_reader.h"

namespace altis::fans {
namespace {

using codec::JsonScanner;
using codec::ScanKind;
using codec::ScanValue;

enum Member : std::size_t { kName_, kUuid, kDistinctId, kTime, kOffset, kProps, kSet, kOptions };
constexpr std::array<std::string_view, 8> kMembers = {
    "event", "uuid", "distinct_id", "timestamp", "offset", "properties", "$set", "options"};

enum Property : std::size_t {
    kPropDistinctId,
    kDeviceId,
    kIsIdentified,
    kPersonProfile,
    kPropSet,
    kAnonDistinctId,
    kAlias,
    kScreenName
};
constexpr std::array<std::string_view, 8> kPropertyNames = {
    "distinct_id", "$device_id",        "$is_identified", "$process_person_profile",
    "$set",        "$anon_distinct_id", "alias",          "$screen_name"};

constexpr std::array<std::pair<std::string_view, EventType>, 6> kCalls = {{
    {"\"$pageview\"", EventType::kPage},
    {"\"$screen\"", EventType::kScreen},
    {"\"$identify\"", EventType::kIdentify},
    {"\"$set\"", EventType::kIdentify},
    {"\"$create_alias\"", EventType::kAlias},
    {"\"$groupidentify\"", EventType::kGroup},
}};

EventType call_of(const ScanValue& name) {
    for (const auto& [known, type] : kCalls) {
        if (name.text == known) return type;
    }
    return EventType::kTrack;
}

const ScanValue& first_present(const ScanValue& one, const ScanValue& other) {
    return one.present() ? one : other;
}

// One event on its way into the words of the Segment specification.
class Translation {
  public:
    Translation(EventText& event, TextReader& texts, Time received_at)
        : event_(event), texts_(texts), received_at_(received_at) {}

    Result<void> run() {
        TRY(members_, members(event_.raw, kMembers));
        TRY(properties_, members(members_[kProps].text, kPropertyNames));
        TRY(const auto options, members(members_[kOptions].text, std::array{kPersonProfileOption}));
        profile_option_ = options[0];
        type_ = call_of(members_[kName_]);
        EventValues& values = event_.values;
        values[kType] = text_value(kQuotedTypes[static_cast<std::size_t>(type_)]);
        values[kMessageId] = members_[kUuid];
        values[kProperties] = members_[kProps];
        values[kTraits] = first_present(properties_[kPropSet], members_[kSet]);
        name();
        identity();
        time();
        return {};
    }

  private:
    static constexpr std::string_view kPersonProfileOption = "process_person_profile";

    void name() {
        if (type_ == EventType::kTrack) event_.values[kEvent] = members_[kName_];
        if (type_ == EventType::kScreen) event_.values[kName] = properties_[kScreenName];
    }

    void identity() {
        EventValues& values = event_.values;
        const ScanValue& who = first_present(members_[kDistinctId], properties_[kPropDistinctId]);
        if (is_anonymous(who)) {
            values[kAnonymousId] = who;
            return;
        }
        values[kUserId] = who;
        values[kAnonymousId] = properties_[kDeviceId];
        if (type_ == EventType::kIdentify && properties_[kAnonDistinctId].present()) {
            values[kAnonymousId] = properties_[kAnonDistinctId];
        }
        if (type_ == EventType::kAlias) values[kPreviousId] = properties_[kAlias];
    }

    bool is_anonymous(const ScanValue& who) const {
        if (type_ == EventType::kIdentify || type_ == EventType::kAlias) return false;
        return type_ == EventType::kGroup || properties_[kIsIdentified].kind == ScanKind::kFalse ||
               properties_[kPersonProfile].kind == ScanKind::kFalse ||
               profile_option_.kind == ScanKind::kFalse ||
               (who.present() && who.text == properties_[kDeviceId].text);
    }

    void time() {
        EventValues& values = event_.values;
        values[kTimestamp] = members_[kTime];
        const auto offset_ms = whole_ms(members_[kOffset].text);
        if (members_[kTime].present() || !offset_ms) return;
        // Counted from the sending: our clock is the only one that matters.
        values[kTimestamp] = time_value(received_at_ - milliseconds(*offset_ms), texts_);
        values[kSentAt] = time_value(received_at_, texts_);
        event_.renewed = members_[kOffset].text;
    }

    EventText& event_;
    TextReader& texts_;
    Time received_at_;
    EventType type_ = EventType::kTrack;
    std::array<ScanValue, kMembers.size()> members_;
    std::array<ScanValue, kPropertyNames.size()> properties_;
    ScanValue profile_option_;
};

void translate(EventText& event, TextReader& texts, Time received_at) {
    if (const auto done = Translation(event, texts, received_at).run(); !done) {
        event.fault = done.error();
    }
}

constexpr BodyForm kForm{.list = "batch",
                         .sent_at = {"sent_at", "created_at"},
                         .translate = translate,
                         .bare = BodyForm::Bare::kYes};

std::string plain(const ScanValue& value) {
    std::string decoded;
    if (!value.is_string()) return {};
    return std::string(codec::string_of(value, decoded).value_or(""));
}

// The key in one object, and the event in which to look next.
std::string key_in(std::string_view object, std::string_view& next) {
    const auto found =
        members(object, std::array<std::string_view, 4>{"api_key", "token", "batch", "properties"});
    if (!found) return {};
    const auto& [api_key, token, batch, properties] = *found;
    next = batch.present() ? batch.text : properties.text;
    return plain(first_present(api_key, token));
}

// `[event, ...]` -> the first event.
std::string_view first_item(std::string_view text) {
    JsonScanner scanner(text);
    ScanValue item;
    if (scanner.peek() != ScanKind::kArray) return text;
    return scanner.open_array() && scanner.next_item() && scanner.read(item) ? item.text : "";
}

Result<std::string> unpack(std::string bytes) {
    if (!codec::looks_like_gzip(bytes)) return bytes;
    return codec::gunzip(bytes, kMaxPostHogUnpackedBytes);
}

}  // namespace

Result<std::string> posthog_text(std::string body) {
    constexpr std::string_view kField = "data=";
    if (body.starts_with(kField)) {
        const std::string_view fields = body;
        TRY(body, decode_form(fields.substr(kField.size(), fields.find('&') - kField.size())));
    }
    const std::size_t start = body.find_first_not_of(" \t\r\n");
    const bool json = start != std::string::npos && (body[start] == '{' || body[start] == '[');
    if (json || body.empty()) return body;
    TRY(auto bytes, decode_base64(body));
    return unpack(std::move(bytes));
}

std::string posthog_key(std::string_view text) {
    constexpr int kPlaces = 3;  // the body, its first event, and that one's properties
    std::string_view object = first_item(text);
    for (int place = 0; place < kPlaces && !object.empty(); ++place) {
        std::string_view next;
        if (auto key = key_in(object, next); !key.empty()) return key;
        object = first_item(next);
    }
    return {};
}

Result<Batch> parse_posthog(std::string_view text, const Source& source, Time received_at) {
    return EventReader(text, source, received_at).read(kForm);
}

}  // namespace altis::fans
