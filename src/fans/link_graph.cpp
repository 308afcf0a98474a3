#include "fans/link_graph.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"

namespace altis::fans {
namespace {

auto key_of(const Link& link) {
    return std::tuple(to_number(link.from), to_number(link.to), link.kind);
}

bool is_earlier(const Link& one, const Link& other) {
    return std::tuple(one.time, one.tie, to_number(one.to)) <
           std::tuple(other.time, other.tie, to_number(other.to));
}

}  // namespace

// All links of a subject, until the next change.
std::span<const Link> LinkGraph::of(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    return number < links_.size() ? std::span<const Link>(links_[number]) : std::span<const Link>();
}

// The link of a device that holds: the earliest that was not cut.
const Link* LinkGraph::home(SubjectId device) const {
    const Link* best = nullptr;
    for (const Link& link : of(device)) {
        const bool is_claim = link.kind == LinkKind::kDevice && link.from == device && !link.cut;
        if (is_claim && (best == nullptr || is_earlier(link, *best))) best = &link;
    }
    return best;
}

bool LinkGraph::holds(const Link& link) const {
    if (link.cut) return false;
    if (link.kind != LinkKind::kDevice) return true;
    const Link* const held = home(link.from);
    return held != nullptr && held->to == link.to;
}

Link* LinkGraph::find(SubjectId owner, const Link& like) {
    const std::span<const Link> links = of(owner);
    const auto at = std::ranges::find(links, key_of(like), key_of);
    return at == links.end() ? nullptr : const_cast<Link*>(&*at);
}

const Link* LinkGraph::find(SubjectId from, SubjectId to, LinkKind kind) const {
    return const_cast<LinkGraph*>(this)->find(from, Link{from, to, kind, false, {}, 0});
}

void LinkGraph::insert(SubjectId owner, const Link& link) {
    const std::uint32_t number = to_number(owner);
    if (number >= links_.size()) links_.resize(std::size_t{number} + 1);
    Links& links = links_[number];
    links.insert(std::ranges::upper_bound(links, key_of(link), {}, key_of), link);
}

// False when the link was cut before, of whatever kind the evidence was.
bool LinkGraph::enter(Link link) {
    const std::span<const Link> links = of(link.from);
    link.cut = std::ranges::any_of(links, [&](const Link& other) {
        return other.cut && (other.from == link.to || other.to == link.to);
    });
    insert(link.from, link);
    insert(link.to, link);
    return !link.cut;
}

// False when nothing changes: the known link was cut, or is as early.
bool LinkGraph::move_back(const Link& link) {
    Link* const known = find(link.from, link);
    if (known->cut || !is_earlier(link, *known)) return false;
    *known = link;
    *find(link.to, link) = link;
    return true;
}

LinkEffect LinkGraph::add(const Link& link) {
    ALTIS_ASSERT(link.from != link.to);
    const Link* const old_home = home(link.from);
    const SubjectId old_user = old_home == nullptr ? kNoSubject : old_home->to;
    const bool is_known = find(link.from, link) != nullptr;
    if (!(is_known ? move_back(link) : enter(link))) return LinkEffect::kNone;
    if (link.kind != LinkKind::kDevice) return is_known ? LinkEffect::kNone : LinkEffect::kJoins;
    if (home(link.from)->to == old_user) return LinkEffect::kNone;
    return old_user == kNoSubject ? LinkEffect::kJoins : LinkEffect::kRearranges;
}

LinkEffect LinkGraph::cut(SubjectId one, SubjectId other) {
    LinkEffect effect = LinkEffect::kNone;
    for (const auto& [owner, peer] : {std::pair(one, other), std::pair(other, one)}) {
        if (to_number(owner) >= links_.size()) continue;
        for (Link& link : links_[to_number(owner)]) {
            if ((link.from != peer && link.to != peer) || link.cut) continue;
            link.cut = true;
            effect = LinkEffect::kRearranges;
        }
    }
    return effect;
}

void LinkGraph::remove(SubjectId subject) {
    if (to_number(subject) >= links_.size()) return;
    for (const Link& link : links_[to_number(subject)]) {
        const SubjectId peer = link.from == subject ? link.to : link.from;
        std::erase_if(links_[to_number(peer)],
                      [&](const Link& other) { return key_of(other) == key_of(link); });
    }
    links_[to_number(subject)] = Links();
}

std::vector<Link> LinkGraph::links_of(SubjectId subject) const {
    const std::span<const Link> links = of(subject);
    return {links.begin(), links.end()};
}

void LinkGraph::save(ByteWriter& out) const {
    Links all;
    for (std::size_t owner = 0; owner < links_.size(); ++owner) {
        for (const Link& link : links_[owner])
            if (to_number(link.from) == owner) all.push_back(link);
    }
    std::ranges::sort(all, {}, key_of);
    out.put(static_cast<std::uint32_t>(all.size()));
    for (const Link& link : all) {
        out.put(to_number(link.from), to_number(link.to), static_cast<std::uint8_t>(link.kind),
                static_cast<std::uint8_t>(link.cut), link.time.us, link.tie, link.confidence_ppm);
    }
}

Result<void> LinkGraph::load(ByteReader& in) {
    links_.clear();
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        Link link;
        link.from = SubjectId{in.get<std::uint32_t>()};
        link.to = SubjectId{in.get<std::uint32_t>()};
        link.kind = static_cast<LinkKind>(in.get<std::uint8_t>());
        link.cut = in.get<std::uint8_t>() != 0;
        link.time.us = in.get<std::int64_t>();
        link.tie = in.get<std::uint64_t>();
        link.confidence_ppm = in.get<std::uint32_t>();
        if (link.from == link.to || link.kind > LinkKind::kStated) {
            return fail(Code::kCorrupt, "fans.snapshot_damaged",
                        "the snapshot of the fans has a link that cannot be; replay the journal");
        }
        insert(link.from, link);
        insert(link.to, link);
    }
    return {};
}

}  // namespace altis::fans
