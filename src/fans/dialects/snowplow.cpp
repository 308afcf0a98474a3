#include "fans/dialects/snowplow.h"

#include <array>

#include "codec/json.h"
#include "codec/json_scan.h"
#include "codec/text.h"
#include "fans/dialects/members.h"
#include "fans/event_reader.h"

namespace altis::fans {
namespace {

using codec::JsonScanner;
using codec::ScanKind;
using codec::ScanValue;

enum Member : std::size_t {
    kCall,
    kEid,
    kUid,
    kDuid,
    kNuid,
    kDtm,
    kStm,
    kTtm,
    kUePx,
    kUePr,
    kCx,
    kCo,
    kCategory,
    kAction,
    kMemberCount
};
constexpr std::array<std::string_view, kMemberCount> kMembers = {
    "e",   "eid",   "uid",   "duid", "nuid", "dtm",   "stm",
    "ttm", "ue_px", "ue_pr", "cx",   "co",   "se_ca", "se_ac"};

constexpr std::array<std::string_view, 2> kSelfDescribing = {"schema", "data"};

tl::unexpected<Error> malformed(std::string message) {
    return fail(Code::kInvalid, "event.malformed", std::move(message));
}

std::string plain(const ScanValue& value) {
    std::string decoded;
    if (!value.is_string()) return {};
    return std::string(codec::string_of(value, decoded).value_or(""));
}

// "iglu:vendor/name/format/version" -> name; empty for anything else.
std::string name_in(const ScanValue& schema) {
    const std::string text = plain(schema);
    const std::size_t vendor_end = text.find('/');
    if (!text.starts_with("iglu:") || vendor_end == std::string::npos) return {};
    return text.substr(vendor_end + 1, text.find('/', vendor_end + 1) - vendor_end - 1);
}

// content_viewed -> Content Viewed
std::string title_of(std::string_view name) {
    std::string title;
    bool start = true;
    for (const char c : name) {
        const bool lower = c >= 'a' && c <= 'z';
        title += c == '_' ? ' ' : start && lower ? static_cast<char>(c - 'a' + 'A') : c;
        start = c == '_';
    }
    return title;
}

std::string quoted(std::string_view text) {
    return codec::Json(text).to_string();
}

// Something with a schema: its name and its data.
struct Described {
    std::string name;
    ScanValue data;
};

Result<Described> described(std::string_view object) {
    TRY(const auto found, members(object, kSelfDescribing));
    return Described{name_in(found[0]), found[1]};
}

// One event on its way into the words of the Segment specification.
class Translation {
  public:
    Translation(EventText& event, TextReader& texts) : event_(event), texts_(texts) {}

    Result<void> run() {
        TRY(members_, members(event_.raw, kMembers));
        EventValues& values = event_.values;
        values[kMessageId] = members_[kEid];
        values[kUserId] = members_[kUid];
        values[kAnonymousId] = members_[members_[kDuid].present() ? kDuid : kNuid];
        event_.renewed = members_[kStm].text;
        TRY_VOID(times());
        TRY_VOID(call());
        return contexts();
    }

  private:
    Result<ScanValue> time(const ScanValue& value) {
        const auto ms = whole_ms(value.is_string() ? plain(value) : std::string(value.text));
        if (ms) return time_value(Time{*ms * 1'000}, texts_);
        return fail(Code::kInvalid, "event.time_malformed",
                    "dtm, stm and ttm must be milliseconds since 1970");
    }

    Result<void> times() {
        const bool is_true = members_[kTtm].present();
        const ScanValue& stated = members_[is_true ? kTtm : kDtm];
        if (!stated.present()) return {};
        TRY(event_.values[kTimestamp], time(stated));
        if (is_true || !members_[kStm].present()) return {};
        TRY(event_.values[kSentAt], time(members_[kStm]));
        return {};
    }

    void be(EventType type) {
        event_.values[kType] = text_value(kQuotedTypes[static_cast<std::size_t>(type)]);
    }

    void track(std::string_view name) {
        be(EventType::kTrack);
        event_.values[kEvent] = text_value(texts_.keep(quoted(name)));
    }

    Result<void> call() {
        const std::string kind = plain(members_[kCall]);
        if (kind == "ue") return self_describing();
        if (kind == "pv") {
            be(EventType::kPage);
        } else if (kind == "pp") {
            track("Page Ping");
        } else if (kind == "tr" || kind == "ti") {
            track(kind == "tr" ? "Transaction" : "Transaction Item");
        } else if (kind == "se") {
            track(plain(members_[kCategory]) + " " + plain(members_[kAction]));
        } else {
            return fail(Code::kInvalid, "event.bad_type",
                        "the member 'e' is none of pv, pp, se, ue, tr, ti");
        }
        return {};
    }

    Result<void> self_describing() {
        TRY(const auto text, json_of(kUePx, kUePr));
        TRY(const auto envelope, described(text));
        TRY(const auto event, described(envelope.data.text));
        if (event.name.empty()) {
            return malformed("a self-describing event needs {schema: iglu:vendor/name/..., data}");
        }
        if (event.name == "identify") {
            be(EventType::kIdentify);
            event_.values[kTraits] = event.data;
            return {};
        }
        track(title_of(event.name));
        event_.values[kProperties] = event.data;
        return {};
    }

    Result<void> contexts() {
        if (!members_[kCx].present() && !members_[kCo].present()) return {};
        TRY(const auto text, json_of(kCx, kCo));
        TRY(const auto envelope, described(text));
        if (envelope.data.kind != ScanKind::kArray) return {};
        JsonScanner scanner(envelope.data.text);
        ScanValue item;
        scanner.open_array();
        while (scanner.next_item() && scanner.read(item)) {
            TRY(const auto context, described(item.text));
            TRY_VOID(use(context));
        }
        return {};
    }

    Result<void> use(const Described& context) {
        EventValues& values = event_.values;
        if (context.name == "traits" && !values[kTraits].present()) {
            values[kTraits] = context.data;
        }
        if (context.name == "client_session" && !values[kAnonymousId].present()) {
            TRY(const auto session,
                members(context.data.text, std::array<std::string_view, 1>{"userId"}));
            values[kAnonymousId] = session[0];
        }
        return {};
    }

    // The JSON of a member that comes in base64 or, under another name, as it is.
    Result<std::string_view> json_of(Member packed, Member open) {
        std::string text = plain(members_[open]);
        if (members_[packed].present()) {
            auto decoded = decode_base64(plain(members_[packed]));
            if (!decoded) {
                return malformed("the member '" + std::string(kMembers[packed]) +
                                 "' is not base64");
            }
            text = std::move(*decoded);
        }
        JsonScanner scanner(text);
        ScanValue whole;
        scanner.read(whole);
        if (!scanner.finish() || !codec::is_utf8(text)) {
            return malformed("the member '" + std::string(kMembers[packed]) +
                             "' holds no valid JSON");
        }
        return texts_.keep(std::move(text));
    }

    EventText& event_;
    TextReader& texts_;
    std::array<ScanValue, kMemberCount> members_;
};

void translate(EventText& event, TextReader& texts, Time /*received_at*/) {
    if (const auto done = Translation(event, texts).run(); !done) event.fault = done.error();
}

constexpr BodyForm kForm{
    .list = "data", .sent_at = {}, .translate = translate, .bare = BodyForm::Bare::kYes};

}  // namespace

std::string snowplow_key(std::string_view text) {
    const auto found = members(text, std::array<std::string_view, 2>{"aid", "data"});
    if (!found) return {};
    const auto& [aid, data] = *found;
    if (aid.present()) return plain(aid);
    JsonScanner scanner(data.text);
    ScanValue first;
    if (!scanner.open_array() || !scanner.next_item() || !scanner.read(first)) return {};
    const auto members_of_first = members(first.text, std::array<std::string_view, 1>{"aid"});
    return members_of_first ? plain((*members_of_first)[0]) : std::string();
}

Result<Batch> parse_snowplow(std::string_view text, const Source& source, Time received_at) {
    return EventReader(text, source, received_at).read(kForm);
}

}  // namespace altis::fans
