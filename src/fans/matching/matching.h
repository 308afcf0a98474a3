// Which of many typed-in records are about one person, with a confidence and the reasons.
//
// Pure: the same set of records gives the same answer, in any order, on any machine.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "fans/matching/comparison.h"
#include "fans/matching/person_record.h"

namespace altis::fans::matching {

constexpr std::size_t kMaxMatchedRecords = 500'000;  // about 2 KB of memory each
constexpr std::size_t kMaxPersonFieldBytes = 1'024;

// Pairs are accepted down to the confidence at which the model expects this share of all accepted
// pairs to be right, in millionths; and never below kLeastConfidence.
constexpr std::uint32_t kExpectedPrecision = 990'000;
constexpr std::uint32_t kLeastConfidence = 500'000;

// What one field says about a pair.
struct FieldEvidence {
    Level level = Level::kMissing;
    // How many times likelier this is for one person than for strangers: log2, in thousandths.
    std::int32_t weight_millibits = 0;
};

struct MatchEvidence {
    std::array<FieldEvidence, kPersonFields> fields;
    bool names_swapped = false;
    bool address_lines_swapped = false;
};

// Two records that the model takes for one person.
struct Match {
    std::size_t left = 0;  // places in the input
    std::size_t right = 0;
    std::uint32_t confidence = 0;  // chance that it is one person, in millionths; below 1,000,000
    MatchEvidence evidence;
};

// Records about one person, as places in the input, in canonical order; at least two.
struct Cluster {
    std::vector<std::size_t> records;
    // The chance that the least sure record belongs here, in millionths.
    std::uint32_t confidence = 0;
};

struct Matching {
    std::vector<Match> matches;     // accepted pairs within clusters, in canonical order
    std::vector<Cluster> clusters;  // in canonical order; a record is in one at most
    std::uint32_t threshold = 0;    // least accepted confidence, in millionths
    std::uint64_t compared_pairs = 0;
};

// Hears how far a stage ("comparing", ...) is. May be empty.
using MatchProgress =
    std::function<void(std::string_view stage, std::uint64_t done, std::uint64_t all)>;

// Time and memory grow about linearly with the records. Fails with "matching.too_many" over
// kMaxMatchedRecords, and "matching.value_too_long" over kMaxPersonFieldBytes.
Result<Matching> match_people(std::span<const PersonRecord> records,
                              const MatchProgress& progress = {});

// The evidence in words, strongest first: "birth date equal", "surname differs by one letter",
// "given name different". Says nothing of the values, so it may be stored and shown.
std::vector<std::string> reasons(const MatchEvidence& evidence);

}  // namespace altis::fans::matching
