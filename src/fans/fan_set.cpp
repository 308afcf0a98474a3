#include "fans/fan_set.h"

#include <algorithm>
#include <roaring/bitset_util.h>
#include <roaring/containers/containers.h>
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
void FanSet::add_all(std::span<const std::uint32_t> fans) {
    impl_->bits.addMany(fans.size(), fans.data());
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

std::uint32_t FanSet::blocks() const {
    const roaring_array_t& all = impl_->bits.roaring.high_low_container;
    return all.size == 0 ? 0 : all.keys[all.size - 1] + 1U;
}

const std::uint64_t* FanSet::block(std::uint32_t number, std::uint64_t* room) const {
    const roaring_array_t& all = impl_->bits.roaring.high_low_container;
    const std::span keys(all.keys, static_cast<std::size_t>(all.size));
    const auto key = std::ranges::lower_bound(keys, number);
    if (key == keys.end() || *key != number) return nullptr;
    const auto index = key - keys.begin();
    std::uint8_t type = all.typecodes[index];
    const void* const container = container_unwrap_shared(all.containers[index], &type);
    if (type == BITSET_CONTAINER_TYPE_CODE) {
        return static_cast<const bitset_container_t*>(container)->array;
    }
    std::fill_n(room, kBlockWords, 0);
    if (type == ARRAY_CONTAINER_TYPE_CODE) {
        const auto* const array = static_cast<const array_container_t*>(container);
        const auto count = static_cast<std::size_t>(array->cardinality);
        for (const std::uint16_t member : std::span(array->array, count))
            room[member / 64] |= std::uint64_t{1} << member % 64;
    } else {
        const auto* const runs = static_cast<const run_container_t*>(container);
        for (const rle16_t& run : std::span(runs->runs, static_cast<std::size_t>(runs->n_runs)))
            bitset_set_lenrange(room, run.value, run.length);
    }
    return room;
}

}  // namespace altis::fans
