// The words of the medal register: who holds a medal of an event, since when, and who said so when.
//
// Two time axes. `valid_from` is the moment in the world from which a list of holders holds;
// `published_at` is when its source made it known. The record's own time, when this installation
// learnt it, is a third fact that every version keeps beside them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "results/medals.h"

namespace altis::results {

constexpr std::size_t kMaxAwardsPerEvent = 64;        // medals of one event, vacant ones included
constexpr std::size_t kMaxAwardMembers = 200;         // names within one team's medal
constexpr std::size_t kMaxAwardTextBytes = 1'000;     // of any text of an award list
constexpr std::size_t kMaxAwardListsPerPost = 2'000;  // events in one request

enum class AwardStatus : std::uint8_t {
    kHeld,
    kProvisional,  // held, while a protest, a laboratory or a court has not spoken: counts
    kPending,      // earned and not given, e.g. before a ceremony that waits: does not count
    kVacant,       // nobody holds it: does not count
    kWithdrawn,    // taken from this holder: does not count
};
constexpr std::array<std::string_view, 5> kAwardStatusNames = {"held", "provisional", "pending",
                                                               "vacant", "withdrawn"};
std::string_view to_string(AwardStatus status);
std::optional<AwardStatus> parse_award_status(std::string_view name);
std::optional<Medal> parse_medal(std::string_view name);

// One medal of an event. A team's medal is one medal, whoever its members are.
struct Award {
    Medal medal = Medal::kGold;
    AwardStatus status = AwardStatus::kHeld;
    std::string competitor;            // code within this Games; empty when the source has none
    std::string organisation;          // code within this Games: no country, no person across Games
    std::string name;                  // of an athlete or team, to show; may be empty
    std::vector<std::string> members;  // names of a team's members
    friend bool operator==(const Award&, const Award&) = default;

    bool counts() const {
        return status == AwardStatus::kHeld || status == AwardStatus::kProvisional;
    }
};

// Which list it is. Sources that know units (ODF) keep one list per unit that gives medals; an
// event may then have several (a final and two matches for bronze).
struct AwardPlace {
    std::string edition;
    std::string discipline;
    std::string event;
    std::string unit;  // RSC, or empty
    friend auto operator<=>(const AwardPlace&, const AwardPlace&) = default;
};

// Everybody who holds a medal of an event, as one source says it: a version of that truth, whole.
struct AwardList {
    AwardPlace place;
    std::vector<Award> awards;  // may be empty: the event gave no medal
    bool is_official = false;   // from here on a change needs a reason and two keys
    Time valid_from;
    std::optional<Time> published_at;  // none: known at the time of its record
    std::string source;                // who says it: "odf", "history", a feed's name
    std::string reason;                // why it differs from the version before
    std::string document;              // decision, fact id or address that proves it
    friend bool operator==(const AwardList&, const AwardList&) = default;
};

// Absent members are left out; times are RFC 3339.
codec::Json to_json(const Award& award);
codec::Json to_json(const AwardList& list);

// The inverses, of requests too. Fail with "results.award_malformed", naming what is wrong.
Result<Award> award_from(const codec::Json& json);
Result<AwardList> award_list_from(const codec::Json& json);

// Success when a list can be recorded: named places, known limits, a holder wherever one is needed.
// Fails with "results.award_malformed".
Result<void> check_award_list(const AwardList& list);

}  // namespace altis::results
