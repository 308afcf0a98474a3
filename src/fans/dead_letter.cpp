#include "fans/dead_letter.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "codec/json.h"
#include "fans/fan_event.h"
#include "fans/letter_names.h"

namespace altis::fans {
namespace {

constexpr std::uint8_t kVersion = 3;
constexpr std::uint8_t kVersionWithOrigin = 2;
static_assert(kMaxLetterNames <= UINT8_MAX);

}  // namespace

std::string encode_rejection(const Rejection& rejection) {
    ByteWriter out;
    const Origin& origin = rejection.origin;
    ALTIS_ASSERT(rejection.names.size() <= kMaxLetterNames);
    out.put(kVersion, static_cast<std::uint8_t>(rejection.names.size()));
    for (const crypto::Fingerprint& name : rejection.names)
        out.put(name.low, name.high);
    out.put(origin.received_at.us, static_cast<std::uint8_t>(origin.sent_at.has_value()),
            origin.sent_at.value_or(Time{0}).us);
    out.put_text(origin.key_id);
    out.put_text(rejection.reason);
    out.put_text(rejection.message);
    out.put_text(rejection.message_id);
    out.put_text(rejection.raw);
    return out.take();
}

namespace {

std::vector<crypto::Fingerprint> get_names(ByteReader& in) {
    std::vector<crypto::Fingerprint> names;
    for (auto left = in.get<std::uint8_t>(); left > 0 && in.ok(); --left) {
        const auto low = in.get<std::uint64_t>();
        names.push_back({low, in.get<std::uint64_t>()});
    }
    return names;
}

Origin get_origin(ByteReader& in) {
    Origin origin;
    origin.received_at.us = in.get<std::int64_t>();
    const bool is_sent_at_known = in.get<std::uint8_t>() != 0;
    const Time sent_at{in.get<std::int64_t>()};
    if (is_sent_at_known) origin.sent_at = sent_at;
    origin.key_id = in.get_text();
    return origin;
}

}  // namespace

Result<RejectedEvent> decode_rejection(std::string_view payload) {
    ByteReader in(payload);
    const auto version = in.get<std::uint8_t>();
    if (version == 0 || version > kVersion) {
        return fail(Code::kCorrupt, "bytes.malformed", "a fans.rejected payload has a new version");
    }
    RejectedEvent event;
    event.has_own_subject = version == kVersion;
    if (event.has_own_subject) event.names = get_names(in);
    if (version >= kVersionWithOrigin) event.origin = get_origin(in);
    event.reason = in.get_text();
    event.message = in.get_text();
    event.message_id = in.get_text();
    event.raw = in.get_text();
    TRY_VOID(in.finish("a fans.rejected payload"));
    return event;
}

Result<LetterText> read_letter(const journal::Record& record) {
    if (!record.erased && record.type == "fans.rejected") {
        TRY(RejectedEvent event, decode_rejection(record.payload));
        if (event.origin.received_at == Time{}) event.origin.received_at = record.time;
        return LetterText{event.origin, event.reason, event.message, event.message_id, event.raw};
    }
    if (!record.erased && record.type == "fans.conflict") {
        TRY(const FanEvent event, decode_event(record.payload));
        const EventHead& head = event.head;
        return LetterText{
            {head.received_at, {}, head.key_id}, kConflictReason, {}, head.message_id, head.raw};
    }
    return fail(Code::kNotFound, "fans.no_dead_letter",
                "record " + std::to_string(record.offset) +
                    " is no dead letter that can be read; GET /v1/deadletters lists them");
}

Result<std::string> repaired_batch(std::string_view event, const Origin& origin) {
    TRY(const codec::Json json, codec::parse_json(event));
    if (!json.is_object()) {
        return fail(Code::kInvalid, "event.malformed", "the repaired event must be a JSON object");
    }
    std::string body = R"({"batch":[)" + std::string(event) + "]";
    if (origin.sent_at) body += R"(,"sentAt":")" + format_rfc3339(*origin.sent_at) + "\"";
    return body + "}";
}

}  // namespace altis::fans
