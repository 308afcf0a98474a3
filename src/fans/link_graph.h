// Why subjects are one fan: links with evidence, each of which can be taken back.
//
// Which links hold is a function of the set of links that were ever stated, in any order:
//   - a link that was cut does not hold, whatever is stated about it later;
//   - a device holds with one user only, the one it was seen with first (by event time); so a
//     shared device does not make one fan of a family;
//   - every other link holds.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/subject.h"
#include "base/time.h"

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

    const Link* find(SubjectId from, SubjectId to, LinkKind kind) const;
    bool holds(const Link& link) const;

    // All links in which the subject stands, cut ones and such that do not hold included.
    std::vector<Link> links_of(SubjectId subject) const;

    // Calls `visit(SubjectId)` for everybody whom a holding link ties to the subject.
    template <class Visitor>
    void for_each_neighbour(SubjectId subject, const Visitor& visit) const {
        for (const Link& link : of(subject)) {
            if (holds(link)) visit(link.from == subject ? link.to : link.from);
        }
    }

    void save(ByteWriter& out) const;
    // Fails with "fans.snapshot_damaged".
    Result<void> load(ByteReader& in);

  private:
    using Links = std::vector<Link>;

    std::span<const Link> of(SubjectId subject) const;
    const Link* home(SubjectId device) const;
    Link* find(SubjectId owner, const Link& like);
    void insert(SubjectId owner, const Link& link);
    bool enter(Link link);
    bool move_back(const Link& link);

    std::vector<Links> links_;  // by number of the subject; each link stands with both ends
};

}  // namespace altis::fans
