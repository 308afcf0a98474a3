#include "results/awards/held_book.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.h"
#include "results/unit_key.h"

namespace altis::results {
namespace {

using codec::Json;

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

HeldKind kind_of(std::string_view name) {
    const auto found = std::ranges::find(kHeldKindNames, name);
    ALTIS_ASSERT(found != kHeldKindNames.end());
    return static_cast<HeldKind>(found - kHeldKindNames.begin());
}

HeldItem item_from(const Json& json) {
    HeldItem item;
    item.number = static_cast<std::uint64_t>(json["held"].as_int());
    item.kind = kind_of(json["kind"].as_string());
    item.edition = json["edition"].as_string();
    item.topic = json["topic"].as_string();
    item.source = json["source"].as_string();
    item.version = json["version"].as_int();
    item.sender = json["sender"].as_string();
    for (const Json& doubt : json["doubts"].items()) {
        item.doubts.push_back(
            {std::string(doubt["name"].as_string()), std::string(doubt["detail"].as_string())});
    }
    item.content = json["content"].to_string();
    return item;
}

std::string record_topic(const HeldItem& item) {
    return item.kind == HeldKind::kMedals ? item.edition : to_string({item.edition, item.topic});
}

}  // namespace

std::string_view to_string(HeldKind kind) {
    return kHeldKindNames[static_cast<std::size_t>(kind)];
}

journal::Decision HeldBook::hold(HeldItem item) const {
    std::size_t of_edition = 0;
    for (const auto& [number, known] : items_) {
        if (known.edition != item.edition) continue;
        ++of_edition;
        const bool same = known.topic == item.topic && known.source == item.source &&
                          known.kind == item.kind && known.content == item.content;
        if (same) return std::vector<journal::Draft>{};
    }
    if (of_edition >= kMaxHeldItems) {
        return fail(Code::kExhausted, "results.too_many_held",
                    std::to_string(kMaxHeldItems) + " items of edition " + item.edition +
                        " are held; release or discard some before sending more like this");
    }
    if (item.content.size() > kMaxHeldBytes) {
        return fail(Code::kTooLarge, "results.too_large",
                    "what would be held for a person to look at is over " +
                        std::to_string(kMaxHeldBytes) + " bytes; send less at a time");
    }
    item.number = held_ever_ + 1;
    return std::vector<journal::Draft>{
        {std::string(records::kHeld), record_topic(item), kNoSubject, to_json(item).to_string()}};
}

Result<const HeldItem*> HeldBook::releasable(std::uint64_t number, std::string_view key,
                                             std::string_view reason) const {
    const auto found = items_.find(number);
    if (found == items_.end()) {
        return fail(
            Code::kNotFound, "results.unknown_held",
            "nothing is held under number " + std::to_string(number) + "; list what is held");
    }
    if (reason.empty() || reason.size() > kMaxReleaseReasonBytes) {
        return fail(Code::kInvalid, "results.reason_missing",
                    "say why in 'reason', in at most " + std::to_string(kMaxReleaseReasonBytes) +
                        " bytes; it is kept");
    }
    if (found->second.sender == key) {
        return fail(Code::kDenied, "results.same_key",
                    "number " + std::to_string(number) +
                        " was sent with this key; another person's key must decide");
    }
    return &found->second;
}

std::vector<journal::Draft> HeldBook::close(const HeldItem& item, HeldOutcome outcome,
                                            std::string_view key, std::string_view reason) const {
    Json json = Json::object(
        {{"held", item.number}, {"outcome", kHeldOutcomeNames[static_cast<std::size_t>(outcome)]}});
    if (!key.empty()) json.set("by", key);
    if (!reason.empty()) json.set("reason", reason);
    return {{std::string(records::kHeldClosed), record_topic(item), kNoSubject, json.to_string()}};
}

journal::Decision HeldBook::discard(std::uint64_t number, std::string_view key,
                                    std::string_view reason) const {
    TRY(const HeldItem* item, releasable(number, key, reason));
    return close(*item, HeldOutcome::kDiscarded, key, reason);
}

std::vector<journal::Draft> HeldBook::supersede(const HeldThing& thing,
                                                std::int64_t version) const {
    std::vector<journal::Draft> drafts;
    for (const auto& [number, item] : items_) {
        const bool same = item.edition == thing.edition && item.topic == thing.topic &&
                          item.source == thing.source;
        if (!same || item.version > version) continue;
        for (journal::Draft& draft : close(item, HeldOutcome::kSuperseded, {}, {}))
            drafts.push_back(std::move(draft));
    }
    return drafts;
}

void HeldBook::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == records::kHeld) {
        HeldItem item = item_from(parse_payload(record.payload));
        item.held_at = record.time;
        held_ever_ = item.number;
        items_.insert_or_assign(item.number, std::move(item));
    } else if (record.type == records::kHeldClosed) {
        const Json json = parse_payload(record.payload);
        items_.erase(static_cast<std::uint64_t>(json["held"].as_int()));
    }
}

void HeldBook::save(ByteWriter& out) const {
    out.put(held_ever_, std::uint64_t{items_.size()});
    for (const auto& [number, item] : items_) {
        out.put_text(to_json(item).to_string());
        out.put(item.held_at.us);
    }
}

void HeldBook::save_truth(ByteWriter& out, std::string_view edition) const {
    std::set<std::string> held;
    for (const auto& [number, item] : items_) {
        if (item.edition != edition) continue;
        HeldItem plain = item;
        plain.number = 0;
        plain.sender.clear();
        plain.held_at = {};
        held.insert(to_json(plain).to_string());
    }
    for (const std::string& item : held)
        out.put_text(item);
}

Result<void> HeldBook::load(ByteReader& in) {
    HeldBook loaded;
    loaded.held_ever_ = in.get<std::uint64_t>();
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        const std::string_view text = in.get_text();
        if (!in.ok()) break;  // said by finish below
        TRY(const Json json, codec::parse_json(text));
        HeldItem item = item_from(json);
        item.held_at.us = in.get<std::int64_t>();
        loaded.items_.insert_or_assign(item.number, std::move(item));
    }
    TRY_VOID(in.finish("the snapshot of what is held"));
    *this = std::move(loaded);
    return {};
}

Json summary(const HeldItem& item) {
    Json doubts = Json::array();
    for (const Warning& doubt : item.doubts)
        doubts.push(Json::object({{"name", doubt.name}, {"detail", doubt.detail}}));
    Json json = Json::object({{"held", item.number},
                              {"kind", to_string(item.kind)},
                              {"edition", item.edition},
                              {"topic", item.topic},
                              {"version", item.version},
                              {"sender", item.sender},
                              {"doubts", std::move(doubts)}});
    if (!item.source.empty()) json.set("source", item.source);
    if (item.held_at.us != 0) json.set("held_at", format_rfc3339(item.held_at));
    return json;
}

Json to_json(const HeldItem& item) {
    Json json = summary(item);
    auto content = codec::parse_json(item.content);
    json.set("content", content ? *std::move(content) : Json(item.content));
    return json;
}

}  // namespace altis::results
