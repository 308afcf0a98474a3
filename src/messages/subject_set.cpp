#include "messages/subject_set.h"

#include <algorithm>
#include <bit>

#include "codec/text.h"

namespace altis::messages {
namespace {

constexpr std::size_t kMaxList = 4'096;  // 8 kB, as much as the bits
constexpr std::size_t kWords = 1'024;

std::uint16_t upper(SubjectId subject) {
    return static_cast<std::uint16_t>(to_number(subject) >> 16);
}
std::uint16_t lower(SubjectId subject) {
    return static_cast<std::uint16_t>(to_number(subject));
}

tl::unexpected<Error> malformed() {
    return fail(Code::kCorrupt, "bytes.malformed", "a set of subjects cannot be read");
}

}  // namespace

void SubjectSet::to_bits(Block& block) {
    block.bits.assign(kWords, 0);
    for (const std::uint16_t rest : block.list)
        block.bits[rest >> 6] |= 1ULL << (rest & 63);
    block.list = {};
}

void SubjectSet::to_list(Block& block) {
    block.list.reserve(block.size);
    for (std::size_t word = 0; word < kWords; ++word) {
        for (std::uint64_t bits = block.bits[word]; bits != 0; bits &= bits - 1) {
            block.list.push_back(static_cast<std::uint16_t>((word << 6) + std::countr_zero(bits)));
        }
    }
    block.bits = {};
}

bool SubjectSet::add(SubjectId subject) {
    Block& block = blocks_[upper(subject)];
    const std::uint16_t rest = lower(subject);
    if (block.bits.empty()) {
        const auto at = std::ranges::lower_bound(block.list, rest);
        if (at != block.list.end() && *at == rest) return false;
        block.list.insert(at, rest);
    } else {
        std::uint64_t& word = block.bits[rest >> 6];
        const std::uint64_t bit = 1ULL << (rest & 63);
        if ((word & bit) != 0) return false;
        word |= bit;
    }
    ++block.size;
    ++size_;
    if (block.bits.empty() && block.size > kMaxList) to_bits(block);
    return true;
}

bool SubjectSet::remove(SubjectId subject) {
    const auto found = blocks_.find(upper(subject));
    if (found == blocks_.end()) return false;
    Block& block = found->second;
    const std::uint16_t rest = lower(subject);
    if (block.bits.empty()) {
        const auto at = std::ranges::lower_bound(block.list, rest);
        if (at == block.list.end() || *at != rest) return false;
        block.list.erase(at);
    } else {
        std::uint64_t& word = block.bits[rest >> 6];
        const std::uint64_t bit = 1ULL << (rest & 63);
        if ((word & bit) == 0) return false;
        word &= ~bit;
    }
    --block.size;
    --size_;
    if (block.size == 0) {
        blocks_.erase(found);
    } else if (!block.bits.empty() && block.size <= kMaxList) {
        to_list(block);
    }
    return true;
}

bool SubjectSet::contains(SubjectId subject) const {
    const auto found = blocks_.find(upper(subject));
    if (found == blocks_.end()) return false;
    const std::uint16_t rest = lower(subject);
    if (found->second.bits.empty()) return std::ranges::binary_search(found->second.list, rest);
    return (found->second.bits[rest >> 6] >> (rest & 63) & 1) != 0;
}

std::vector<SubjectId> SubjectSet::members() const {
    std::vector<SubjectId> all;
    all.reserve(size_);
    for (const auto& [high, block] : blocks_) {
        Block copy;
        const Block* shown = &block;
        if (!block.bits.empty()) {
            copy = block;
            to_list(copy);
            shown = &copy;
        }
        for (const std::uint16_t rest : shown->list)
            all.push_back(SubjectId{(std::uint32_t{high} << 16) | rest});
    }
    return all;
}

void SubjectSet::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(blocks_.size()));
    for (const auto& [high, block] : blocks_) {
        out.put(high, block.size);
        for (const std::uint16_t rest : block.list)
            out.put(rest);
        for (const std::uint64_t word : block.bits)
            out.put(word);
    }
}

Result<void> SubjectSet::load(ByteReader& in) {
    blocks_.clear();
    size_ = 0;
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const auto high = in.get<std::uint16_t>();
        Block block;
        block.size = in.get<std::uint32_t>();
        if (!in.ok() || block.size == 0 || block.size > 65'536) return malformed();
        if (block.size > kMaxList) {
            block.bits.resize(kWords);
            for (std::uint64_t& word : block.bits)
                word = in.get<std::uint64_t>();
        } else {
            block.list.resize(block.size);
            for (std::uint16_t& rest : block.list)
                rest = in.get<std::uint16_t>();
        }
        size_ += block.size;
        blocks_.emplace(high, std::move(block));
    }
    if (!in.ok()) return malformed();
    return {};
}

std::string pack_subjects(std::vector<SubjectId> subjects) {
    std::ranges::sort(subjects);
    std::string bytes;
    std::uint32_t before = 0;
    for (const SubjectId subject : subjects) {
        std::uint32_t step = to_number(subject) - before;
        before = to_number(subject);
        for (; step >= 0x80; step >>= 7)
            bytes.push_back(static_cast<char>(step | 0x80));
        bytes.push_back(static_cast<char>(step));
    }
    return codec::to_hex(bytes);
}

Result<std::vector<SubjectId>> unpack_subjects(std::string_view text) {
    const auto bytes = codec::from_hex(text);
    if (!bytes) return malformed();
    std::vector<SubjectId> subjects;
    std::uint64_t number = 0;
    std::uint64_t step = 0;
    unsigned shift = 0;
    for (const char c : *bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        step |= std::uint64_t{byte & 0x7FU} << shift;
        shift += 7;
        if ((byte & 0x80) != 0) {
            if (shift > 28) return malformed();
            continue;
        }
        number += step;
        if (number > UINT32_MAX) return malformed();
        subjects.push_back(SubjectId{static_cast<std::uint32_t>(number)});
        step = 0;
        shift = 0;
    }
    if (shift != 0) return malformed();
    return subjects;
}

}  // namespace altis::messages
