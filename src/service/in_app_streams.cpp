#include "service/in_app_streams.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "codec/text.h"

namespace altis::service {
namespace {

using codec::Json;

constexpr std::size_t kMacHexDigits = 32;
constexpr Duration kReaderMayCome = seconds(60);

// One stream per fan: the subject that a token names may be one of several.
std::string stream_of(fans::FanId fan) {
    return "in-app/" + std::to_string(to_number(fan));
}

std::string mac_of(const crypto::Digest& key, std::string_view claim) {
    return codec::to_hex(crypto::as_text(crypto::keyed_hash(key, claim))).substr(0, kMacHexDigits);
}

// "<subject>-<end>" of a token, both numbers.
struct Claim {
    std::uint32_t subject = 0;
    std::int64_t end_us = 0;
};
std::optional<Claim> parse_claim(std::string_view text) {
    Claim claim;
    const char* const end = text.data() + text.size();
    const auto subject = std::from_chars(text.data(), end, claim.subject);
    if (subject.ec != std::errc() || subject.ptr == end || *subject.ptr != '-') return std::nullopt;
    const auto until = std::from_chars(subject.ptr + 1, end, claim.end_us);
    if (until.ec != std::errc() || until.ptr != end) return std::nullopt;
    return claim;
}

// What the application shows; nothing when the fan is not to get it here (any more).
std::optional<Json> shown_to_fan(const World& world, std::string_view id,
                                 const messages::Resolved& message, Time now) {
    const messages::Plan& plan = *world.messages.find_plan(message.plan);
    const fans::FanId fan = world.fans.fan_of(message.subject);
    const Time end = world.messages.planned(message.plan) + messages::lifetime(plan.kind);
    if (fan == kNoSubject || now >= end || !world.messages.is_in_force(message.plan)) {
        return std::nullopt;
    }
    const auto refused = world.preferences.of(world.fans.subjects(fan)).refused_channels;
    if ((refused & messages::channel_bit("in_app").value_or(0)) != 0) return std::nullopt;
    const auto text = plan.texts.find(message.language);
    if (text == plan.texts.end()) return std::nullopt;
    const messages::Fact* link = messages::find_fact(plan.facts, "link");
    return Json::object({{"id", id},
                         {"topic", message.topic},
                         {"kind", messages::to_string(plan.kind)},
                         {"language", message.language},
                         {"title", messages::title_of(plan, message.language)},
                         {"text", text->second},
                         {"link", link == nullptr ? std::string() : link->text},
                         {"sent", format_rfc3339(message.sent)}});
}

}  // namespace

std::string InAppStreams::token(SubjectId subject, Time end) const {
    const std::string claim = std::to_string(to_number(subject)) + "-" + std::to_string(end.us);
    return claim + "-" + mac_of(secrets_.in_app, claim);
}

Result<SubjectId> InAppStreams::subject_of(std::string_view token, Time now) const {
    const auto unknown = fail(Code::kNotFound, "in_app.unknown_link",
                              "this link is not valid any more; ask the application for another");
    const auto mac = token.rfind('-');
    if (mac == std::string_view::npos) return unknown;
    const std::string_view text = token.substr(0, mac);
    if (!crypto::equal_constant_time(mac_of(secrets_.in_app, text), token.substr(mac + 1)))
        return unknown;
    const auto claim = parse_claim(text);
    if (!claim || now.us >= claim->end_us) return unknown;
    return SubjectId{claim->subject};
}

Result<fans::FanId> InAppStreams::fan_of(const Turn& turn, std::string_view token) const {
    TRY(const SubjectId subject, subject_of(token, turn.now()));
    const auto& fans = turn.world().fans;
    const fans::FanId fan = fans.fan_of(subject);
    if (fan != kNoSubject && fans.is_fan(fan)) return fan;
    return fail(Code::kNotFound, "in_app.unknown_link", "this link leads to nobody any more");
}

Result<Json> InAppStreams::feed(const Turn& turn, std::string_view token) const {
    const World& world = turn.world();
    TRY(const fans::FanId fan, fan_of(turn, token));
    Json items = Json::array();
    for (const auto& id : world.messages.latest_of(world.fans.subjects(fan), kMaxInAppBacklog)) {
        auto shown = shown_to_fan(world, id, *world.messages.resolve(id), turn.now());
        if (shown) items.push(std::move(*shown));
    }
    return Json::object({{"messages", std::move(items)}});
}

Result<std::string> InAppStreams::open(const Turn& turn, std::string_view token) {
    const World& world = turn.world();
    TRY(const fans::FanId fan, fan_of(turn, token));
    const std::string stream = stream_of(fan);
    if (open_.contains(stream)) return stream;
    if (open_.size() >= sweep_at_) sweep(turn.now());
    if (open_.size() >= kMaxInAppStreams) {
        return fail(Code::kOverloaded, "in_app.overloaded",
                    "too many applications are open; try again later");
    }
    open_.emplace(stream, turn.now());
    for (const auto& id : world.messages.latest_of(world.fans.subjects(fan), kMaxInAppBacklog)) {
        const auto message = world.messages.resolve(id);
        const auto shown = shown_to_fan(world, id, *message, turn.now());
        if (shown) publish(stream, fan, shown->to_string(), message->sent);
    }
    return stream;
}

// Ids are the times of messages, which resume well after a restart, made to increase.
void InAppStreams::publish(const std::string& stream, SubjectId subject, const std::string& event,
                           Time sent) {
    const std::uint64_t id =
        std::max(streams_.last_id(stream) + 1, static_cast<std::uint64_t>(sent.us));
    static_cast<void>(streams_.publish(stream, id, "message", event, to_number(subject)));
}

void InAppStreams::expect(Turn& turn, std::span<const std::string> messages) {
    if (open_.empty()) return;
    const World& world = turn.world();
    struct Told {
        std::string stream;
        SubjectId subject;
        std::string event;
        Time sent;
    };
    std::vector<Told> told;
    for (const std::string& id : messages) {
        const auto message = world.messages.resolve(id);
        if (!message) continue;
        const fans::FanId fan = world.fans.fan_of(message->subject);
        if (!open_.contains(stream_of(fan))) continue;
        const auto shown = shown_to_fan(world, id, *message, turn.now());
        if (shown) told.push_back({stream_of(fan), fan, shown->to_string(), message->sent});
    }
    if (told.empty()) return;
    turn.after_durable([this, told = std::move(told)](const Result<void>& outcome) {
        if (!outcome) return;
        for (const Told& one : told)
            publish(one.stream, one.subject, one.event, one.sent);
    });
}

// One that was opened just now may have no reader yet.
void InAppStreams::sweep(Time now) {
    std::erase_if(open_, [&](const auto& one) {
        return now - one.second > kReaderMayCome && streams_.detach(one.first);
    });
    sweep_at_ = std::min(kMaxInAppStreams, 2 * open_.size() + kFirstSweep);
}

}  // namespace altis::service
