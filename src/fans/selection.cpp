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

Selection Selection::operator!() && {
    negated_ = !negated_;
    return std::move(*this);
}

Selection operator&(Selection one, Selection other) {
    if (one.negated_ && !other.negated_) std::swap(one, other);
    if (!one.owned_ && other.owned_ && one.negated_ == other.negated_) std::swap(one, other);
    const FanSet& set = other.set();
    if (one.owned_ && one.negated_) {
        *one.owned_ |= set;
    } else if (one.owned_ && other.negated_) {
        *one.owned_ -= set;
    } else if (one.owned_) {
        *one.owned_ &= set;
    } else {
        FanSet fresh = one.negated_     ? *one.borrowed_ | set
                       : other.negated_ ? *one.borrowed_ - set
                                        : *one.borrowed_ & set;
        one.owned_ = std::make_unique<FanSet>(std::move(fresh));
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
