// What people want of messages, by subject. Sealed under the person; goes with the person.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/subject.h"
#include "journal/book.h"
#include "messages/preferences.h"

namespace altis::messages {

constexpr std::size_t kMaxSuppressionBytes = 60;  // of the reason

// Record types: "preferences.set" (all but the suppression), "preferences.spoiler" (one wish, in
// place of that of the same scope), "preferences.suppressed" ({"reason"}, empty: not any more), all
// sealed under the person; "preferences.forgotten".
class PreferencesBook final : public journal::Book {
  public:
    // ---- commands: no draft when nothing changes ------------------------------------------------
    // Replaces everything but the suppression.
    journal::Decision set(SubjectId subject, const Preferences& preferences) const;
    // Fails with "preferences.invalid" when kMaxWishes scopes are there.
    journal::Decision set_spoiler(SubjectId subject, const SpoilerWish& wish) const;
    // `reason` is [a-z0-9_], e.g. "complaint", "hard_bounce"; empty lifts it. Fails with
    // "preferences.invalid".
    journal::Decision suppress(SubjectId subject, std::string_view reason) const;
    journal::Decision forget(SubjectId subject) const;

    // ---- questions ------------------------------------------------------------------------------
    // Of one person with these subjects: what was set last, but a suppression outweighs everything
    // without one; the defaults when nothing was set. The reference is good until the next change.
    const Preferences& of(std::span<const SubjectId> subjects) const;
    // Of these subjects of one person, the one under which a change is kept; kNoSubject of none.
    SubjectId home(std::span<const SubjectId> subjects) const;
    // Subjects that watch the event live, then those with an alert for it, each ascending.
    std::vector<SubjectId> waiting_for(std::string_view event) const;
    // Subjects that watch it later than `now`, ascending.
    std::vector<SubjectId> shielded_from(std::string_view event, Time now) const;
    bool empty() const { return kept_.empty(); }

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "preferences"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    struct Kept {
        Preferences preferences;
        journal::Offset offset = 0;  // of the last record
    };
    const Preferences& own(SubjectId subject) const;
    static bool outweighs(const Kept& one, const Kept& other);

    std::unordered_map<std::uint32_t, Kept> kept_;
};

}  // namespace altis::messages
