#include "fans/contribution.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/assert.h"

namespace altis::fans {

constinit const Contribution::Head Contribution::kNothing{};

std::string_view Contribution::user_id() const {
    const auto bytes = part<char>(user_id_at(), head_->user_id);
    return {bytes.data(), bytes.size()};
}

std::span<const Register> Contribution::registers() const {
    return part<Register>(sizeof(Head), head_->registers);
}

const Register* Contribution::find_register(FeatureId feature) const {
    const auto at = std::ranges::lower_bound(registers(), feature, {}, &Register::feature);
    return at != registers().end() && at->feature == feature ? &*at : nullptr;
}

const EmailRegister* Contribution::email() const {
    return head_->emails == 0 ? nullptr : part<EmailRegister>(emails_at(), 1).data();
}

std::span<const HalfHour> Contribution::visits() const {
    return part<HalfHour>(visits_at(), head_->visits);
}

std::span<const Contribution::Part> Contribution::lows() const {
    return part<Part>(lows_at(), head_->sums);
}

std::span<const Contribution::Part> Contribution::highs() const {
    return part<Part>(highs_at(), head_->highs);
}

std::int64_t Contribution::sum(FeatureId feature) const {
    const auto low = std::ranges::lower_bound(lows(), feature, {}, &Part::feature);
    if (low == lows().end() || low->feature != feature) return 0;
    const auto high = std::ranges::lower_bound(highs(), feature, {}, &Part::feature);
    const bool is_wide = high != highs().end() && high->feature == feature;
    return joined(low->bits, is_wide ? high->bits : 0);
}

Contributions::Head& Contributions::head(Block& block) {
    if (block == BlockPool::kNone) {
        block = pool_.insert(BlockPool::kNone, 0, 0, sizeof(Head));
        new (pool_.at(block)) Head();
    }
    return *reinterpret_cast<Head*>(pool_.at(block));
}

// The caller counts it in the head.
template <class Element>
void Contributions::insert(Block& block, std::size_t where, const Element& element) {
    block = pool_.insert(block, at(block).size(), where, sizeof(Element));
    std::memcpy(pool_.at(block) + where, &element, sizeof(Element));
}

void Contributions::count_event(Block& block, Time time) {
    Head& seen = head(block);
    ++seen.events;
    seen.first_seen = std::min(seen.first_seen, time);
    seen.last_seen = std::max(seen.last_seen, time);
}

namespace {

// To change what a reader found.
template <class Element>
Element& changed(const Element& found) {
    return const_cast<Element&>(found);
}

// Bytes from the begin of the list at `list_at` to the element.
template <class List, class Place>
std::size_t offset_of(const List& list, Place place, std::size_t list_at) {
    return list_at + static_cast<std::size_t>(place - list.begin()) * sizeof(*place);
}

}  // namespace

void Contributions::add(Block& block, FeatureId feature, std::int64_t amount) {
    head(block);
    const Contribution known = at(block);
    const auto lows = known.lows();
    const auto low = std::ranges::lower_bound(lows, feature, {}, &Part::feature);
    const auto bits = static_cast<std::uint64_t>(amount);
    if (low == lows.end() || low->feature != feature) {
        insert(block, offset_of(lows, low, known.lows_at()),
               Part{feature, static_cast<std::uint32_t>(bits)});
        ++head(block).sums;
        if (bits >> 32 != 0) set_high(block, feature, static_cast<std::uint32_t>(bits >> 32));
        return;
    }
    const auto before = static_cast<std::uint64_t>(known.sum(feature));
    const std::uint64_t sum = before + bits;
    changed(*low).bits = static_cast<std::uint32_t>(sum);
    if (sum >> 32 != before >> 32) set_high(block, feature, static_cast<std::uint32_t>(sum >> 32));
}

void Contributions::set_high(Block& block, FeatureId feature, std::uint32_t bits) {
    const Contribution known = at(block);
    const auto highs = known.highs();
    const auto high = std::ranges::lower_bound(highs, feature, {}, &Part::feature);
    const std::size_t where = offset_of(highs, high, known.highs_at());
    const bool is_known = high != highs.end() && high->feature == feature;
    if (is_known && bits != 0) {
        changed(*high).bits = bits;
    } else if (is_known) {
        block = pool_.erase(block, known.size(), where, sizeof(Part));
        --head(block).highs;
    } else {
        insert(block, where, Part{feature, bits});
        ++head(block).highs;
    }
}

void Contributions::remember(Block& block, const Register& fresh) {
    head(block);
    const auto known = at(block).registers();
    const auto place = std::ranges::lower_bound(known, fresh.feature, {}, &Register::feature);
    if (place == known.end() || place->feature != fresh.feature) {
        insert(block, offset_of(known, place, sizeof(Head)), fresh);
        ++head(block).registers;
    } else if (is_later(fresh, *place)) {
        changed(*place) = fresh;
    }
}

void Contributions::remember(Block& block, const EmailRegister& fresh) {
    head(block);
    const EmailRegister* const known = at(block).email();
    if (known == nullptr) {
        insert(block, at(block).emails_at(), fresh);
        ++head(block).emails;
    } else if (is_later(fresh, *known)) {
        changed(*known) = fresh;
    }
}

bool Contributions::visit(Block& block, HalfHour when) {
    head(block);
    const auto known = at(block).visits();
    const auto place = std::ranges::lower_bound(known, when);
    if (place != known.end() && *place == when) return false;
    insert(block, offset_of(known, place, at(block).visits_at()), when);
    ++head(block).visits;
    return true;
}

void Contributions::name_user(Block& block, std::string_view user_id) {
    ALTIS_ASSERT(user_id.size() <= kMaxIdentifierBytes);
    if (user_id.empty() || head(block).user_id != 0) return;
    const std::size_t end = at(block).size();
    block = pool_.insert(block, end, end, user_id.size());
    std::memcpy(pool_.at(block) + end, user_id.data(), user_id.size());
    head(block).user_id = static_cast<std::uint16_t>(user_id.size());
}

void Contributions::remove(Block& block) {
    pool_.free(block, at(block).size());
    block = BlockPool::kNone;
}

void Contributions::restore(Block& block, Time first_seen, Time last_seen, std::uint32_t events,
                            std::uint32_t conflicts) {
    Head& seen = head(block);
    seen.first_seen = first_seen;
    seen.last_seen = last_seen;
    seen.events = events;
    seen.conflicts = conflicts;
}

}  // namespace altis::fans
