// A unit's lines against those who are entered.
#include <algorithm>

#include "results/people/participants_book.h"

namespace altis::results {
namespace {

constexpr std::size_t kDisciplineCharacters = 3;
constexpr std::size_t kEventCharacters = 22;  // of an RSC: discipline, gender, event and modifier

class EntryCheck {
  public:
    EntryCheck(const ParticipantsBook& book, std::string_view edition, std::string_view rsc)
        : book_(book),
          edition_(edition),
          discipline_(rsc.substr(0, kDisciplineCharacters)),
          event_(rsc.substr(0, kEventCharacters)) {}

    void check(const ResultLine& line) {
        const Competitor& competitor = line.competitor;
        const Entrant* entrant = book_.find(edition_, competitor.code);
        if (entrant == nullptr) {
            return warn("unknown", "competitor " + competitor.code + " is no participant");
        }
        check_entry(*entrant);
        if (!competitor.organisation.empty() && !entrant->organisation.empty() &&
            competitor.organisation != entrant->organisation) {
            warn("organisation_differs", "competitor " + competitor.code + " starts for " +
                                             competitor.organisation + " and is entered for " +
                                             entrant->organisation);
        }
        if (!entrant->is_team() || entrant->members.empty()) return;
        for (const Member& member : competitor.members) {
            if (std::ranges::find(entrant->members, member.code) == entrant->members.end()) {
                warn("not_in_team",
                     "athlete " + member.code + " is not in the composition of " + competitor.code);
            }
        }
    }

    std::vector<Warning> take() { return std::move(warnings_); }

  private:
    void check_entry(const Entrant& entrant) {
        const DisciplineEntry* entry = entrant.in_discipline(discipline_);
        if (entry == nullptr) {
            return warn("not_entered",
                        entrant.code + " is not entered in discipline " + std::string(discipline_));
        }
        if (entry->left || entrant.status == "CANCEL") {
            return warn("left", entrant.code + " is on no list of participants any more");
        }
        const bool in_event = std::ranges::any_of(entry->events, [this](const EventEntry& event) {
            return event.event.substr(0, kEventCharacters) == event_;
        });
        if (!in_event && !entry->events.empty()) {
            warn("not_entered", entrant.code + " is not entered in this event");
        }
    }

    void warn(std::string_view what, std::string detail) {
        if (warnings_.size() == kMaxEntryWarnings) return;
        warnings_.push_back({"participants." + std::string(what), std::move(detail)});
    }

    const ParticipantsBook& book_;
    std::string_view edition_;
    std::string_view discipline_;
    std::string_view event_;
    std::vector<Warning> warnings_;
};

}  // namespace

std::vector<Warning> ParticipantsBook::check_lines(std::string_view edition, std::string_view rsc,
                                                   const std::vector<ResultLine>& lines) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end() || lines.empty()) return {};
    const bool of_teams = lines.front().competitor.type != CompetitorType::kAthlete;
    const std::string discipline(rsc.substr(0, kDisciplineCharacters));
    const auto& lists = found->second.lists;
    // Nothing can be said before a whole list came.
    if (!lists.contains({of_teams, discipline}) &&
        !lists.contains({of_teams, std::string(kAllDisciplines)})) {
        return {};
    }
    EntryCheck check(*this, edition, rsc);
    for (const ResultLine& line : lines)
        check.check(line);
    return check.take();
}

}  // namespace altis::results
