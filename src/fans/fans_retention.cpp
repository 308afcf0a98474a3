// What the book of the fans holds for longer than it may.
#include <algorithm>

#include "fans/book_json.h"
#include "fans/fans_book.h"

namespace altis::fans {

// Whose events, good or in conflict, an edition has.
void FansBook::note_activity(const journal::Record& record) {
    const auto found = active_in_.find(record.topic);
    FanSet& active = found != active_in_.end()
                         ? found->second
                         : active_in_.emplace(record.topic, FanSet()).first->second;
    active.add(record.subject);
}

void FansBook::forget_activity(const std::set<SubjectId>& doomed) {
    for (auto& [edition, active] : active_in_) {
        for (const SubjectId subject : doomed)
            active.remove(subject);
    }
    std::erase_if(active_in_, [](const auto& entry) { return entry.second.size() == 0; });
    for (const SubjectId subject : doomed)
        conflict_times_.erase(subject);
}

Time FansBook::last_activity(FanId fan) const {
    Time last{INT64_MIN};
    for (const SubjectId subject : subjects_.members(fan)) {
        last = std::max(last, subjects_.contribution(subject).last_seen());
        const auto conflict = conflict_times_.find(subject);
        if (conflict != conflict_times_.end()) last = std::max(last, conflict->second);
    }
    return last;
}

bool FansBook::is_active_in(FanId fan, std::string_view edition) const {
    const auto found = active_in_.find(edition);
    if (found == active_in_.end()) return false;
    const std::vector<SubjectId> members = subjects_.members(fan);
    return std::ranges::any_of(members,
                               [&](SubjectId subject) { return found->second.contains(subject); });
}

// The longest limit of the editions that have events of the fan counts.
bool FansBook::is_past(FanId fan, const RetentionLimits& limits, Time now) const {
    const Time last = last_activity(fan);
    bool has_edition = false;
    for (const auto& [edition, active] : active_in_) {
        if (!is_active_in(fan, edition)) continue;
        has_edition = true;
        const auto limit = limits.find(edition);
        if (limit == limits.end() || !limit->second.fans) return false;
        if (last + *limit->second.fans >= now) return false;
    }
    return has_edition;
}

std::vector<FanId> FansBook::inactive_fans(const RetentionLimits& limits, Time now,
                                           const SubjectRange& range) const {
    std::vector<FanId> fans;
    for (std::uint32_t i = 0; i < range.count; ++i) {
        const FanId fan{range.first + i};
        if (is_fan(fan) && is_past(fan, limits, now)) fans.push_back(fan);
    }
    return fans;
}

std::vector<SubjectId> FansBook::old_letters(const RetentionLimits& limits, Time now,
                                             std::size_t at_most) const {
    std::vector<SubjectId> letters;
    for (const LetterTie& tie : ties_.all()) {
        if (letters.size() == at_most) break;
        const auto limit = limits.find(tie.edition);
        if (limit == limits.end() || !limit->second.letters) continue;
        if (tie.time + *limit->second.letters < now) letters.push_back(tie.subject);
    }
    return letters;
}

ForgetDecision FansBook::decide_forget_fans(const std::set<FanId>& fans) const {
    ForgetDecision decision;
    for (const FanId fan : fans) {
        const std::vector<SubjectId> members = subjects_.members(fan);
        decision.subjects.insert(decision.subjects.end(), members.begin(), members.end());
    }
    decision.letters = letters_naming(fans);
    decision.drafts.push_back(forgotten_draft(decision.subjects, decision.letters));
    return decision;
}

ForgetDecision FansBook::decide_forget_letters(std::vector<SubjectId> letters) const {
    ForgetDecision decision;
    decision.letters = std::move(letters);
    decision.drafts.push_back(forgotten_draft({}, decision.letters));
    return decision;
}

}  // namespace altis::fans
