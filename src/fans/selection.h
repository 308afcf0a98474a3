// Boolean algebra over sets of fans that are there already: what a rule selects, and how many.
#pragma once

#include <cstdint>
#include <memory>

#include "fans/fan_set.h"

namespace altis::fans {

// A set of fans or, when negated, everybody but them. Sets are borrowed until they must change, and
// a complement is never made. Borrowed sets must outlive it.
class Selection {
  public:
    static Selection borrow(const FanSet& set);
    static Selection keep(FanSet set);

    Selection operator!() &&;
    friend Selection operator&(Selection one, Selection other);
    friend Selection operator|(Selection one, Selection other);

    // How many of `all` fans are selected.
    std::uint64_t size(std::uint64_t all) const;
    // size of `one & other` and `one | other`, without making them.
    static std::uint64_t size_of_both(const Selection& one, const Selection& other,
                                      std::uint64_t all);
    static std::uint64_t size_of_either(const Selection& one, const Selection& other,
                                        std::uint64_t all);

  private:
    const FanSet& set() const { return owned_ ? *owned_ : *borrowed_; }

    const FanSet* borrowed_ = nullptr;
    std::unique_ptr<FanSet> owned_;
    bool negated_ = false;
};

}  // namespace altis::fans
