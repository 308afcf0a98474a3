// Why subjects are one fan: links with evidence, each of which can be taken back.
//
// Which links hold is a function of the set of links that were ever stated, in any order:
//   - a link that was cut does not hold, whatever is stated about it later;
//   - a device holds with one user only, the one it was seen with first (by event time); so a
//     shared device does not make one fan of a family;
//   - every other link holds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"
#include "fans/block_pool.h"
#include "fans/chunked_array.h"

namespace altis::fans {

enum class LinkKind : std::uint8_t {
    kDevice,   // the device `from` was used by the user `to`
    kAlias,    // the sender says that two identifiers are one person
    kMatched,  // typed-in data are so much alike
    kStated,   // somebody with the right to do so said it
};
constexpr std::string_view kLinkKindNames[] = {"device", "alias", "matched", "stated"};

constexpr std::uint32_t kCertain = 1'000'000;  // parts per million

struct Link {
    SubjectId from = kNoSubject;
    SubjectId to = kNoSubject;
    LinkKind kind = LinkKind::kDevice;
    bool cut = false;
    Time time;              // of the earliest event that says so
    std::uint64_t tie = 0;  // among events of the same moment: of the message's fingerprint
    std::uint32_t confidence_ppm = kCertain;
};

// What a change of the links means for the fans they make.
enum class LinkEffect : std::uint8_t {
    kNone,
    kJoins,      // one more link holds, and no fewer
    kRearranges  // links ceased to hold
};

// Not thread-safe.
class LinkGraph {
  public:
    // States a link, or an earlier moment of a known one.
    LinkEffect add(const Link& link);

    // Takes every link between the two back for good, and those that are stated later.
    LinkEffect cut(SubjectId one, SubjectId other);

    // Removes every link of a subject. The caller takes care of what that means.
    void remove(SubjectId subject);

    std::optional<Link> find(SubjectId from, SubjectId to, LinkKind kind) const;
    // Whether a link that is there holds.
    bool holds(const Link& link) const;

    // All links in which the subject stands, cut ones and such that do not hold included; by their
    // ends and kind.
    std::vector<Link> links_of(SubjectId subject) const;
    // Those of them that begin at the subject.
    std::vector<Link> links_from(SubjectId subject) const;

    // Begin to fetch what `find` will read, a step each.
    void prefetch_place(SubjectId from) const {
        const std::uint32_t number = to_number(from);
        if (number < blocks_.size()) __builtin_prefetch(&blocks_[number]);
    }
    void prefetch_content(SubjectId from) const {
        const BlockPool::Block at = block(from);
        if (at != BlockPool::kNone) pool_.prefetch(at, sizeof(Head) + sizeof(Claim));
    }

    // Calls `visit(SubjectId)` for everybody whom a holding link ties to the subject.
    template <class Visitor>
    void for_each_neighbour(SubjectId subject, const Visitor& visit) const {
        for (const Claim& claim : claims(subject))
            if (holds(subject, claim)) visit(claim.to);
        for (const SubjectId peer : claimants(subject)) {
            for (const Claim& claim : claims(peer))
                if (claim.to == subject && holds(peer, claim)) visit(peer);
        }
    }

    void save(ByteWriter& out) const;
    // Fails with "fans.snapshot_damaged".
    Result<void> load(ByteReader& in);

  private:
    // A link, as it stands with the subject it begins at. 24 bytes.
    struct Claim {
        Time time;
        std::uint64_t tie;
        SubjectId to;
        std::uint32_t confidence_ppm : 24;
        std::uint32_t kind : 7;
        std::uint32_t cut : 1;
    };
    // Of the block of a subject. Behind it: claims by `to` and kind, then claimants.
    struct Head {
        std::uint32_t claims = 0;
        std::uint32_t claimants = 0;  // subjects whose links end here, ascending

        static std::size_t claim_at(std::size_t i) { return sizeof(Head) + i * sizeof(Claim); }
        std::size_t claimant_at(std::size_t i) const {
            return claim_at(claims) + i * sizeof(SubjectId);
        }
        std::size_t size() const { return claimant_at(claimants); }
    };

    static Claim claim_of(const Link& link);
    static Link link_of(SubjectId from, const Claim& claim);
    static bool is_earlier(const Claim& one, const Claim& other);

    BlockPool::Block block(SubjectId subject) const;
    Head head(SubjectId subject) const;
    std::span<const Claim> claims(SubjectId from) const;
    std::span<const SubjectId> claimants(SubjectId to) const;
    const Claim* home(SubjectId device) const;
    const Claim* find_claim(SubjectId from, SubjectId to, LinkKind kind) const;
    bool holds(SubjectId from, const Claim& claim) const;
    bool is_cut(SubjectId from, SubjectId to) const;
    bool cut_claims(SubjectId from, SubjectId to);

    bool enter(Link link);
    static bool move_back(const Claim& known, const Link& link);
    void insert(const Link& link);
    void erase_claims(SubjectId from, SubjectId to);
    void erase_claimant(SubjectId to, SubjectId from);
    Head& known_head(SubjectId subject);
    void insert_bytes(SubjectId subject, std::size_t where, const void* bytes, std::size_t size);
    void erase_bytes(SubjectId subject, std::size_t where, std::size_t size, Head after);

    ChunkedArray<BlockPool::Block> blocks_;  // by number of the subject
    BlockPool pool_;
};

}  // namespace altis::fans
