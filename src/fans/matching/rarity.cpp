#include "fans/matching/rarity.h"

#include <algorithm>

namespace altis::fans::matching {

Rarity::Rarity(const People& people) {
    recount(people, std::vector<double>(people.size(), 1.0));
}

void Rarity::recount(const People& people, const std::vector<double>& records_each) {
    persons_ = 0;
    weights_.clear();
    for (double records : records_each) {
        weights_.push_back(1 / records);
        persons_ += weights_.back();
    }
    for (std::size_t f = 0; f < kPersonFields; ++f) {
        const auto field = static_cast<PersonField>(f);
        counts_[f].assign(people.values(field), 0.0);
        for (std::uint32_t person = 0; person < people.size(); ++person)
            counts_[f][people.value_id(person, field)] += weights_[person];
    }
}

double Rarity::others(ValueId value, PersonField field, double own) const {
    return std::max(0.0, counts_[index_of(field)][value] - own);
}

double Rarity::of(const People& people, const Pair& pair, PersonField field, PersonField partner,
                  double chance) const {
    const ValueId left = people.value_id(pair.left, field);
    const ValueId right = people.value_id(pair.right, partner);
    double others_with_it = 0;
    if (field == partner) {
        const double own = std::max(1.0, weights_[pair.left] + weights_[pair.right]);
        others_with_it = others(left, field, own);
    } else {
        others_with_it = std::max(others(left, field, weights_[pair.left]),
                                  others(right, partner, weights_[pair.right]));
    }
    // Nobody else is known to have it: then it is as rare as one more person, or as the average.
    const double unseen = std::min(1.0, chance * persons_);
    return std::min(1.0, (others_with_it + unseen) / persons_);
}

}  // namespace altis::fans::matching
