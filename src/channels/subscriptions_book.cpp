#include "channels/subscriptions_book.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"

namespace altis::channels {
namespace {

using codec::Json;

constexpr std::string_view kAdded = "subscriptions.added";
constexpr std::string_view kEnded = "subscriptions.ended";
constexpr std::string_view kForgotten = "subscriptions.forgotten";

journal::Decision nothing() {
    return std::vector<journal::Draft>{};
}

journal::Decision about(SubjectId subject, std::string_view type, const Json& json) {
    return std::vector<journal::Draft>{{std::string(type), "", subject, json.to_string()}};
}

std::optional<Ending> parse_ending(std::string_view name) {
    const auto found = std::ranges::find(kEndingNames, name);
    if (found == kEndingNames.end()) return std::nullopt;
    return static_cast<Ending>(found - kEndingNames.begin());
}

}  // namespace

journal::Decision SubscriptionsBook::add(std::string_view id, SubjectId subject,
                                         const Address& address, Asked asked) const {
    const auto known = kept_.find(id);
    if (known != kept_.end()) {
        const Kept& kept = known->second;
        if (kept.ending == Ending::kUnsubscribed && asked == Asked::kNotAgain) {
            return fail(Code::kConflict, "subscriptions.unsubscribed",
                        "whoever has this address has unsubscribed; say \"asked_again\": true when "
                        "the person has asked for it since");
        }
        const bool is_same = !kept.ending && kept.subscription.subject == subject &&
                             kept.subscription.address == address;
        if (is_same) return nothing();
    }
    const bool is_own = known != kept_.end() && !known->second.ending &&
                        known->second.subscription.subject == subject;
    const SubjectId own[] = {subject};
    if (!is_own && of(own).size() >= kMaxSubscriptions) {
        return fail(Code::kInvalid, "subscriptions.too_many",
                    "a person has at most 16 subscriptions; remove one that is no longer used");
    }
    return about(subject, kAdded, Json::object({{"id", id}, {"address", to_json(address)}}));
}

journal::Decision SubscriptionsBook::end(std::string_view id, Ending why) const {
    const auto known = kept_.find(id);
    if (known == kept_.end()) {
        return fail(Code::kNotFound, "subscriptions.unknown", "there is no such subscription");
    }
    // What the person says outweighs what was said before.
    const auto& ending = known->second.ending;
    if (ending && (why != Ending::kUnsubscribed || ending == Ending::kUnsubscribed))
        return nothing();
    return about(known->second.subscription.subject, kEnded,
                 Json::object({{"id", id}, {"why", kEndingNames[static_cast<std::size_t>(why)]}}));
}

journal::Decision SubscriptionsBook::forget(SubjectId subject) const {
    if (!by_subject_.contains(to_number(subject))) return nothing();
    // About nobody, so that it stays readable when the person's key is gone.
    return about(kNoSubject, kForgotten, Json::object({{"subject", to_number(subject)}}));
}

std::vector<const Subscription*> SubscriptionsBook::of(std::span<const SubjectId> subjects) const {
    std::vector<const Subscription*> found;
    for (const SubjectId subject : subjects) {
        const auto ids = by_subject_.find(to_number(subject));
        if (ids == by_subject_.end()) continue;
        for (const std::string& id : ids->second) {
            const Kept& kept = kept_.find(id)->second;
            if (!kept.ending) found.push_back(&kept.subscription);
        }
    }
    std::ranges::sort(found, {},
                      [](const Subscription* one) { return std::tie(one->added.us, one->id); });
    return found;
}

bool SubscriptionsBook::has_any(std::span<const SubjectId> subjects) const {
    return std::ranges::any_of(subjects, [this](SubjectId subject) {
        const auto ids = by_subject_.find(to_number(subject));
        return ids != by_subject_.end() &&
               std::ranges::any_of(ids->second, [this](const std::string& id) {
                   return !kept_.find(id)->second.ending;
               });
    });
}

const Subscription* SubscriptionsBook::find(std::string_view id) const {
    const auto known = kept_.find(id);
    return known == kept_.end() ? nullptr : &known->second.subscription;
}

std::optional<Ending> SubscriptionsBook::ending(std::string_view id) const {
    const auto known = kept_.find(id);
    return known == kept_.end() ? std::nullopt : known->second.ending;
}

void SubscriptionsBook::count(const Kept& kept, std::int64_t change) {
    if (kept.ending) return;
    counts_[static_cast<std::size_t>(kept.subscription.address.channel)] +=
        static_cast<std::uint64_t>(change);
}

void SubscriptionsBook::add_kept(Kept kept) {
    count(kept, 1);
    const std::string id = kept.subscription.id;
    by_subject_[to_number(kept.subscription.subject)].push_back(id);
    kept_.insert_or_assign(id, std::move(kept));
}

void SubscriptionsBook::remove(KeptById::iterator entry) {
    count(entry->second, -1);
    const auto ids = by_subject_.find(to_number(entry->second.subscription.subject));
    std::erase(ids->second, entry->first);
    if (ids->second.empty()) by_subject_.erase(ids);
    kept_.erase(entry);
}

void SubscriptionsBook::apply(const journal::Record& record) {
    if (record.erased || !record.type.starts_with("subscriptions.")) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json);
    if (record.type == kForgotten) {
        const auto ids = by_subject_.find(static_cast<std::uint32_t>((*json)["subject"].as_int()));
        if (ids == by_subject_.end()) return;
        for (const std::string& id : std::vector(ids->second))
            remove(kept_.find(id));
        return;
    }
    const std::string id((*json)["id"].as_string());
    const auto known = kept_.find(id);
    if (record.type == kAdded) {
        auto address = address_from_json((*json)["address"]);
        ALTIS_ASSERT(address);
        if (known != kept_.end()) remove(known);
        add_kept({{id, std::move(*address), record.subject, record.time}, std::nullopt});
    } else if (record.type == kEnded && known != kept_.end()) {
        count(known->second, -1);
        known->second.ending = parse_ending((*json)["why"].as_string());
        ALTIS_ASSERT(known->second.ending);
    }
}

void SubscriptionsBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(kept_.size()));
    for (const auto& [id, kept] : kept_) {
        out.put_text(id);
        out.put_text(to_json(kept.subscription.address).to_string());
        out.put(to_number(kept.subscription.subject), kept.subscription.added.us,
                static_cast<std::uint8_t>(kept.ending ? static_cast<int>(*kept.ending) + 1 : 0));
    }
}

Result<void> SubscriptionsBook::load(ByteReader& in) {
    kept_.clear();
    by_subject_.clear();
    counts_ = {};
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        Kept kept;
        kept.subscription.id = in.get_text();
        const std::string_view address = in.get_text();
        kept.subscription.subject = SubjectId{in.get<std::uint32_t>()};
        kept.subscription.added.us = in.get<std::int64_t>();
        const auto ending = in.get<std::uint8_t>();
        if (!in.ok() || ending > kEndingNames.size()) break;
        if (ending > 0) kept.ending = static_cast<Ending>(ending - 1);
        TRY(const Json json, codec::parse_json(address));
        TRY(kept.subscription.address, address_from_json(json));
        add_kept(std::move(kept));
    }
    return in.finish("the subscriptions book's state");
}

}  // namespace altis::channels
