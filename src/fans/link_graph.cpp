#include "fans/link_graph.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <tuple>

#include "base/assert.h"

namespace altis::fans {
namespace {

auto key_of(const Link& link) {
    return std::tuple(to_number(link.from), to_number(link.to), link.kind);
}

}  // namespace

LinkGraph::Claim LinkGraph::claim_of(const Link& link) {
    ALTIS_ASSERT(link.confidence_ppm <= kCertain);
    Claim claim{link.time, link.tie, link.to, 0, 0, 0};
    claim.confidence_ppm = link.confidence_ppm & 0xFF'FFFF;
    claim.kind = static_cast<std::uint8_t>(link.kind) & 0x7F;
    claim.cut = link.cut ? 1 : 0;
    return claim;
}

Link LinkGraph::link_of(SubjectId from, const Claim& claim) {
    return {from,
            claim.to,
            static_cast<LinkKind>(claim.kind),
            claim.cut != 0,
            claim.time,
            claim.tie,
            claim.confidence_ppm};
}

bool LinkGraph::is_earlier(const Claim& one, const Claim& other) {
    return std::tuple(one.time, one.tie, to_number(one.to)) <
           std::tuple(other.time, other.tie, to_number(other.to));
}

BlockPool::Block LinkGraph::block(SubjectId subject) const {
    const std::uint32_t number = to_number(subject);
    return number < blocks_.size() ? blocks_[number] : BlockPool::kNone;
}

LinkGraph::Head LinkGraph::head(SubjectId subject) const {
    const BlockPool::Block at = block(subject);
    return at == BlockPool::kNone ? Head() : *reinterpret_cast<const Head*>(pool_.at(at));
}

std::span<const LinkGraph::Claim> LinkGraph::claims(SubjectId from) const {
    const Head counts = head(from);
    if (counts.claims == 0) return {};
    const std::byte* const begin = pool_.at(block(from)) + Head::claim_at(0);
    return {reinterpret_cast<const Claim*>(begin), counts.claims};
}

std::span<const SubjectId> LinkGraph::claimants(SubjectId to) const {
    const Head counts = head(to);
    if (counts.claimants == 0) return {};
    const std::byte* const begin = pool_.at(block(to)) + counts.claimant_at(0);
    return {reinterpret_cast<const SubjectId*>(begin), counts.claimants};
}

// The claim of a device that holds: the earliest that was not cut.
const LinkGraph::Claim* LinkGraph::home(SubjectId device) const {
    const Claim* best = nullptr;
    for (const Claim& claim : claims(device)) {
        if (static_cast<LinkKind>(claim.kind) != LinkKind::kDevice || claim.cut != 0) continue;
        if (best == nullptr || is_earlier(claim, *best)) best = &claim;
    }
    return best;
}

bool LinkGraph::holds(SubjectId from, const Claim& claim) const {
    if (claim.cut != 0) return false;
    if (static_cast<LinkKind>(claim.kind) != LinkKind::kDevice) return true;
    return home(from) == &claim;
}

bool LinkGraph::holds(const Link& link) const {
    const Claim* const claim = find_claim(link.from, link.to, link.kind);
    return claim != nullptr && holds(link.from, *claim);
}

const LinkGraph::Claim* LinkGraph::find_claim(SubjectId from, SubjectId to, LinkKind kind) const {
    const auto list = claims(from);
    const auto found = std::ranges::find_if(list, [&](const Claim& claim) {
        return claim.to == to && static_cast<LinkKind>(claim.kind) == kind;
    });
    return found == list.end() ? nullptr : &*found;
}

std::optional<Link> LinkGraph::find(SubjectId from, SubjectId to, LinkKind kind) const {
    const Claim* const claim = find_claim(from, to, kind);
    return claim == nullptr ? std::nullopt : std::optional(link_of(from, *claim));
}

bool LinkGraph::is_cut(SubjectId from, SubjectId to) const {
    return std::ranges::any_of(
        claims(from), [to](const Claim& claim) { return claim.to == to && claim.cut != 0; });
}

// The caller counts them in the head.
void LinkGraph::insert_bytes(SubjectId subject, std::size_t where, const void* bytes,
                             std::size_t size) {
    blocks_.reach(to_number(subject));
    BlockPool::Block& at = blocks_[to_number(subject)];
    if (at == BlockPool::kNone) {
        at = pool_.insert(BlockPool::kNone, 0, 0, sizeof(Head) + size);
        new (pool_.at(at)) Head();
    } else {
        at = pool_.insert(at, head(subject).size(), where, size);
    }
    std::memcpy(pool_.at(at) + where, bytes, size);
}

// With the new counts.
void LinkGraph::erase_bytes(SubjectId subject, std::size_t where, std::size_t size, Head after) {
    BlockPool::Block& at = blocks_[to_number(subject)];
    if (after.claims == 0 && after.claimants == 0) {
        pool_.free(at, head(subject).size());
        at = BlockPool::kNone;
        return;
    }
    at = pool_.erase(at, head(subject).size(), where, size);
    std::memcpy(pool_.at(at), &after, sizeof(Head));
}

LinkGraph::Head& LinkGraph::known_head(SubjectId subject) {
    return *reinterpret_cast<Head*>(pool_.at(blocks_[to_number(subject)]));
}

void LinkGraph::insert(const Link& link) {
    const Claim claim = claim_of(link);
    const auto key = [](const Claim& one) { return std::pair(to_number(one.to), one.kind + 0U); };
    const auto list = claims(link.from);
    const auto at = std::ranges::upper_bound(list, key(claim), {}, key) - list.begin();
    insert_bytes(link.from, Head::claim_at(static_cast<std::size_t>(at)), &claim, sizeof(claim));
    ++known_head(link.from).claims;

    const auto peers = claimants(link.to);
    const auto peer = std::ranges::lower_bound(peers, link.from);
    if (peer != peers.end() && *peer == link.from) return;
    const auto place = static_cast<std::size_t>(peer - peers.begin());
    insert_bytes(link.to, head(link.to).claimant_at(place), &link.from, sizeof(link.from));
    ++known_head(link.to).claimants;
}

// False when the link was cut before, of whatever kind the evidence was.
bool LinkGraph::enter(Link link) {
    link.cut = is_cut(link.from, link.to) || is_cut(link.to, link.from);
    insert(link);
    return !link.cut;
}

// False when nothing changes: the known link was cut, or is as early.
bool LinkGraph::move_back(const Claim& known, const Link& link) {
    const Claim fresh = claim_of(link);
    if (known.cut != 0 || !is_earlier(fresh, known)) return false;
    const_cast<Claim&>(known) = fresh;
    return true;
}

LinkEffect LinkGraph::add(const Link& link) {
    ALTIS_ASSERT(link.from != link.to);
    const Claim* const old_home = home(link.from);
    const SubjectId old_user = old_home == nullptr ? kNoSubject : old_home->to;
    const Claim* const known = find_claim(link.from, link.to, link.kind);
    const bool is_known = known != nullptr;
    if (!(is_known ? move_back(*known, link) : enter(link))) return LinkEffect::kNone;
    if (link.kind != LinkKind::kDevice) return is_known ? LinkEffect::kNone : LinkEffect::kJoins;
    if (home(link.from)->to == old_user) return LinkEffect::kNone;
    return old_user == kNoSubject ? LinkEffect::kJoins : LinkEffect::kRearranges;
}

// True when there was one to cut.
bool LinkGraph::cut_claims(SubjectId from, SubjectId to) {
    bool is_change = false;
    for (const Claim& claim : claims(from)) {
        if (claim.to != to || claim.cut != 0) continue;
        const_cast<Claim&>(claim).cut = 1;
        is_change = true;
    }
    return is_change;
}

LinkEffect LinkGraph::cut(SubjectId one, SubjectId other) {
    const bool is_first = cut_claims(one, other);
    const bool is_second = cut_claims(other, one);
    return is_first || is_second ? LinkEffect::kRearranges : LinkEffect::kNone;
}

void LinkGraph::erase_claims(SubjectId from, SubjectId to) {
    const auto list = claims(from);
    const auto doomed = std::ranges::equal_range(list, to, {}, &Claim::to);
    Head after = head(from);
    after.claims -= static_cast<std::uint32_t>(doomed.size());
    const auto at = static_cast<std::size_t>(doomed.begin() - list.begin());
    erase_bytes(from, Head::claim_at(at), doomed.size() * sizeof(Claim), after);
}

void LinkGraph::erase_claimant(SubjectId to, SubjectId from) {
    const auto peers = claimants(to);
    const auto peer = std::ranges::lower_bound(peers, from);
    if (peer == peers.end() || *peer != from) return;  // one of several links to it
    Head after = head(to);
    --after.claimants;
    const auto at = static_cast<std::size_t>(peer - peers.begin());
    erase_bytes(to, head(to).claimant_at(at), sizeof(from), after);
}

void LinkGraph::remove(SubjectId subject) {
    for (const Claim& claim : claims(subject))
        erase_claimant(claim.to, subject);
    for (const SubjectId peer : claimants(subject))
        erase_claims(peer, subject);
    if (block(subject) == BlockPool::kNone) return;
    pool_.free(block(subject), head(subject).size());
    blocks_[to_number(subject)] = BlockPool::kNone;
}

std::vector<Link> LinkGraph::links_from(SubjectId subject) const {
    std::vector<Link> links;
    for (const Claim& claim : claims(subject))
        links.push_back(link_of(subject, claim));
    return links;
}

std::vector<Link> LinkGraph::links_of(SubjectId subject) const {
    std::vector<Link> links = links_from(subject);
    for (const SubjectId peer : claimants(subject)) {
        for (const Claim& claim : claims(peer))
            if (claim.to == subject) links.push_back(link_of(peer, claim));
    }
    std::ranges::sort(links, {}, key_of);
    return links;
}

void LinkGraph::save(ByteWriter& out) const {
    std::uint32_t count = 0;
    for (std::uint32_t owner = 0; owner < blocks_.size(); ++owner)
        count += head(SubjectId{owner}).claims;
    out.put(count);
    for (std::uint32_t owner = 0; owner < blocks_.size(); ++owner) {
        for (const Link& link : links_from(SubjectId{owner})) {
            out.put(to_number(link.from), to_number(link.to), static_cast<std::uint8_t>(link.kind),
                    static_cast<std::uint8_t>(link.cut), link.time.us, link.tie,
                    link.confidence_ppm);
        }
    }
}

Result<void> LinkGraph::load(ByteReader& in) {
    *this = LinkGraph();
    for (auto left = in.get<std::uint32_t>(); left > 0 && in.ok(); --left) {
        Link link;
        link.from = SubjectId{in.get<std::uint32_t>()};
        link.to = SubjectId{in.get<std::uint32_t>()};
        link.kind = static_cast<LinkKind>(in.get<std::uint8_t>());
        link.cut = in.get<std::uint8_t>() != 0;
        link.time.us = in.get<std::int64_t>();
        link.tie = in.get<std::uint64_t>();
        link.confidence_ppm = in.get<std::uint32_t>();
        if (link.from == link.to || link.kind > LinkKind::kStated ||
            link.confidence_ppm > kCertain) {
            return fail(Code::kCorrupt, "fans.snapshot_damaged",
                        "the snapshot of the fans has a link that cannot be; replay the journal");
        }
        insert(link);
    }
    return {};
}

}  // namespace altis::fans
