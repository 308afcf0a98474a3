// Precision and recall of a matching over all pairs of records, for tests.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "fans/matching/matching.h"

namespace altis::fans::matching {

struct Score {
    std::uint64_t true_pairs = 0;   // pairs of records that are one person
    std::uint64_t found_pairs = 0;  // pairs within clusters
    std::uint64_t right_pairs = 0;  // of these, one person
    std::uint64_t compared_pairs = 0;

    double precision() const { return ratio(right_pairs, found_pairs); }
    double recall() const { return ratio(right_pairs, true_pairs); }
    double f1() const {
        const double sum = precision() + recall();
        return sum > 0 ? 2 * precision() * recall() / sum : 0;
    }

  private:
    // Finding nothing where nothing is to be found is perfect.
    static double ratio(std::uint64_t part, std::uint64_t all) {
        return all == 0 ? 1 : static_cast<double>(part) / static_cast<double>(all);
    }
};

inline std::uint64_t pairs_among(std::uint64_t count) {
    return count * (count - 1) / 2;
}

// Matches the records and compares with the truth: records with equal `person` are one person.
template <class Person>
Score score(const std::vector<PersonRecord>& records, const std::vector<Person>& person) {
    const Result<Matching> matching = match_people(records);
    Score score;
    if (!matching) return score;
    score.compared_pairs = matching->compared_pairs;
    std::map<Person, std::uint64_t> records_of;
    for (const Person& one : person)
        ++records_of[one];
    for (const auto& [one, count] : records_of)
        score.true_pairs += pairs_among(count);
    for (const Cluster& cluster : matching->clusters) {
        std::map<Person, std::uint64_t> here;
        for (std::size_t record : cluster.records)
            ++here[person[record]];
        score.found_pairs += pairs_among(cluster.records.size());
        for (const auto& [one, count] : here)
            score.right_pairs += pairs_among(count);
    }
    return score;
}

inline void print_score(const std::string& what, const Score& score) {
    std::printf(
        "%-44s precision %.4f  recall %.4f  F1 %.4f  (%llu true pairs, %llu wrong, "
        "%llu missed; %llu compared)\n",
        what.c_str(), score.precision(), score.recall(), score.f1(),
        static_cast<unsigned long long>(score.true_pairs),
        static_cast<unsigned long long>(score.found_pairs - score.right_pairs),
        static_cast<unsigned long long>(score.true_pairs - score.right_pairs),
        static_cast<unsigned long long>(score.compared_pairs));
}

inline std::vector<PersonRecord> without(std::vector<PersonRecord> records, PersonField field) {
    for (PersonRecord& record : records)
        record[field].clear();
    return records;
}

}  // namespace altis::fans::matching
