#include "results/feed/tellings_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.h"
#include "codec/json.h"

namespace altis::results::feed {
namespace {

using codec::Json;

Json to_json(const View& view) {
    Json units = Json::array();
    for (const std::string& begin : view.units)
        units.push(begin);
    Json fields = Json::array();
    for (const rights::FeedField field : view.fields)
        fields.push(to_string(field));
    return Json::object({{"units", std::move(units)},
                         {"fields", std::move(fields)},
                         {"delay_us", view.delay.us},
                         {"conflation_us", view.conflation.us}});
}

View view_from(std::string_view edition, const Json& json) {
    View view{std::string(edition),
              {},
              {},
              Duration{json["delay_us"].as_int()},
              Duration{json["conflation_us"].as_int()}};
    for (const Json& begin : json["units"].items())
        view.units.emplace_back(begin.as_string());
    for (const Json& name : json["fields"].items()) {
        const auto field = std::ranges::find(rights::kFeedFieldNames, name.as_string());
        ALTIS_ASSERT(field != rights::kFeedFieldNames.end());
        view.fields.insert(static_cast<rights::FeedField>(field - rights::kFeedFieldNames.begin()));
    }
    return view;
}

}  // namespace

bool TellingsBook::is_known(const std::optional<std::uint32_t>& view, const Telling& item,
                            const Tellings& of) const {
    const auto found = told_.find({of.view.edition, item.unit});
    if (!view || found == told_.end()) return false;
    return std::ranges::any_of(found->second, [&](const Told& told) {
        return told.view == *view && told.seq == item.seq && (told.on_pages || !of.on_pages);
    });
}

std::vector<journal::Draft> TellingsBook::record(const Tellings& tellings) const {
    std::vector<journal::Draft> drafts;
    const auto number = numbers_.find(tellings.view.key());
    const auto view =
        number == numbers_.end() ? std::nullopt : std::optional<std::uint32_t>(number->second);
    std::vector<Telling> items;
    std::ranges::copy_if(tellings.items, std::back_inserter(items),
                         [&](const Telling& item) { return !is_known(view, item, tellings); });
    for (std::size_t first = 0; first < items.size(); first += kMaxTellingsPerRecord) {
        const std::size_t end = std::min(items.size(), first + kMaxTellingsPerRecord);
        Json told = Json::array();
        for (std::size_t i = first; i < end; ++i) {
            Json item = Json::array();
            item.push(items[i].unit).push(items[i].version).push(items[i].seq);
            told.push(std::move(item));
        }
        Json json = Json::object({{"view", to_json(tellings.view)},
                                  {"on_pages", tellings.on_pages},
                                  {"items", std::move(told)}});
        drafts.push_back(
            {std::string(records::kTold), tellings.view.edition, kNoSubject, json.to_string()});
    }
    return drafts;
}

std::vector<TellingsBook::Carrier> TellingsBook::carriers(const UnitKey& unit,
                                                          std::int64_t version) const {
    std::vector<Carrier> carriers;
    const auto found = told_.find(unit);
    if (found == told_.end()) return carriers;
    for (const Told& told : found->second) {
        if (told.version != version) continue;
        carriers.push_back({&views_[told.view], told.seq, told.on_pages});
    }
    return carriers;
}

std::uint32_t TellingsBook::number_of(const View& view) {
    const auto [known, is_new] =
        numbers_.try_emplace(view.key(), static_cast<std::uint32_t>(views_.size()));
    if (is_new) views_.push_back(view);
    return known->second;
}

void TellingsBook::apply(const journal::Record& record) {
    if (record.type != records::kTold) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    const std::uint32_t view = number_of(view_from(record.topic, (*json)["view"]));
    const bool on_pages = (*json)["on_pages"].as_bool();
    for (const Json& item : (*json)["items"].items()) {
        const auto& parts = item.items();
        ALTIS_ASSERT(parts.size() == 3);
        const auto seq = static_cast<std::uint64_t>(parts[2].as_int());
        auto& of_unit = told_[{record.topic, parts[0].as_string()}];
        const auto known = std::ranges::find_if(
            of_unit, [&](const Told& told) { return told.view == view && told.seq == seq; });
        if (known == of_unit.end()) {
            of_unit.push_back({parts[1].as_int(), seq, view, on_pages});
        } else {
            known->on_pages = known->on_pages || on_pages;
        }
    }
}

void TellingsBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(views_.size()));
    for (const View& view : views_) {
        out.put_text(view.edition);
        out.put_text(to_json(view).to_string());
    }
    out.put(static_cast<std::uint64_t>(told_.size()));
    for (const auto& [unit, of_unit] : told_) {
        out.put_text(unit.edition);
        out.put_text(unit.rsc);
        out.put(static_cast<std::uint64_t>(of_unit.size()));
        for (const Told& told : of_unit) {
            out.put(told.version);
            out.put(told.seq);
            out.put(told.view);
            out.put(static_cast<std::uint8_t>(told.on_pages ? 1 : 0));
        }
    }
}

Result<void> TellingsBook::load(ByteReader& in) {
    views_.clear();
    numbers_.clear();
    told_.clear();
    const auto views = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < views && in.ok(); ++i) {
        const std::string edition(in.get_text());
        const std::string_view text = in.get_text();
        if (!in.ok()) break;
        TRY(const Json json, codec::parse_json(text));
        number_of(view_from(edition, json));
    }
    const auto units = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < units && in.ok(); ++i) {
        const std::string edition(in.get_text());
        const std::string rsc(in.get_text());
        auto& of_unit = told_[{edition, rsc}];
        const auto count = in.get<std::uint64_t>();
        for (std::uint64_t j = 0; j < count && in.ok(); ++j) {
            Told told;
            told.version = in.get<std::int64_t>();
            told.seq = in.get<std::uint64_t>();
            told.view = in.get<std::uint32_t>();
            told.on_pages = in.get<std::uint8_t>() != 0;
            if (in.ok() && told.view >= views_.size()) {
                return fail(Code::kCorrupt, "tellings.state_corrupt",
                            "a snapshot's telling names an unknown view; replay instead");
            }
            of_unit.push_back(told);
        }
    }
    return in.finish("the tellings book's state");
}

}  // namespace altis::results::feed
