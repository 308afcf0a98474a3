#include "rights/page_links_book.h"

#include <algorithm>

#include "base/assert.h"
#include "codec/json.h"

namespace altis::rights {
namespace {

constexpr std::string_view kEnded = "page_links.ended";

}  // namespace

journal::Decision PageLinksBook::end(SubjectId subject) const {
    const auto json = codec::Json::object({{"subject", to_number(subject)}});
    return std::vector<journal::Draft>{{std::string(kEnded), "", kNoSubject, json.to_string()}};
}

bool PageLinksBook::has_ended(std::span<const SubjectId> subjects, Time made) const {
    return std::ranges::any_of(subjects, [&](SubjectId subject) {
        const auto found = ended_.find(subject);
        return found != ended_.end() && made <= found->second;
    });
}

void PageLinksBook::apply(const journal::Record& record) {
    if (record.type != kEnded) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    std::erase_if(ended_,
                  [&](const auto& entry) { return entry.second + kMaxPageLinkLife < record.time; });
    const SubjectId subject{static_cast<std::uint32_t>((*json)["subject"].as_int())};
    Time& ended = ended_[subject];
    ended = std::max(ended, record.time);
}

void PageLinksBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(ended_.size()));
    for (const auto& [subject, time] : ended_)
        out.put(to_number(subject), time.us);
}

Result<void> PageLinksBook::load(ByteReader& in) {
    ended_.clear();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const SubjectId subject{in.get<std::uint32_t>()};
        ended_[subject] = Time{in.get<std::int64_t>()};
    }
    return in.finish("the page links' snapshot");
}

}  // namespace altis::rights
