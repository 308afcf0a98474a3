// What the book of the fans tells about identity.
#include <algorithm>

#include "codec/text.h"
#include "fans/fans_book.h"

namespace altis::fans {
namespace {

using codec::Json;

void put_key(ByteWriter& out, const crypto::Fingerprint& key) {
    out.put(key.low, key.high);
}

Json link_json(const Subjects& subjects, const Link& link) {
    return Json::object({{"from", to_number(link.from)},
                         {"to", to_number(link.to)},
                         {"kind", kLinkKindNames[static_cast<std::size_t>(link.kind)]},
                         {"since", format_rfc3339(link.time)},
                         {"confidence_ppm", link.confidence_ppm},
                         {"holds", subjects.graph().holds(link)},
                         {"cut", link.cut}});
}

}  // namespace

Json FansBook::links(FanId fan) const {
    Json subjects = Json::array();
    Json links = Json::array();
    for (const SubjectId member : subjects_.members(fan)) {
        const Contribution subject = subjects_.contribution(member);
        subjects.push(Json::object({{"subject", to_number(member)},
                                    {"user_id", subject.user_id()},
                                    {"events", subject.events()}}));
        for (const Link& link : subjects_.graph().links_of(member)) {
            // A link to another fan, which does not hold, stands with its first end.
            const bool is_inside = fan_of(link.from) == fan && fan_of(link.to) == fan;
            if (is_inside && link.from != member) continue;
            links.push(link_json(subjects_, link));
        }
    }
    return Json::object({{"subjects", subjects}, {"links", links}});
}

// Also of a third identifier: the match would tie together what was cut.
MatchFate FansBook::judge_match(const crypto::Fingerprint& one,
                                const crypto::Fingerprint& other) const {
    const FanId left = find_fan(one);
    const FanId right = find_fan(other);
    if (left == kNoSubject || right == kNoSubject) return MatchFate::kGone;
    if (left == right) return MatchFate::kOneFan;
    for (const SubjectId member : subjects_.members(left)) {
        for (const Link& link : subjects_.graph().links_of(member)) {
            const SubjectId peer = link.from == member ? link.to : link.from;
            if (link.cut && fan_of(peer) == right) return MatchFate::kTakenBack;
        }
    }
    return MatchFate::kNew;
}

// Every subject has one identifier, so the fingerprints stand for the subjects' numbers.
crypto::Digest FansBook::content_hash() const {
    std::unordered_map<std::uint32_t, crypto::Fingerprint> names;
    directory_.for_each([&](const Entry& entry) { names[to_number(entry.subject)] = entry.key; });
    const auto name_of = [&](SubjectId subject) {
        const auto found = names.find(to_number(subject));
        return found == names.end() ? crypto::Fingerprint{} : found->second;
    };
    ByteWriter out;
    const FeatureOrder order = subjects_.save_features(out);
    directory_.for_each([&](const Entry& entry) {
        put_key(out, entry.key);
        subjects_.save_contribution(out, entry.subject, order);
        std::vector<std::pair<crypto::Fingerprint, Link>> links;
        for (const Link& link : subjects_.graph().links_from(entry.subject))
            links.emplace_back(name_of(link.to), link);
        std::ranges::sort(links, {}, [](const auto& named) {
            return std::tuple(named.first.high, named.first.low, named.second.kind);
        });
        for (const auto& [to, link] : links) {
            put_key(out, to);
            out.put(static_cast<std::uint8_t>(link.kind), static_cast<std::uint8_t>(link.cut),
                    link.time.us, link.tie, link.confidence_ppm);
        }
    });
    known_.for_each([&](const Known& known) {
        put_key(out, known.key);
        out.put(known.content);
        put_key(out, name_of(known.subject));
    });
    return crypto::sha256(out.bytes());
}

}  // namespace altis::fans
