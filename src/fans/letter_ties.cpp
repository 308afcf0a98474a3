#include "fans/letter_ties.h"

#include <algorithm>

namespace altis::fans {

bool LetterTies::add(LetterTie tie) {
    const auto at = std::ranges::lower_bound(ties_, tie.subject, {}, &LetterTie::subject);
    if (at != ties_.end() && at->subject == tie.subject) return false;
    ties_.insert(at, std::move(tie));
    return true;
}

void LetterTies::name(SubjectId letter, std::span<const crypto::Fingerprint> names) {
    const auto at = std::ranges::lower_bound(ties_, letter, {}, &LetterTie::subject);
    if (at == ties_.end() || at->subject != letter) return;
    for (const crypto::Fingerprint& name : names) {
        if (std::ranges::find(at->names, name) == at->names.end()) at->names.push_back(name);
    }
}

std::size_t LetterTies::remove(const std::set<SubjectId>& doomed) {
    return std::erase_if(ties_, [&](const LetterTie& tie) { return doomed.contains(tie.subject); });
}

bool LetterTies::contains(SubjectId letter) const {
    return std::ranges::binary_search(ties_, letter, {}, &LetterTie::subject);
}

void LetterTies::save(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(ties_.size()));
    for (const LetterTie& tie : ties_) {
        out.put(to_number(tie.subject), tie.offset, tie.time.us);
        out.put_text(tie.edition);
        out.put(static_cast<std::uint32_t>(tie.names.size()));
        for (const crypto::Fingerprint& name : tie.names)
            out.put(name.low, name.high);
    }
}

void LetterTies::load(ByteReader& in) {
    ties_.clear();
    for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
        LetterTie tie;
        tie.subject = SubjectId{in.get<std::uint32_t>()};
        tie.offset = in.get<journal::Offset>();
        tie.time.us = in.get<std::int64_t>();
        tie.edition = in.get_text();
        for (auto names = in.get<std::uint32_t>(); names > 0 && in.ok(); --names) {
            const auto low = in.get<std::uint64_t>();
            tie.names.push_back({low, in.get<std::uint64_t>()});
        }
        ties_.push_back(std::move(tie));
    }
}

}  // namespace altis::fans
