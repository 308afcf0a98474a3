#include "results/feed/view_state.h"

#include "results/feed/check.h"
#include "results/feed/document.h"
#include "results/feed/patch.h"

namespace altis::results::feed {
namespace {

using codec::Json;

Json head(std::string_view type, std::uint64_t seq, std::optional<std::uint64_t> after = {}) {
    Json json = Json::object({{"type", type}, {"seq", seq}});
    if (after) json.set("after", *after);
    return json;
}

Message finish(std::string_view type, std::uint64_t seq, const Json& json) {
    return {std::string(type), seq, true, with_check(json.to_string())};
}

}  // namespace

// Also of the same version: the next delta is from that one.
bool ViewState::is_same(const SharedContent& a, const SharedContent& b) {
    return a && b ? a->hash == b->hash && a->version == b->version : a == b;
}

ViewState::SharedContent ViewState::content_of(const UnitNews& news) const {
    if (news.result.is_null() || !view_.covers(news.edition, news.unit)) return nullptr;
    Content content;
    content.document = document_of(news.result, view_.fields);
    if (content.document.is_null()) return nullptr;
    const std::string text = content.document.to_string();
    content.version = news.result["version"].as_int();
    content.at = news.at;
    content.hash = hash_of(text);
    content.bytes = text.size();
    content.seq = last_seq_ + 1;
    return std::make_shared<const Content>(std::move(content));
}

std::optional<Message> ViewState::change(const UnitNews& news) {
    if (news.edition != view_.edition) return std::nullopt;  // codes repeat from Games to Games
    SharedContent now = content_of(news);
    const auto known = units_.find(news.unit);
    SharedContent before = known == units_.end() ? nullptr : known->second;
    const bool shows_the_same = now && before ? now->hash == before->hash : now == before;
    if (shows_the_same) return std::nullopt;
    const Place place{last_seq_ + 1, {}};
    Message told = message(news.unit, before, now, place);
    told.unit = news.unit;
    told.version = now ? now->version : 0;
    ++last_seq_;
    if (now) {
        units_.insert_or_assign(news.unit, now);
    } else {
        units_.erase(known);
    }
    remember(news.unit, std::move(before));
    return told;
}

void ViewState::remember(const std::string& unit, SharedContent before) {
    const auto bytes_of = [](const SharedContent& content) { return content ? content->bytes : 0; };
    history_bytes_ += bytes_of(before);
    history_.push_back({last_seq_, unit, std::move(before)});
    while (history_.size() > kMaxFeedHistory || history_bytes_ > kMaxFeedHistoryBytes) {
        history_bytes_ -= bytes_of(history_.front().before);
        history_.pop_front();
    }
}

Message ViewState::snapshot(const std::string& unit, const Content& content, const Place& place) {
    Json json = head("snapshot", place.seq, place.after);
    json.set("unit", unit);
    json.set("version", content.version);
    json.set("at", format_rfc3339(content.at));
    json.set("hash", content.hash);
    json.set("document", content.document);
    return finish("snapshot", place.seq, json);
}

Message ViewState::message(const std::string& unit, const SharedContent& from,
                           const SharedContent& to, const Place& place) {
    if (!to) {
        Json json = head("withdrawn", place.seq, place.after);
        json.set("unit", unit);
        return finish("withdrawn", place.seq, json);
    }
    if (!from) return snapshot(unit, *to, place);
    Json json = head("delta", place.seq, place.after);
    json.set("unit", unit);
    json.set("from", from->version);
    json.set("version", to->version);
    json.set("at", format_rfc3339(to->at));
    json.set("hash", to->hash);
    json.set("patch", diff(from->document, to->document));
    return finish("delta", place.seq, json);
}

Message ViewState::heartbeat(std::uint64_t seq) {
    return finish("heartbeat", seq, head("heartbeat", seq));
}

Message ViewState::reset() const {
    Json json = head("reset", last_seq_);
    json.set("units", static_cast<std::uint64_t>(units_.size()));
    Message message = finish("reset", last_seq_, json);
    message.is_place = false;
    return message;
}

std::vector<std::pair<std::string, std::uint64_t>> ViewState::units() const {
    std::vector<std::pair<std::string, std::uint64_t>> units;
    units.reserve(units_.size());
    for (const auto& [unit, content] : units_)
        units.emplace_back(unit, content->seq);
    return units;
}

Message ViewState::snapshot(std::string_view rsc) const {
    const Content& content = *units_.find(rsc)->second;
    Message message = snapshot(std::string(rsc), content, {content.seq, {}});
    message.is_place = false;
    return message;
}

std::vector<Message> ViewState::whole() const {
    std::vector<Message> messages{reset()};
    for (const auto& [unit, seq] : units())
        messages.push_back(snapshot(unit));
    messages.push_back(heartbeat(last_seq_));
    return messages;
}

std::optional<std::vector<Message>> ViewState::since(std::uint64_t seq) const {
    if (seq > last_seq_) return std::nullopt;
    if (seq < last_seq_ && (history_.empty() || history_.front().seq > seq + 1)) {
        return std::nullopt;
    }
    std::map<std::string_view, const SharedContent*> before;  // of the first change of each unit
    for (auto change = history_.rbegin(); change != history_.rend() && change->seq > seq; ++change)
        before.insert_or_assign(change->unit, &change->before);
    std::vector<Message> messages;
    for (const auto& [unit, from] : before) {
        const auto found = units_.find(unit);
        const SharedContent to = found == units_.end() ? nullptr : found->second;
        if (is_same(to, *from)) continue;  // it came and went, or went and came back
        messages.push_back(message(std::string(unit), *from, to, {seq, seq}));
        messages.back().is_place = false;
    }
    // Only all of them together bring the client to the newest place.
    Json end = head("heartbeat", last_seq_, seq);
    end.set("units", static_cast<std::uint64_t>(messages.size()));
    messages.push_back(finish("heartbeat", last_seq_, end));
    return messages;
}

std::int64_t ViewState::version(std::string_view rsc) const {
    const auto found = units_.find(rsc);
    return found == units_.end() ? 0 : found->second->version;
}

Json ViewState::unit(std::string_view rsc) const {
    const auto found = units_.find(rsc);
    if (found == units_.end()) return {};
    const Content& content = *found->second;
    return Json::object({{"unit", rsc},
                         {"version", content.version},
                         {"at", format_rfc3339(content.at)},
                         {"hash", content.hash},
                         {"document", content.document}});
}

}  // namespace altis::results::feed
