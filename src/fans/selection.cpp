#include "fans/selection.h"

#include <utility>

namespace altis::fans {

Selection Selection::borrow(const FanSet& set) {
    Selection selection;
    selection.borrowed_ = &set;
    return selection;
}

Selection Selection::keep(FanSet set) {
    Selection selection;
    selection.owned_ = std::make_unique<FanSet>(std::move(set));
    return selection;
}

FanSet& Selection::own() {
    if (!owned_) owned_ = std::make_unique<FanSet>(*borrowed_);
    return *owned_;
}

Selection Selection::operator!() && {
    negated_ = !negated_;
    return std::move(*this);
}

Selection operator&(Selection one, Selection other) {
    if (one.negated_ && !other.negated_) std::swap(one, other);
    if (!one.owned_ && other.owned_ && one.negated_ == other.negated_) std::swap(one, other);
    FanSet& set = one.own();
    if (one.negated_) {
        set |= other.set();
    } else if (other.negated_) {
        set -= other.set();
    } else {
        set &= other.set();
    }
    return one;
}

Selection operator|(Selection one, Selection other) {
    return !((!std::move(one)) & (!std::move(other)));
}

std::uint64_t Selection::size(std::uint64_t all) const {
    return negated_ ? all - set().size() : set().size();
}

std::uint64_t Selection::size_of_both(const Selection& one, const Selection& other,
                                      std::uint64_t all) {
    const std::uint64_t common = one.set().intersection_size(other.set());
    if (!one.negated_ && !other.negated_) return common;
    if (!one.negated_) return one.set().size() - common;
    if (!other.negated_) return other.set().size() - common;
    return all - (one.set().size() + other.set().size() - common);
}

std::uint64_t Selection::size_of_either(const Selection& one, const Selection& other,
                                        std::uint64_t all) {
    return one.size(all) + other.size(all) - size_of_both(one, other, all);
}

}  // namespace altis::fans
