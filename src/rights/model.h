// The words of the rule book: who, whose, what, what for, which Games.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/subject.h"
#include "base/time.h"
#include "journal/record.h"

namespace altis::rights {

// Kinds of data. Biometric and athlete health are locked until their owner unlocks them in writing.
enum class Category : std::uint8_t {
    kFanEngagement,
    kCommerce,
    kVenueOperations,
    kSecuritySurveillance,
    kBiometric,
    kAthletePerformance,
    kAthleteHealth,
    kResults,
    kBroadcast,
};
constexpr std::array<std::string_view, 9> kCategoryNames = {
    "fan_engagement",        "commerce",  "venue_operations",
    "security_surveillance", "biometric", "athlete_performance",
    "athlete_health",        "results",   "broadcast"};

// What data may be used for.
enum class Purpose : std::uint8_t {
    kOperations,  // running the service that the person asked for
    kAnalytics,
    kPersonalisation,
    kMessages,
    kCleanRoom,
    kSegmentSharing,
    kPublication,  // official results to the public
};
constexpr std::array<std::string_view, 7> kPurposeNames = {
    "operations", "analytics",       "personalisation", "messages",
    "clean_room", "segment_sharing", "publication"};

std::string_view to_string(Category category);
std::string_view to_string(Purpose purpose);
std::optional<Category> parse_category(std::string_view name);
std::optional<Purpose> parse_purpose(std::string_view name);

// The purposes for which data leaves the organisation that the person dealt with. A browser's
// Global Privacy Control (Sec-GPC: 1) opts out of these, in every edition.
inline constexpr std::array kSharingPurposes = {Purpose::kCleanRoom, Purpose::kSegmentSharing};

// One request to use data. `subjects` are those of one person; none for questions about no single
// person.
struct Access {
    std::string actor;         // id of the API key or of the internal process that asks
    std::string organisation;  // on whose behalf
    Category category = Category::kFanEngagement;
    Purpose purpose = Purpose::kOperations;
    std::string edition;
    std::vector<SubjectId> subjects = {};
};

// A person's decision about one purpose in one edition.
struct Consent {
    Time at;                     // when the person decided, by the event that says so
    journal::Offset offset = 0;  // of the record that holds it: the proof
    bool given = false;

    // The later one counts; of two at the same moment, the withdrawal.
    friend bool outweighs(const Consent& one, const Consent& other) {
        if (one.at != other.at) return one.at > other.at;
        return !one.given && other.given;
    }
};

// The answer, with the rule that decided, e.g. "owner", "grant:<id>", "no_grant",
// "category_locked", "consent_missing", and one sentence for people.
struct Verdict {
    bool allowed = false;
    std::string rule;
    std::string explanation;
};

}  // namespace altis::rights
