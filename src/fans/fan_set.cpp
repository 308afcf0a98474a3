#include "fans/fan_set.h"

#include <roaring/roaring.hh>
#include <utility>

namespace altis::fans {

struct FanSet::Impl {
    Roaring bits;
};

FanSet::FanSet() : impl_(std::make_unique<Impl>()) {}
FanSet::FanSet(const FanSet& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
FanSet::FanSet(FanSet&& other) noexcept = default;
FanSet& FanSet::operator=(FanSet other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}
FanSet::~FanSet() = default;

bool FanSet::add(SubjectId fan) {
    return impl_->bits.addChecked(to_number(fan));
}
bool FanSet::remove(SubjectId fan) {
    return impl_->bits.removeChecked(to_number(fan));
}
bool FanSet::contains(SubjectId fan) const {
    return impl_->bits.contains(to_number(fan));
}
std::uint64_t FanSet::size() const {
    return impl_->bits.cardinality();
}

std::vector<SubjectId> FanSet::members() const {
    std::vector<SubjectId> result;
    result.reserve(size());
    for (const std::uint32_t number : impl_->bits)
        result.push_back(SubjectId{number});
    return result;
}

// How a bitmap is laid out depends on how it came about; made anew of its members it does not.
void FanSet::save(ByteWriter& out) const {
    std::vector<std::uint32_t> numbers(size());
    impl_->bits.toUint32Array(numbers.data());
    Roaring fresh(numbers.size(), numbers.data());
    fresh.runOptimize();
    std::string bytes(fresh.getSizeInBytes(), '\0');
    fresh.write(bytes.data());
    out.put_text(bytes);
}

Result<void> FanSet::load(ByteReader& in) {
    const std::string_view bytes = in.get_text();
    roaring_bitmap_t* const bits =
        bytes.empty() ? nullptr
                      : roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size());
    if (bits == nullptr) {
        return fail(Code::kCorrupt, "fans.set_malformed", "a stored set of fans is damaged");
    }
    impl_->bits = Roaring(bits);
    return {};
}

std::uint64_t FanSet::intersection_size(const FanSet& other) const {
    return impl_->bits.and_cardinality(other.impl_->bits);
}

FanSet& FanSet::operator&=(const FanSet& other) {
    impl_->bits &= other.impl_->bits;
    return *this;
}

FanSet& FanSet::operator|=(const FanSet& other) {
    impl_->bits |= other.impl_->bits;
    return *this;
}

FanSet& FanSet::operator-=(const FanSet& other) {
    impl_->bits -= other.impl_->bits;
    return *this;
}

FanSet operator&(const FanSet& one, const FanSet& other) {
    FanSet both;
    both.impl_->bits = one.impl_->bits & other.impl_->bits;
    return both;
}

FanSet operator|(const FanSet& one, const FanSet& other) {
    FanSet either;
    either.impl_->bits = one.impl_->bits | other.impl_->bits;
    return either;
}

FanSet operator-(const FanSet& one, const FanSet& other) {
    FanSet left;
    left.impl_->bits = one.impl_->bits - other.impl_->bits;
    return left;
}

}  // namespace altis::fans
