// How often a value occurs: agreeing on a rare surname says more than agreeing on a common one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fans/matching/blocking.h"
#include "fans/matching/people.h"

namespace altis::fans::matching {

// Counts persons, not records: a record that is probably one of three about the same person counts
// a third, so that somebody who registered three times does not make the own name look common.
class Rarity {
  public:
    explicit Rarity(const People& people);

    // Takes what is known by now: for each person number, how many records are expected to be about
    // the same person, itself included (1 or more).
    void recount(const People& people, const std::vector<double>& records_each);

    // The chance that somebody else has the value on which the two records agree in `field`.
    // `chance` is the average of that chance over all values of the field.
    double of(const People& people, const Pair& pair, PersonField field, PersonField partner,
              double chance) const;

  private:
    double others(ValueId value, PersonField field, double own) const;

    std::array<std::vector<double>, kPersonFields> counts_;  // by value
    std::vector<double> weights_;                            // by person
    double persons_ = 0;
};

}  // namespace altis::fans::matching
